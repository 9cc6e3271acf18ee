"""`equipoise people`: what needs the home folder, not a sign-in: the first administrator, and who is locked out."""

from pathlib import Path
from typing import Any

import click

from equipoise_web.serve import open_home

HOME = click.option(
    "--home", type=click.Path(file_okay=False, path_type=Path), help="Home folder (else EQUIPOISE_HOME)."
)
ADDRESS = click.option(
    "--address", default="http://127.0.0.1:8000", show_default=True, help="Where Equipoise is served, for the link."
)


@click.group("people")
def people() -> None:
    """People: invite the first administrator, let somebody in who is locked out."""


@people.command("add")
@click.argument("name")
@click.option("--role", required=True, help="Such as administrator, coordinator, demand_planner.")
@click.option("--full-name", default="", help="As others see it.")
@HOME
@ADDRESS
def add(name: str, role: str, full_name: str, home: Path | None, address: str) -> None:
    """Invite NAME with a role on the whole company, and print the link to set a password.

    The first administrator of a fresh installation is made so; further people are invited on the page People.
    """
    _open(home)
    from equipoise_web.access import ROLES, Held
    from equipoise_web.actions.give_grant import WrongRole
    from equipoise_web.actions.invite_person import invite_person

    if role not in ROLES:
        raise WrongRole(f"there is no role {role!r}; there are {', '.join(ROLES)}")
    _tell(invite_person(_command_line(), name, [Held(ROLES[role])], name=full_name), address)


@people.command("link")
@click.argument("name")
@HOME
@ADDRESS
def link(name: str, home: Path | None, address: str) -> None:
    """Print a link by which NAME, who is here already, sets a new password."""
    _open(home)
    from equipoise_web.actions.invite_person import renew_password

    _tell(renew_password(_command_line(), name), address)


@people.command("lock-demo")
@HOME
def lock_demo(home: Path | None) -> None:
    """Take their known password from the people of the demo company."""
    _open(home)
    from equipoise_web.actions.invite_demo_people import dismiss_demo_people

    dismiss_demo_people()
    click.echo("The people of the demo company cannot sign in any more.")


def _open(home: Path | None) -> None:
    """Django on a home folder whose database is there: setting up begins here."""
    open_home(home)
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def _command_line() -> Any:  # noqa: ANN401 - Access, which needs Django
    from dataclasses import replace

    from equipoise_web.access import SYSTEM

    return replace(SYSTEM, through="command line")


def _tell(made: dict[str, Any], address: str) -> None:
    click.echo(f"{address.rstrip('/')}/join/{made['secret']}/")
    click.echo(
        f"Hand it to {made['username']}: it works once, until {made['expires_at']:%d %b %Y %H:%M} UTC.", err=True
    )
