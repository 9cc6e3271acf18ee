"""Subject: a page of the grid for somebody signed in, beside a bare hello of the same stack."""

import atexit
import json
import os
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import numpy as np

from benchmarks.company import demo_snapshot
from benchmarks.measure import Disagreement, Timing, measure
from benchmarks.subject import SMOKE, Comparison, Result, Subject, Table
from equipoise.plan import Plan, compute_plan
from equipoise.store_plans import write_plan

MEASURES = ("demand_baseline_qty", "demand_consensus_qty", "demand_required_qty")
ROWS = 40
REQUESTS = {SMOKE: 3}
"""Requests of one repeat, for a size; else MOST."""
MOST = 300

Ask = Callable[[str], tuple[str, bytes]]
"""A path with its query; status and body."""


def run(size: str, repeat: int) -> Result:
    """Measure both, many requests a repeat, and check what the page holds."""
    plan = compute_plan(demo_snapshot(size))
    ask = signed_in(plan)
    asked = "&".join(f"measure={name}" for name in MEASURES)
    page = f"/api/v1/plans/{plan.digest}/grid?{asked}&count={ROWS}"
    shape, sent = check_page(plan, *ask(page))
    count = REQUESTS.get(size, MOST)
    took = measure({"page": [lambda: _many(ask, page, count)], "hello": [lambda: _many(ask, "/hello/", count)]}, repeat)
    ours, hello = (_each(took[name].whole, count) for name in ("page", "hello"))
    rates = [[words, f"{1 / timing.median:,.0f}"] for words, timing in (("page", ours), ("hello", hello))]
    return Result(
        size,
        f"{shape[1]} rows, {shape[2]} buckets, {shape[0]} measures; {sent:,} bytes",
        [Comparison("a page of the grid", ours, "a bare hello", hello)],
        [Table("Requests per CPU second of one thread (median)", ("what", "requests per second"), rates)],
    )


def check_page(plan: Plan, status: str, body: bytes) -> tuple[tuple[int, ...], int]:
    """Shape and bytes of a page; Disagreement if it does not hold the plan's own numbers."""
    if not status.startswith("200"):
        raise Disagreement(f"the page answers {status}: {body[:300]!r}")
    length = int.from_bytes(body[:4], "little")
    head = json.loads(body[4 : 4 + length])
    values = np.frombuffer(body[4 + length :], head["dtype"]).reshape(head["shape"])
    for name, found in zip(MEASURES, values, strict=True):
        if not np.array_equal(found, plan.measure(name).values[:ROWS]):
            raise Disagreement(f"the page's {name} is not the plan's")
    return tuple(head["shape"]), len(body)


def signed_in(plan: Plan) -> Ask:
    """Publish the plan, and ask for pages as a demand planner with a session."""
    home = _home()
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    from equipoise_web.actions.adopt_plans import adopt_plans
    from equipoise_web.records.models import Grant
    from equipoise_web.wsgi import application

    write_plan(plan, home / "plans" / plan.digest)
    adopt_plans(home)
    settings.ROOT_URLCONF = "benchmarks.web_urls"
    user, is_new = User.objects.get_or_create(username="planner")
    if is_new:
        Grant.objects.create(person=user, role="demand_planner")
    browser = Client()
    browser.force_login(user)
    cookie = f"sessionid={browser.cookies['sessionid'].value}"

    def ask(path: str) -> tuple[str, bytes]:
        statuses: list[str] = []
        answer = application(_environ(path, cookie), lambda status, _headers: statuses.append(status))
        body = b"".join(answer)
        answer.close()
        return statuses[0], body

    return ask


def _environ(path: str, cookie: str) -> dict[str, Any]:
    """What a WSGI server hands over for a GET."""
    where, _, query = path.partition("?")
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": where,
        "QUERY_STRING": query,
        "SCRIPT_NAME": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "HTTP_COOKIE": cookie,
        "HTTP_ACCEPT": "*/*",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def _many(ask: Ask, path: str, count: int) -> None:
    for _ in range(count):
        status, _body = ask(path)
        if not status.startswith("200"):
            raise Disagreement(f"{path} answers {status}")


def _each(timing: Timing, count: int) -> Timing:
    return Timing(tuple(seconds / count for seconds in timing.seconds))


@cache
def _home() -> Path:
    """A home folder for this process, with Django set up on it."""
    home = Path(mkdtemp(prefix="equipoise-bench-"))
    atexit.register(rmtree, home, ignore_errors=True)
    os.environ["EQUIPOISE_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "equipoise_web.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    return home


SUBJECT = Subject(
    "web",
    "A page of the grid over the web",
    f"""
    Equipoise's side is `GET /api/v1/plans/DIGEST/grid` for {ROWS} rows and {len(MEASURES)} measures in binary, asked by
    somebody with a session: session, person and grants are read from the database (SQLite on disk) and access is
    checked every time. The peer is a view that returns five bytes, behind the same middleware of the same WSGI
    application, without a session to read. Both are called in one process, {MOST} requests a repeat; figures are those
    of one request. The page's numbers are compared with the plan's first.
    """,
    """
    A web server around the application costs both sides the same, which would bring them nearer. The page is one page,
    so its arrays are warm in memory. A person with a part of the company costs more: cells are masked. The ratio we
    hold ourselves to is 0.25 or more.
    """,
    run,
)
