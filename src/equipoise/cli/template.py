"""`equipoise template DIR`: an empty dataset to fill in; `--xlsx FILE`: the same as one workbook."""

from pathlib import Path

import click

from equipoise.cli.options import Session, shared_options


@click.command("template")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--xlsx", metavar="FILE", type=click.Path(path_type=Path), help="Write a workbook, a sheet per table.")
@shared_options
def command(session: Session, folder: Path | None, xlsx: Path | None) -> int:
    """Write a dataset to fill in.

    DIR gets dataset.toml, a CSV with its heading for every planning table, and README.md, which explains each column.
    The workbook has a sheet for each of them, with a company of one item as an example: it can be planned at once.
    """
    from equipoise.cli.screen import print_line
    from equipoise.template import write_template, write_workbook

    if folder is None and xlsx is None:
        raise click.UsageError("Give the name of a new folder, DIR, or of a new workbook, --xlsx FILE.")
    if xlsx is not None and xlsx.suffix.lower() != ".xlsx":
        raise click.BadParameter(f"{xlsx.name} must end in .xlsx", param_hint="--xlsx")
    report: dict[str, object] = {"format": 1, "command": "template"}
    lines: list[str] = []
    if folder is not None:
        report["files"] = files = list(write_template(folder))
        lines.append(f"{len(files)} files written to {folder}; README.md there explains every column.")
        lines.append(f"Next: fill in dataset.toml, items, markets and forecast, then equipoise check {folder}")
    if xlsx is not None:
        report["sheets"] = sheets = list(write_workbook(xlsx))
        lines.append(f"{len(sheets)} sheets written to {xlsx}; sheet help explains every column.")
        lines.append(f"Next: put your own rows in place of the example's, then equipoise check {xlsx}")

    def show() -> None:
        for line in lines:
            print_line(line)

    return session.finish(report, show)
