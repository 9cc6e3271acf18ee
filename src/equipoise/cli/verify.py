"""`equipoise verify DIR`: is a published plan still what it was, and does this engine agree with it?"""

from pathlib import Path

import click

from equipoise.cli.options import Session, existing, shared_options


@click.command("verify")
@existing("folder", "DIR")
@shared_options
def command(session: Session, folder: Path) -> int:
    """Check every byte of a published plan, ask its question again and compare the answers."""
    from equipoise.cli.question import progress_bar
    from equipoise.cli.screen import exact, print_line, print_table
    from equipoise.verify import verify

    with progress_bar() as progress:
        found = verify(folder, progress=progress)
    report = {"format": 1, "command": "verify", **found.as_json()}

    def show() -> None:
        print_line(f"{found.verdict}: answer {found.published[:12]}", style="bold")
        if found.difference is None:
            return
        print_line(f"then {found.engine_then}")
        print_line(f"now  {found.engine_now}")
        rows = [
            (name, exact(delta.a), exact(delta.b), exact(delta.difference))
            for name, delta in found.difference.totals.items()
            if delta.difference
        ]
        print_table("Totals that differ", ("measure", "then", "now", "difference"), rows)

    return session.finish(report, show, severities=["error"] if found.difference else [])
