"""`equipoise check SRC`: what is wrong with the data, before anything is planned."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.options import Session, existing, mapping_option, shared_options

if TYPE_CHECKING:
    from equipoise.core.snapshot import Snapshot


@click.command("check")
@existing("source", "SRC")
@mapping_option
@shared_options
def command(session: Session, source: Path, mapping: Path | None) -> int:
    """Check a dataset or snapshot and say what to mend.

    Nothing is written. With --strict the exit code is 1 if a finding is an error; data that cannot be a dataset at
    all are refused with 3.
    """
    from equipoise.report import check_report

    snapshot, quarantined = _open(source, mapping)
    report = check_report(snapshot, quarantined)
    severities = [finding["severity"] for finding in report["findings"]]
    return session.finish(report, lambda: _show(report, snapshot, source), severities=severities)


def _open(source: Path, mapping: Path | None) -> "tuple[Snapshot, dict[str, int]]":
    """The snapshot, and how many rows of each table were left out when it was gathered."""
    from equipoise.gather import gather
    from equipoise.intake import read_dataset
    from equipoise.store import MANIFEST, read_snapshot
    from equipoise.store_plans import is_plan

    if is_plan(source):
        source = source / "snapshot"
    if (source / MANIFEST).is_file():
        return read_snapshot(source), _left_out(source)
    draft = read_dataset(source, mapping)
    return gather(draft), dict(Counter(row.table for row in draft.quarantine))


def _left_out(folder: Path) -> dict[str, int]:
    import csv

    with (folder / "quarantine.csv").open(encoding="utf-8", newline="") as stream:
        return dict(Counter(row["table"] for row in csv.DictReader(stream)))


def _show(report: dict[str, Any], snapshot: "Snapshot", source: Path) -> None:
    from equipoise.cli.screen import print_findings, print_line, print_table, whole

    head, calendar = snapshot.head, snapshot.head.calendar
    horizon = f"{calendar.label(0)} to {calendar.label(head.horizon - 1)}"
    print_line(f"{head.name} · {head.currency} · {horizon}", style="bold")
    quality = report["quality"]
    scores = quality["scores"]
    rows = [
        (name, f"{table['rows']:,}", f"{table['quarantined']:,}", whole(scores.get(name)))
        for name, table in report["tables"].items()
    ]
    print_table("Tables", ("table", "rows", "left out", "quality"), rows)
    run = [check for check in quality["checks"] if check["found"] is not None]
    passed = sum(1 for check in run if check["found"] == 0)
    print_line(
        f"Quality {whole(quality['score'])} of 100: {passed} of {len(run)} checks passed, "
        f"{len(quality['checks']) - len(run)} had nothing to look at; money touched {whole(quality['amount'])}",
        style="bold",
    )
    print_findings(report["findings"])
    print_line(f"Next: equipoise plan {source}")
