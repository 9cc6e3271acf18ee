"""`equipoise VERB`: finds the verb, and turns whatever happens into an exit code and one clear message."""

import hashlib
import signal
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from equipoise import __version__
from equipoise.cli.options import DONE, INTERRUPTED, OUR_BUG, REFUSED, USAGE, Session
from equipoise.core.errors import EquipoiseError

VERBS = (
    "template", "calendar", "gather", "check", "plan", "explain", "forecasts", "supply", "risk", "options",
    "compare", "kpis", "chart", "verify", "cases", "demo",
)  # fmt: skip
FILES = {"options": "gap_options"}
"""Where a verb's file has another name: `options.py` holds the options that verbs share."""
REFUSALS = frozenset({"DatasetRefused", "WrongCalendar", "SnapshotDamaged", "PlanDamaged"})
"""Errors that say that the input is at fault; by name, so that failing needs no further import."""
COMMANDS_GROUP = "equipoise.commands"
"""Entry points of other packages that bring verbs of their own, such as `serve`."""


class Verbs(click.Group):
    """Verbs by name, imported only when one is called; those of other packages arrive by entry point."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Our verbs in the order of the work, then those that were installed beside us."""
        return [*VERBS, *sorted(entry.name for entry in entry_points(group=COMMANDS_GROUP) if entry.name not in VERBS)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb, or None if there is no such verb."""
        if cmd_name in VERBS:
            command: click.Command = import_module(f"equipoise.cli.{FILES.get(cmd_name, cmd_name)}").command
            return command
        for entry in entry_points(group=COMMANDS_GROUP):
            if entry.name == cmd_name:
                return _load(entry)
        return None


def _load(entry: EntryPoint) -> click.Command:
    """The verb of another package; one that is not installed whole must not take the others' help away."""
    try:
        loaded: click.Command = entry.load()
    except ImportError as error:
        reason = f"{entry.name} is not available: {error}; install the package that brings it again"

        def refuse() -> NoReturn:
            raise click.ClickException(reason)

        return click.Command(entry.name, callback=refuse, help=reason)
    return loaded


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, package_name="equipoise", message="equipoise %(version)s")
def equipoise() -> None:
    """Sales & Operations Planning: a plan is a snapshot plus adjustments.

    Start with `equipoise demo --out demo` and `equipoise plan demo`, or with `equipoise template my-data`.
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code (see the package)."""
    session = Session()
    try:
        code = equipoise.main(args=arguments, prog_name="equipoise", standalone_mode=False, obj=session)
        return code if isinstance(code, int) else DONE
    except click.ClickException as error:
        error.show()
        return _answer(session, type(error).__name__, error.format_message(), USAGE)
    except (click.Abort, KeyboardInterrupt):
        return _fail(session, "Interrupted", "Interrupted; nothing was left half written.", INTERRUPTED)
    except EquipoiseError as error:
        return _refuse(session, error)
    except Exception as error:  # the outermost place: whatever else happens is our bug and is reported as such
        return _report_bug(session, error)


def main() -> NoReturn:
    """The script `equipoise`."""
    signal.signal(signal.SIGTERM, _interrupt)
    sys.exit(run())


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _refuse(session: Session, error: EquipoiseError) -> int:
    """The caller's fault (2), or that of the data handed in (3)."""
    is_refused = any(sort.__name__ in REFUSALS for sort in type(error).__mro__)
    findings = [finding.as_json() for finding in getattr(error, "findings", ())]
    return _fail(session, type(error).__name__, str(error), REFUSED if is_refused else USAGE, findings=findings)


def _report_bug(session: Session, error: Exception) -> int:
    report = _report_id(error)
    if session.is_debug:
        traceback.print_exception(error)
    text = f"{type(error).__name__}: Equipoise failed, the data did not (report {report})."
    hint = "" if session.is_debug else " Run it again with --debug for the traceback, and send us both."
    return _fail(session, type(error).__name__, text + hint, OUR_BUG)


def _report_id(error: Exception) -> str:
    """The same failure has the same id on every machine: exception, and file name and function of each frame."""
    frames = [f"{Path(frame.filename).name}:{frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    return hashlib.sha256("\n".join([type(error).__name__, *frames]).encode()).hexdigest()[:12]


def _fail(session: Session, kind: str, text: str, code: int, *, findings: Sequence[object] = ()) -> int:
    click.echo(f"equipoise {session.command}: {text}" if session.command else f"equipoise: {text}", err=True)
    return _answer(session, kind, text, code, findings=findings)


def _answer(session: Session, kind: str, text: str, code: int, *, findings: Sequence[object] = ()) -> int:
    """With --json a failure is an answer too: still exactly one object."""
    if session.is_json:
        failure = {"type": kind, "message": text, "exit_code": code}
        session.write_json({"format": 1, "command": session.command, "error": failure, "findings": findings})
    return code
