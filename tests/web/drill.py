"""What the drills share. A drill is a program of its own: it forks processes that write, and kills some of them.

Its process imports everything and runs nothing of polars, whose threads would be missing in the children; so children
start in milliseconds. It also holds no connection while it forks.
"""

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
WRITERS = 20


def set_up(*, has_pool=True):
    """Django on EQUIPOISE_HOME and EQUIPOISE_DATABASE."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "equipoise_web.settings"
    import django
    from django.conf import settings

    if not has_pool:
        settings.DATABASES["default"]["OPTIONS"].pop("pool", None)
    django.setup()


def prepare(home):
    """A home with the plan of Red Tomato, and people `w0`.. who may do everything that planners do."""
    set_up(has_pool=False)
    from django.contrib.auth.models import User
    from django.core.management import call_command

    from equipoise.gather import open_snapshot
    from equipoise.plan import compute_plan
    from equipoise.store_plans import write_plan
    from equipoise_web.actions.adopt_plans import adopt_plans
    from equipoise_web.records.models import Grant

    call_command("migrate", interactive=False, verbosity=0)
    write_plan(compute_plan(open_snapshot(ROOT / "examples" / "red_tomato")), home / "plans" / "first")
    adopt_plans(home)
    for number in range(WRITERS):
        user = User.objects.create_user(f"w{number}")
        Grant.objects.create(person=user, role="coordinator")
    Grant.objects.create(person=User.objects.create_user("admin"), role="administrator")


def working():
    """The working scenario's name and its axes."""
    from equipoise_web.reads.scenarios import working_scenario
    from equipoise_web.reads.snapshots import axes_of

    root = working_scenario()
    return root.name, axes_of(root.snapshot)


def who(name):
    """The access of a person."""
    from django.contrib.auth.models import User

    from equipoise_web.access import access_of

    return access_of(User.objects.get(username=name))


def an_input(reason, pct=10):
    """An adjustment to propose."""
    return {"kind": "demand_override", "amount": f"+{pct}%", "scope": {"item": "tool"}, "reason": reason}


def fork(work: Callable[[], None]) -> int:
    """A child that does `work` and ends: with 0, or 70 and its traceback on stderr."""
    let_go()
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        work()
        code = 0
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def end_of(pid, seconds=60.0):
    """How a child ended: its exit code, or minus the signal. One that takes longer is killed, and that is a fault."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    raise AssertionError(f"a child was not done after {seconds} s")


def let_go():
    """Close the connections of this process, and the pool: its threads would be missing in a child."""
    from django.db import connection

    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()


def settled():
    """Wait until the server has rolled back what the dead had begun (SQLite: they are rolled back by being dead)."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return
    for _ in range(2_000):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.005)
    raise AssertionError("the server still serves the dead after 10 s")


@contextmanager
def points(act):
    """Calls `act(number, name)` at every point of a write: before each statement, around each commit, fsync and rename.

    After the one that makes it count, too. Yields the list of names passed.
    """
    from django.db import connection

    passed = []

    def point(name):
        passed.append(name)
        act(len(passed), name)

    def before(execute, sql, params, many, context):
        point(f"before {sql.split()[0]}")
        return execute(sql, params, many, context)

    def around(name, call):
        def run(*args, **kwargs):
            point(f"before {name}")
            found = call(*args, **kwargs)
            point(f"after {name}")
            return found

        return run

    connection.ensure_connection()
    real = {"fsync": os.fsync, "rename": os.rename}
    commit = connection._commit
    connection._commit = around("commit", commit)
    for name, call in real.items():
        setattr(os, name, around(name, call))
    try:
        with connection.execute_wrapper(before):
            yield passed
    finally:
        connection._commit = commit
        for name, call in real.items():
            setattr(os, name, call)


def report(**facts):
    """The drill's one line on stdout."""
    print(json.dumps(facts, sort_keys=True))


if __name__ == "__main__":
    prepare(Path(sys.argv[1]))
