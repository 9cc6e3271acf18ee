"""`equipoise gather SRC --out DIR`: seal a dataset into a snapshot, on its own or on last month's."""

from pathlib import Path
from typing import Any

import click

from equipoise.cli.options import Session, existing, mapping_option, out_option, shared_options

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("gather")
@existing("source", "SRC")
@mapping_option
@click.option("--on", "base", metavar="SNAPSHOT", type=_FOLDER, help="Carry over what SRC does not deliver from this.")
@click.option("--append", multiple=True, metavar="TABLE", help="With --on: add this table's rows, do not replace it.")
@click.option("--corrections", "fixes", type=_FILE, help="JSON file of corrections of cells and rows left out.")
@click.option("--past", multiple=True, metavar="PLAN", type=_FOLDER, help="Seal what this published plan said.")
@out_option(required=True)
@shared_options
def command(
    session: Session,
    *,
    source: Path,
    mapping: Path | None,
    base: Path | None,
    append: tuple[str, ...],
    fixes: Path | None,
    past: tuple[Path, ...],
    folder: Path,
) -> int:
    """Seal a dataset into a snapshot folder.

    Rows that cannot be used are left out and listed in quarantine.csv there, with file, line and reason. With --on
    last month's snapshot is rolled on by one bucket and SRC may hold only what is new.
    """
    from equipoise.gather import gather, summary
    from equipoise.intake import carry_over, deliver, read_corrections, read_dataset, withdraw
    from equipoise.store import read_snapshot, write_snapshot

    if append and base is None:
        raise click.UsageError("--append adds to a snapshot; name it with --on.")
    corrections = read_corrections(fixes) if fixes is not None else ()
    withdrawn = read_corrections(fixes, "withdrawn") if fixes is not None else ()
    if base is None:
        if withdrawn:
            raise click.UsageError("corrections are withdrawn from a snapshot; name it with --on.")
        last, draft = None, read_dataset(source, mapping, corrections=corrections)
    else:
        last = read_snapshot(base)
        carried = withdraw(carry_over(last), withdrawn)
        draft = deliver(carried, source, mapping, append=append, corrections=corrections)
    snapshot = gather(draft, label=draft.head.name, past=_past(past), last=last)
    write_snapshot(snapshot, folder, quarantine=draft.quarantine)
    report = summary(draft, snapshot)
    severities = [finding["severity"] for finding in report["findings"]]
    return session.finish(report, lambda: _show(report, folder), severities=severities)


def _past(folders: tuple[Path, ...]) -> list[tuple[str, Any]]:
    if not folders:
        return []
    from equipoise.past import past_of
    from equipoise.store_plans import is_plan, read_plan

    for folder in folders:
        if not is_plan(folder):
            raise click.UsageError(f"--past {folder.name} is no published plan; write one with equipoise plan --out.")
    return past_of(read_plan(folder) for folder in folders)


def _show(report: dict[str, Any], folder: Path) -> None:
    from equipoise.cli.screen import print_findings, print_line, print_table

    rows = [(name, f"{t['rows']:,}", f"{t['quarantined']:,}") for name, t in report["tables"].items()]
    print_table(f"Snapshot {report['snapshot'][:12]}", ("table", "rows", "left out"), rows)
    print_findings(report["findings"])
    print_line(f"Sealed in {folder}. Next: equipoise plan {folder}")
