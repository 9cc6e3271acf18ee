"""`equipoise compare A B`: what plan B does otherwise than plan A, and what it is worth."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.options import Session, existing, shared_options

if TYPE_CHECKING:
    from equipoise.compare import Comparison

ALWAYS_SHOWN = ("cost_total_amount", "revenue_amount", "margin_gross_amount", "service_fill_pct")
CELLS_SHOWN = 8
ENDS = ("a", "b", "residual")


@click.command("compare")
@existing("a", "A")
@existing("b", "B")
@shared_options
def command(session: Session, a: Path, b: Path) -> int:
    """Compare two plans and say why they differ.

    Each is a dataset, a sealed snapshot or a written plan. Differences are B less A.
    """
    from equipoise.cli.question import open_plan
    from equipoise.compare import compare

    plans = open_plan(a), open_plan(b)
    answer = compare(*plans)
    report = answer.as_json()
    severities = [finding["severity"] for finding in report["findings"]["appeared"]]
    shown = {"format": 1, "command": "compare", **report}
    return session.finish(shown, lambda: _show(answer, report), severities=severities)


def _show(answer: "Comparison", report: dict[str, Any]) -> None:
    from equipoise.cli.screen import print_findings, print_line, print_table

    if answer.a["digest"] == answer.b["digest"]:
        print_line("The plans give the same answer, cell by cell.", style="bold")
    tiers = report["a"]["tier"], report["b"]["tier"]
    if tiers[0] != tiers[1]:
        print_line(f"A is {_tier(tiers[0])}; B is {_tier(tiers[1])}. They differ in how they were found as well.")
    _show_totals(answer)
    _show_cells(answer)
    bars = {name: steps for name, steps in report["bridge"].items() if steps and steps["a"] != steps["b"]}
    if bars:
        names = [name for name in next(iter(bars.values())) if name not in ENDS]
        rows = [(name, *(_change(bars[side][name]) for side in bars)) for name in names]
        basis = f"mix by {answer.bridge.mix_level}, volumes in {answer.bridge.volume_in}"
        print_table(f"Why it changes ({basis})", ("cause", *bars), rows)
    print_findings(report["findings"]["appeared"], title="Findings that only B has")


def _tier(tier: str) -> str:
    from equipoise.cli.plan import TIERS

    return f"{tier} ({TIERS.get(tier, tier)})"


def _show_totals(answer: "Comparison") -> None:
    from equipoise.catalog import measure_named
    from equipoise.cli.screen import percent, print_table, whole
    from equipoise.report import TOTALS

    rows = []
    for name in TOTALS:
        delta = answer.totals.get(name)
        if delta is None or not (delta.difference or name in ALWAYS_SHOWN):
            continue
        shown = percent if name.endswith("_pct") else whole
        rows.append((measure_named(name).label, shown(delta.a), shown(delta.b), _change(delta.difference)))
    print_table("Totals", ("measure", "A", "B", "B less A"), rows)


def _show_cells(answer: "Comparison") -> None:
    from equipoise.catalog import measure_named
    from equipoise.cli.screen import print_table, whole

    cells = sorted(answer.cells, key=lambda cell: -abs(cell.delta.difference or 0.0))[:CELLS_SHOWN]
    if cells:
        rows = [
            (
                measure_named(c.measure).label,
                c.node,
                c.bucket,
                whole(c.delta.a),
                whole(c.delta.b),
                _change(c.delta.difference),
            )
            for c in cells
        ]
        print_table("Largest differences", ("measure", "where", "bucket", "A", "B", "B less A"), rows, texts=3)


def _change(value: float | None) -> str:
    from equipoise.cli.screen import whole

    text = whole(value)
    return f"+{text}" if value is not None and value > 0 and text != "0" else text
