"""`equipoise serve`: migrate, adopt what was published, start the worker, and serve the pages with granian."""

import json
import multiprocessing
import os
import sys
from ipaddress import ip_address
from pathlib import Path

import click

from equipoise.core.errors import EquipoiseError
from equipoise_web.jobs.supervise import Supervisor


@click.command("serve")
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="Home folder (else EQUIPOISE_HOME).")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
def serve(home: Path | None, host: str, port: int) -> None:
    """Serve the web application; on a loopback address the demo people may sign in.

    On any other address it refuses to start with a demo password, a known or short secret key, or DEBUG.
    EQUIPOISE_TIME_ZONE=Europe/Berlin says where a day ends, and with it a hold; it is UTC unless set.
    """
    if home is not None:
        os.environ["EQUIPOISE_HOME"] = str(home)
    is_loopback = _is_loopback(host)
    os.environ["EQUIPOISE_DEMO_USERS"] = "1" if is_loopback else "0"
    os.environ["DJANGO_SETTINGS_MODULE"] = "equipoise_web.settings"
    prepare(with_demo_people=is_loopback)
    worker = Supervisor()
    worker.start()
    click.echo(f"Equipoise is served on http://{host}:{port}/  (Ctrl+C stops it)", err=True)
    try:
        run_server(host, port)
    finally:
        worker.stop()


def run_server(host: str, port: int) -> None:
    """Answer requests until a signal ends it, with one process; its settings are those of DJANGO_SETTINGS_MODULE."""
    # Workers start afresh: a process forked from one in which polars has run its threads would wait for them for ever.
    multiprocessing.set_start_method("spawn", force=True)
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "equipoise_web.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=4,
        log_access=False,
    ).serve()


@click.command("work")
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="Home folder (else EQUIPOISE_HOME).")
@click.option(
    "--nice",
    default=10,
    show_default=True,
    show_envvar=True,
    envvar="EQUIPOISE_WORKER_NICE",
    type=click.IntRange(0, 19),
    help="How far it gives way to others: 0 not at all, as where cores are plenty.",
)
def work(home: Path | None, nice: int) -> None:
    """Do the jobs of a home folder, one after the other; `serve` starts one of these by itself."""
    open_home(home)
    from equipoise_web.jobs.worker import run_worker

    run_worker(nice)


@click.group("audit")
def audit() -> None:
    """The audit chain: who did what."""


@audit.command("verify")
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="Home folder (else EQUIPOISE_HOME).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def verify(home: Path | None, as_json: bool) -> None:
    """Verify that no entry of the audit chain was changed or taken out. Exit code 1 if one was.

    Write down the digest it prints and compare it next time: a chain alone cannot show that all of it was rewritten.
    """
    open_home(home)
    _check_served()
    from equipoise_web.actions.verify_chain import verify_chain

    found = verify_chain()
    if as_json:
        report = {"format": 1, "command": "audit verify", "entries": found.entries, "digest": found.digest}
        click.echo(json.dumps({**report, "faults": list(found.faults)}, sort_keys=True))
    else:
        for fault in found.faults:
            click.echo(fault, err=True)
        verdict = "is damaged" if found.faults else "is whole"
        click.echo(f"The chain of {found.entries} entries {verdict}; it ends in {found.digest}")
    sys.exit(1 if found.faults else 0)


@audit.command("export")
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="Home folder (else EQUIPOISE_HOME).")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write into this new file, else stdout.")
@click.option("--format", "form", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
def export(home: Path | None, out: Path | None, form: str) -> None:
    """Write every entry of the audit chain, oldest first.

    CSV opens in a spreadsheet: a cell that it would compute has an apostrophe before it. JSON lines are exact: SHA-256
    over an entry without its digest, keys sorted, no blanks, is its digest.
    """
    open_home(home)
    _check_served()
    from equipoise_web.reads.audit import whole_chain

    with click.open_file("-" if out is None else str(out), "w" if out is None else "x", encoding="utf-8") as file:
        for line in whole_chain(form):
            file.write(line)


class NeverServed(EquipoiseError):
    """A home without a database: nobody did anything there that could be audited."""


def _check_served() -> None:
    from django.db import connection

    if "django_migrations" not in connection.introspection.table_names():
        raise NeverServed("this home has no records yet; `equipoise serve` begins them, or name another with --home")


def open_home(home: Path | None) -> None:
    """Django on a home folder."""
    if home is not None:
        os.environ["EQUIPOISE_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "equipoise_web.settings")
    import django

    django.setup()


def prepare(*, with_demo_people: bool) -> None:
    """Bring the database to the newest shape and adopt the plans in the home folder."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    from equipoise_web.actions.adopt_plans import adopt_plans
    from equipoise_web.actions.invite_demo_people import invite_demo_people
    from equipoise_web.safe_start import check_safe_start

    if with_demo_people:
        invite_demo_people()
    else:
        check_safe_start()
    adopt_plans(settings.EQUIPOISE_HOME)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
