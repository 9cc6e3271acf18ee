"""What verbs share: the session of one call, and the options that mean the same wherever they stand."""

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

Verb = Callable[..., Any]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

DONE, FOUND, USAGE, REFUSED, INTERRUPTED, OUR_BUG = 0, 1, 2, 3, 4, 70
"""Exit codes."""


@dataclass
class Session:
    """One call of the command line: what its shared options say, known also when the verb fails."""

    command: str = ""
    is_json: bool = False
    is_strict: bool = False
    is_debug: bool = False

    def finish(self, report: Mapping[str, Any], show: Callable[[], None], *, severities: Iterable[str] = ()) -> int:
        """Give the answer, as JSON or by `show`, and the exit code; `severities` are those of the findings."""
        if self.is_json:
            self.write_json(report)
        else:
            show()
        has_errors = any(severity in ("blocker", "error") for severity in severities)
        return FOUND if self.is_strict and has_errors else DONE

    def write_json(self, report: Mapping[str, Any]) -> None:
        """The one object on stdout."""
        from equipoise.report import json_text

        sys.stdout.write(json_text(report) + "\n")
        sys.stdout.flush()


def _remember(name: str) -> Callable[[click.Context, click.Parameter, bool], bool]:
    def set_on_session(context: click.Context, _parameter: click.Parameter, value: bool) -> bool:
        session = context.ensure_object(Session)
        session.command = context.info_name or ""
        setattr(session, name, value)
        return value

    return set_on_session


def shared_options(command: Verb) -> Verb:
    """`--json`, `--strict` and `--debug`; the verb gets the Session as its first argument."""
    for flag, name, words in (
        ("--debug", "is_debug", "Show the traceback if Equipoise itself fails."),
        ("--strict", "is_strict", "Exit with 1 if a finding is an error or worse."),
        ("--json", "is_json", "One JSON object on stdout, everything else on stderr."),
    ):
        remember = _remember(name)  # eager: known before another option is refused
        option = click.option(flag, is_flag=True, is_eager=True, callback=remember, expose_value=False, help=words)
        command = option(command)
    return click.make_pass_decorator(Session, ensure=True)(command)


def existing(name: str, metavar: str) -> Callable[[Verb], Verb]:
    """An argument that is a file or folder which exists."""
    return click.argument(name, metavar=metavar, type=click.Path(exists=True, path_type=Path))


def out_option(*, required: bool = False, default: Path | None = None) -> Callable[[Verb], Verb]:
    """`--out DIR`, the folder to write; its name in the verb is `folder`."""
    return click.option(
        "--out",
        "folder",
        metavar="DIR",
        type=click.Path(path_type=Path),
        required=required,
        default=default,
        show_default=True,
        callback=_folder,
        help="Write into this new folder.",
    )


def _folder(context: click.Context, parameter: click.Parameter, value: Path | None) -> Path | None:
    """Refuse what cannot be a folder before the work and not after it."""
    if value is not None and value.exists() and not value.is_dir():
        raise click.BadParameter(f"{value} is a file; give the name of a folder", context, parameter)
    return value


def home_option(command: Verb) -> Verb:
    """`--home DIR`, else EQUIPOISE_HOME, else ./equipoise-home."""
    return click.option(
        "--home",
        metavar="DIR",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="EQUIPOISE_HOME",
        default=Path("equipoise-home"),
        show_default=True,
        help="Home folder: database, snapshots, published plans.",
    )(command)


def mapping_option(command: Verb) -> Verb:
    """`--mapping FILE`."""
    words = "TOML file that says how foreign files become planning tables."
    return click.option("--mapping", type=_FILE, help=words)(command)


def question_options(command: Verb) -> Verb:
    """`--mapping`, `--set` and `--adjust`: what is asked of a dataset, snapshot or plan."""
    knobs = click.option("--set", "knobs", multiple=True, metavar="KNOB=VALUE", help="Set a knob of the policy.")
    adjust = click.option("--adjust", type=_FILE, help="JSON file of adjustments and rulings.")
    return mapping_option(knobs(adjust(command)))
