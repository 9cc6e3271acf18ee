"""`equipoise gather SRC --out DIR`: seal a dataset into a snapshot."""

from pathlib import Path
from typing import Any

import click

from equipoise.cli.options import Session, existing, mapping_option, out_option, shared_options


@click.command("gather")
@existing("source", "SRC")
@mapping_option
@out_option(required=True)
@shared_options
def command(session: Session, source: Path, mapping: Path | None, folder: Path) -> int:
    """Seal a dataset into a snapshot folder.

    Rows that cannot be used are left out and listed in quarantine.csv there, with file, line and reason.
    """
    from equipoise.gather import gather, summary
    from equipoise.intake import read_dataset
    from equipoise.store import write_snapshot

    draft = read_dataset(source, mapping)
    snapshot = gather(draft, label=draft.head.name)
    write_snapshot(snapshot, folder, quarantine=draft.quarantine)
    report = summary(draft, snapshot)
    severities = [finding["severity"] for finding in report["findings"]]
    return session.finish(report, lambda: _show(report, folder), severities=severities)


def _show(report: dict[str, Any], folder: Path) -> None:
    from equipoise.cli.screen import print_findings, print_line, print_table

    rows = [(name, f"{t['rows']:,}", f"{t['quarantined']:,}") for name, t in report["tables"].items()]
    print_table(f"Snapshot {report['snapshot'][:12]}", ("table", "rows", "left out"), rows)
    print_findings(report["findings"])
    print_line(f"Sealed in {folder}. Next: equipoise plan {folder}")
