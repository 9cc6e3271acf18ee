"""`equipoise template DIR`: an empty dataset to fill in."""

from pathlib import Path

import click

from equipoise.cli.options import Session, shared_options


@click.command("template")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@shared_options
def command(session: Session, folder: Path) -> int:
    """Write an empty dataset to fill in.

    dataset.toml, a CSV with its heading for every planning table, and README.md, which explains each column.
    """
    from equipoise.cli.screen import print_line
    from equipoise.template import write_template

    files = write_template(folder)

    def show() -> None:
        print_line(f"{len(files)} files written to {folder}; README.md there explains every column.")
        print_line(f"Next: fill in dataset.toml, items, markets and forecast, then equipoise check {folder}")

    return session.finish({"format": 1, "command": "template", "files": list(files)}, show)
