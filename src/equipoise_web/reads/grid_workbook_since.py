"""Who changed what in a plan since a workbook of it was downloaded, as far as the person may see it."""

from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from equipoise.core.adjustment import Adjustment
from equipoise.core.grid import BoolArray
from equipoise.core.scenario import lineage
from equipoise_web.access import Access
from equipoise_web.reads.adjustments import adjustments_by_id
from equipoise_web.reads.grid_marks import measure_of, rows_in
from equipoise_web.reads.grid_rows import GridRows
from equipoise_web.reads.grid_view import dimensions_typed, grain_typed
from equipoise_web.reads.grid_workbook_ticket import Ticket
from equipoise_web.reads.in_words import words_of
from equipoise_web.records.models import RulingRecord
from equipoise_web.scenarios import read_scenarios

MOST_RULINGS = 500
"""The newest that are looked at; what is older is told without a name."""


@dataclass(frozen=True)
class _Ruling:
    """Something that was said of an adjustment: in words, and the nodes [R] and columns [C] that it reaches."""

    words: str
    nodes: BoolArray
    columns: BoolArray


@dataclass(frozen=True)
class Since:
    """Rulings in a scenario since a workbook was downloaded, the newest first."""

    rulings: tuple[_Ruling, ...]

    @staticmethod
    def read(ticket: Ticket, rows: GridRows, who: Access) -> "Since":
        """Those of adjustments that the person may see."""
        if ticket.fingerprint == rows.numbers.fingerprint:
            return Since(())
        homes = [each.name for each in lineage(read_scenarios(), ticket.scenario)]
        given = RulingRecord.objects.filter(pk__gt=ticket.seen, adjustment__entries__scenario__name__in=homes)
        newest = given.select_related("by", "adjustment").order_by("-id").distinct()[:MOST_RULINGS]
        visible = adjustments_by_id(who, {ruling.adjustment.pk for ruling in newest})
        words = words_of(rows.numbers.base.snapshot_id)
        found = []
        for ruling in newest:
            row = visible.get(ruling.adjustment.pk)
            reach = None if row is None else _reach(rows, row.adjustment)
            if row is None or reach is None:
                continue
            by = _("You") if ruling.by.pk == who.person else ruling.by.first_name or ruling.by.get_username()
            said = {"by": by, "at": f"{ruling.at:%a %d %b %H:%M}", "what": words.of(row.adjustment)}
            text = {
                "withdrawn": _("%(by)s, %(at)s: took back %(what)s"),
                "rejected": _("%(by)s, %(at)s: rejected %(what)s"),
                "accepted": _("%(by)s, %(at)s: accepted %(what)s"),
            }.get(ruling.verdict, _("%(by)s, %(at)s: %(what)s"))
            found.append(_Ruling(text % said, *reach))
        return Since(tuple(found))

    def words(self, node: int, column: int) -> str:
        """Who changed a cell, or a part of it, last."""
        for ruling in self.rulings:
            if ruling.nodes[node] and ruling.columns[column]:
                return ruling.words
        return _("It has changed since you downloaded it.")


def _reach(rows: GridRows, adjustment: Adjustment) -> tuple[BoolArray, BoolArray] | None:
    """Nodes and columns of which an adjustment moves a part; None where it moves nothing that is shown."""
    axes, scope, measure = rows.numbers.plan.axes, adjustment.scope, measure_of(adjustment)
    grain = grain_typed(measure)
    if grain not in rows.tree.nodes:
        return None
    touched = np.zeros((len(axes.keys[grain]), 1))
    touched[rows_in(axes, grain, {name: getattr(scope, name) for name in dimensions_typed(measure)})] = 1.0
    shown = touched[rows.tree.rows(grain)]
    nodes = np.nan_to_num(rows.tree.roll_up(grain, shown, by=np.maximum))[:, 0] > 0
    begin, end = axes.calendar.span(scope.first, scope.last)
    columns = np.array([column.begin < end and begin < column.end for column in rows.columns.all])
    return (nodes, columns) if nodes.any() and columns.any() else None
