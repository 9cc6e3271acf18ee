"""One cell of the grid from all sides: its number, who moved it and when, how it runs, what was said about it."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.utils.translation import gettext as _

from equipoise.catalog import MEASURE_BY_NAME
from equipoise.core.adjustment import Change
from equipoise_web.access import Access
from equipoise_web.reads.adjustment_pages import VERDICTS, people_titles
from equipoise_web.reads.adjustments import CommentRow, adjustments_by_id, read_comments
from equipoise_web.reads.grid_columns import Column
from equipoise_web.reads.grid_comments import cell_name
from equipoise_web.reads.grid_header import BASELINE
from equipoise_web.reads.grid_held import HELD_LINES
from equipoise_web.reads.grid_holds import HoldLine, read_holds
from equipoise_web.reads.grid_lines import OWN
from equipoise_web.reads.grid_marks import covered, measure_of
from equipoise_web.reads.grid_rows import GridRows
from equipoise_web.reads.grid_told import words_about
from equipoise_web.reads.grid_typed import TypedCell
from equipoise_web.reads.grid_view import CONSENSUS, PRODUCTION
from equipoise_web.reads.in_words import signed_amount, words_of
from equipoise_web.reads.numbers import plain, shown

LISTED = 8


@dataclass(frozen=True)
class HistoryLine:
    """An adjustment that reaches the cell."""

    id: str
    at: datetime
    by: str
    words: str
    amount: str
    reason: str
    told: tuple[str, ...]
    """What the plan says of it, to its author."""
    verdict: str
    is_counted: bool


@dataclass(frozen=True)
class CellPage:
    """The side panel of a cell."""

    name: str
    """What comments call it."""
    title: str
    value: str
    unit: str
    amount: str
    """The same in money; blank where it has none."""
    chart: "tuple[ChartBar, ...]"
    chart_title: str
    holds: tuple[HoldLine, ...]
    history: tuple[HistoryLine, ...]
    comments: tuple[CommentRow, ...]
    why: dict[str, str]
    """What asks for the explanation; empty where nothing explains it."""


@dataclass(frozen=True)
class ChartBar:
    """A bucket of the little chart: heights in percent of the tallest."""

    label: str
    value: str
    x: float
    y: float
    height: float
    width: float
    is_here: bool


def read_cell(rows: GridRows, cell: TypedCell, who: Access) -> CellPage:
    """The panel of a cell by its line, node and column."""
    line = rows.lines[cell.line]
    label = rows.header["lines"][cell.line]["label"]
    column = rows.columns.all[cell.column]
    value = float(rows.values[cell.line, cell.node, cell.column])
    money = float(rows.values[-1, cell.node, cell.column])
    kind = rows.header["lines"][cell.line]["kind"]
    currency = rows.numbers.base.head.currency
    unit = {"qty": rows.header["uom"], "amount": currency, "pct": "%", "load": "%"}.get(kind, kind)
    nodes = dict(rows.view.nodes)
    path = rows.tree.path(cell.node)
    name = cell_name(line, path, nodes, column)
    titles = people_titles()
    when = _when(rows, column)
    is_plain = rows.numbers.is_exact and column.end - column.begin == 1 and line not in OWN and not column.is_closed
    asked = {**nodes, **path} if is_plain and line in MEASURE_BY_NAME else None
    return CellPage(
        name=name,
        title=f"{rows.labels[cell.node]}, {when}, {label}",
        value="–" if np.isnan(value) else plain(value),
        unit="" if np.isnan(value) else unit,
        amount="" if np.isnan(money) or line != CONSENSUS or kind == "amount" else f"{currency} {shown(money)}",
        chart=_chart(rows, cell),
        chart_title=_chart_title(rows, cell, label, when),
        holds=read_holds(rows, cell.node, column, who) if line in HELD_LINES else (),
        history=_history(rows, cell, who, titles),
        comments=tuple(
            CommentRow(said.id, said.text, titles.get(said.by, said.by), said.at) for said in read_comments(who, name)
        ),
        why={} if asked is None else {"measure": line, **asked, "bucket": str(column.begin)},
    )


def _history(rows: GridRows, cell: TypedCell, who: Access, titles: dict[str, str]) -> tuple[HistoryLine, ...]:
    """Adjustments that stand and cover the cell, newest first."""
    numbers = rows.numbers
    line = rows.lines[cell.line]
    found = []
    for adjustment in sorted(numbers.adjustments, key=lambda a: -a.seq):
        typed_in = measure_of(adjustment)
        if (
            not typed_in
            or (typed_in == PRODUCTION) != (line == PRODUCTION)
            or (line in ("demand_sales_qty", "demand_marketing_qty", "demand_product_qty") and typed_in != line)
        ):
            continue
        nodes, columns = covered(numbers.plan, rows.tree, rows.columns, adjustment)
        if nodes[cell.node] and columns[cell.column]:
            found.append(adjustment)
    counted = {each.id: each for each in found}
    known = adjustments_by_id(who, counted)
    words = words_of(numbers.base.snapshot_id)
    return tuple(
        HistoryLine(
            id=row.id,
            at=row.made_at,
            by=row.author_name,
            words=words.of(row.adjustment),
            amount=_moved(row.adjustment.change),
            reason=row.reason,
            told=words_about(numbers, counted[row.id], who),
            verdict=str(VERDICTS[row.verdict]),
            is_counted=row.verdict in ("proposed", "accepted"),
        )
        for row in (known[a.id] for a in found if a.id in known)
    )[:LISTED]


def _moved(change: Change) -> str:
    """What an adjustment does to its cells, in a word."""
    return _("held") if change.kind == "demand_hold" else signed_amount(change.amount)  # type: ignore[attr-defined]


def _chart(rows: GridRows, cell: TypedCell) -> tuple[ChartBar, ...]:
    """The line over its finest columns, as bars on an axis that starts at 0."""
    finest = [n for n, column in enumerate(rows.columns.all) if not column.is_total]
    values = np.nan_to_num(rows.values[cell.line, cell.node, finest])
    tallest = float(values.max(initial=0.0))
    if tallest <= 0:
        return ()
    here = rows.columns.all[cell.column]
    wide = 100.0 / len(finest)
    return tuple(
        ChartBar(
            label=_when(rows, rows.columns.all[n]),
            value=plain(float(value)),
            x=round(at * wide, 3),
            y=round(100 - 92 * max(float(value), 0.0) / tallest, 2),
            height=round(92 * max(float(value), 0.0) / tallest, 2),
            width=round(wide * 0.72, 3),
            is_here=here.begin <= rows.columns.all[n].begin < here.end,
        )
        for at, (n, value) in enumerate(zip(finest, values.tolist(), strict=True))
    )


def _chart_title(rows: GridRows, cell: TypedCell, label: str, when: str) -> str:
    """What the chart shows: how far a plan runs from the baseline here, else when it is highest."""
    if rows.lines[cell.line] in HELD_LINES and BASELINE in rows.lines:
        start = float(rows.values[rows.lines.index(BASELINE), cell.node, cell.column])
        value = float(rows.values[cell.line, cell.node, cell.column])
        if start > 0 and not np.isnan(value):
            pct = 100 * (value / start - 1)
            said = {"line": label, "when": when, "pct": f"{abs(pct):.1f}"}
            if said["pct"] == "0.0":
                return _("%(line)s is the baseline in %(when)s") % said
            if pct > 0:
                return _("%(line)s runs %(pct)s%% above the baseline in %(when)s") % said
            return _("%(line)s runs %(pct)s%% below the baseline in %(when)s") % said
    finest = [n for n, column in enumerate(rows.columns.all) if not column.is_total]
    values = rows.values[cell.line, cell.node, finest]
    if np.isnan(values).all():
        return label
    peak = _when(rows, rows.columns.all[finest[int(np.nanargmax(values))]])
    return _("%(line)s: the most in %(when)s") % {"line": label, "when": peak}


def _when(rows: GridRows, column: Column) -> str:
    """A column by a name that no other has: `Mar 2027`, `Q3 FY27`."""
    return column.label if column.end - column.begin > 1 else rows.columns.calendar.label(column.begin)


def not_explained() -> str:
    """Why a cell has no explanation."""
    return _("Totals over time and estimates are explained by their parts: choose a bucket of the exact plan.")
