"""A planning workbook against the plan as it is now, cell by cell: what can be accepted, and what cannot and why.

`mine`          changed in the workbook, and as it was in the plan: safe to accept
`both`          changed in the workbook, and by others since the download: a person decides
`contradicts`   a total and parts below it were both typed, and do not agree
`locked`        not this person's to change, or held
`invalid`       no number that could be taken
`gone`          a row or column that the plan has no more
`there`         the plan says so already, or the total only follows from its parts
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from urllib.parse import parse_qsl

import numpy as np
from django.utils.translation import gettext as _

from equipoise.core.scenario import WrongScenario
from equipoise.core.table import UnknownName
from equipoise_web.access import Access, Right
from equipoise_web.reads.grid_edit import read_typed
from equipoise_web.reads.grid_numbers import numbers_now
from equipoise_web.reads.grid_rows import GridRows
from equipoise_web.reads.grid_state import rows_now
from equipoise_web.reads.grid_typed import TypedCell
from equipoise_web.reads.grid_view import GridView
from equipoise_web.reads.grid_workbook_changes import Change, Changes, is_said
from equipoise_web.reads.grid_workbook_locks import is_open
from equipoise_web.reads.grid_workbook_parts import Total, totals_of
from equipoise_web.reads.grid_workbook_since import Since
from equipoise_web.reads.grid_workbook_ticket import Ticket, WorkbookRefused, columns_now, sight_of
from equipoise_web.reads.numbers import plain, signed
from equipoise_web.records.models import RulingRecord

State = Literal["both", "contradicts", "mine", "locked", "invalid", "gone", "there"]
STATES: tuple[State, ...] = get_args(State)
CHOOSABLE = ("mine", "both", "contradicts")


@dataclass(frozen=True)
class DiffCell:
    """A cell of the workbook that differs from what was downloaded."""

    name: str
    """`measure|row|column`, which forms send back."""
    path: tuple[str, ...]
    """What the row is called, from the top down."""
    measure: str
    month: str
    was: str
    now: str
    yours: str
    moves: str
    """Yours against what stands now, with its sign."""
    amount: float
    """Money that it moves, up or down."""
    state: State
    because: str
    typed: TypedCell | None
    parts: tuple[str, ...] = ()
    """Names of typed cells that contradict it: not both can be accepted."""

    @property
    def may_choose(self) -> bool:
        """True for what can be accepted."""
        return self.state in CHOOSABLE

    @property
    def is_chosen(self) -> bool:
        """True for what is safe to accept."""
        return self.state == "mine"


@dataclass(frozen=True)
class WorkbookDiff:
    """All that differs, most in need of a decision first; `seen` is the number of the last ruling it knows of."""

    ticket: Ticket
    rows: GridRows
    cells: tuple[DiffCell, ...]
    counts: Mapping[State, int]
    compared: int
    missing_rows: int
    nameless_rows: int
    seen: int
    is_moved: bool
    """True if the plan says anything else than when the workbook was downloaded."""

    @property
    def at(self) -> datetime:
        """When it was downloaded."""
        return datetime.fromisoformat(self.ticket.at)


def read_diff(ticket: Ticket, changes: Changes, who: Access) -> WorkbookDiff:
    """The workbook against the plan now, for the person who brings it back.

    WorkbookRefused where there is nothing to compare it with: a published plan, a scenario or view that is gone, or the
    eyes of somebody who sees another part of the company.
    """
    who.require(Right.PROPOSE)
    if ticket.sees != sight_of(who):
        raise WorkbookRefused(
            _("It was downloaded by %(by)s, who sees another part of the plan than you do now; download your own.")
            % {"by": ticket.by}
        )
    seen = RulingRecord.objects.order_by("-id").values_list("id", flat=True).first() or 0  # before the numbers
    rows = _rows_now(ticket, who)
    judge = _Judge(ticket, rows, who, Since.read(ticket, rows, who), columns_now(ticket, rows))
    cells = sorted(judge.cells(changes.cells), key=_rank)
    counts = {state: sum(cell.state == state for cell in cells) for state in STATES}
    compared = len(ticket.places) * len(ticket.columns)
    is_moved = ticket.fingerprint != rows.numbers.fingerprint
    return WorkbookDiff(
        ticket, rows, tuple(cells), counts, compared, changes.missing_rows, changes.nameless_rows, seen, is_moved
    )


def _rank(cell: DiffCell) -> tuple[int, float]:
    return STATES.index(cell.state), -cell.amount


def _rows_now(ticket: Ticket, who: Access) -> GridRows:
    if not ticket.scenario:
        raise WorkbookRefused(_("It shows a published plan, which does not change; download the plan you work in."))
    if not is_open(ticket.scenario):
        raise WorkbookRefused(
            _("Its scenario %(name)s is not open any more; download the one that goes on, and copy your numbers.")
            % {"name": ticket.scenario}
        )
    try:
        view = GridView.of_query(dict(parse_qsl(ticket.query, keep_blank_values=True)))
        return rows_now(who, view, numbers_now(who, ticket.scenario))
    except (UnknownName, WrongScenario) as error:
        raise WorkbookRefused(
            _("The view it was made of is not there any more: %(why)s. Download it again.") % {"why": error}
        ) from error


@dataclass(frozen=True)
class _Judge:
    """Says of each change where it stands."""

    ticket: Ticket
    rows: GridRows
    who: Access
    since: Since
    columns: Mapping[int, int]

    def cells(self, changes: Sequence[Change]) -> Iterator[DiffCell]:
        """What cannot be taken is known first: only numbers that could be are held against each other."""
        alone = [self._alone(change) for change in changes]
        could_be = ("mine", "there")
        totals = totals_of(self.ticket, [c for c, each in zip(changes, alone, strict=True) if each[0] in could_be])
        for change, (state, because, amount) in zip(changes, alone, strict=True):
            yield self._cell(change, state, because, amount, totals.get(change))

    def _cell(self, change: Change, state: State, because: str, amount: float, total: Total | None) -> DiffCell:
        ticket, typed, now = self.ticket, self._typed(change), self._now(change)
        if state == "mine":
            state, because = self._beside(change, total)
        return DiffCell(
            name=name_of(ticket, change),
            path=self._path(change.node),
            measure=ticket.line_labels[change.line],
            month=self._month(change.column, typed),
            was=_shown(float(ticket.values[change.cell])),
            now=_shown(now),
            yours="" if change.problem else _shown(change.value),
            moves=_moved(change.value - now) if state in CHOOSABLE else "",
            amount=amount,
            state=state,
            because=because,
            typed=typed,
            parts=() if total is None else tuple(name_of(ticket, part) for part in total.parts),
        )

    def _alone(self, change: Change) -> tuple[State, str, float]:
        """A change by itself: why it cannot be taken, or `mine`; and the money it moves."""
        typed = self._typed(change)
        if change.problem:
            return "invalid", change.problem, 0.0
        if typed is None:
            return "gone", _("The plan has no such row or column any more."), 0.0
        if change.value < 0:
            return "invalid", _("A plan holds no negative quantity; 0 is the least."), 0.0
        made = read_typed(self.rows, [typed], self.who)
        if made.rejected:
            return "locked", made.rejected[0].because, 0.0
        if not made.bodies or is_said(change.value, self._now(change)):
            return "there", _("The plan says so already."), 0.0
        return "mine", "", made.moved_amount

    def _beside(self, change: Change, total: Total | None) -> tuple[State, str]:
        """Where a number that could be taken stands against others of the workbook, and what others changed."""
        if total is not None and total.agrees(change):
            return "there", _("It follows from what is typed below it.")
        if total is not None:
            return "contradicts", _against(total)
        base, now, typed = float(self.ticket.values[change.cell]), self._now(change), self._typed(change)
        if typed is not None and not is_said(now, base) and not is_said(base, now):
            return "both", self.since.words(typed.node, typed.column)
        return "mine", ""

    def _now(self, change: Change) -> float:
        typed = self._typed(change)
        return np.nan if typed is None else float(self.rows.values[typed.line, typed.node, typed.column])

    def _typed(self, change: Change) -> TypedCell | None:
        """The cell of today's rows; None where it is there no more."""
        ticket, rows = self.ticket, self.rows
        line, key = ticket.lines[change.line], ticket.keys[change.node]
        column = self.columns.get(change.column)
        if line not in rows.lines or key not in rows.tree.by_key or column is None:
            return None
        text = "" if change.problem else f"={change.value:.9f}".rstrip("0").rstrip(".")
        return TypedCell(rows.lines.index(line), rows.tree.by_key[key], column, text)

    def _month(self, column: int, typed: TypedCell | None) -> str:
        """A bucket with its year; totals by their own names."""
        label = self.ticket.columns[column].label
        if typed is None:
            return label
        about = self.rows.columns.all[typed.column]
        is_bucket = not about.is_total and about.end - about.begin == 1
        return self.rows.columns.calendar.label(about.begin) if is_bucket else label

    def _path(self, node: int) -> tuple[str, ...]:
        above: list[str] = []
        depth = self.ticket.depth[node]
        for n in range(node, -1, -1):
            if self.ticket.depth[n] == depth:
                above.append(self.ticket.labels[n])
                depth -= 1
            if depth < 1:
                break
        return tuple(reversed(above))


def name_of(ticket: Ticket, change: Change) -> str:
    """What forms call a cell."""
    return f"{ticket.lines[change.line]}|{ticket.keys[change.node]}|{ticket.columns[change.column].mark}"


def contradictions(cells: Sequence[DiffCell]) -> tuple[DiffCell, ...]:
    """Totals that were chosen together with parts that do not make them."""
    chosen = {cell.name for cell in cells}
    return tuple(cell for cell in cells if cell.state == "contradicts" and chosen & set(cell.parts))


def _against(total: Total) -> str:
    if np.isnan(total.made):
        return _("It meets other numbers you typed, of which none holds the other; accept it or them.")
    return _("The parts typed below it make %(made)s; accept the total or the parts.") % {"made": _shown(total.made)}


def _shown(value: float) -> str:
    return "–" if np.isnan(value) else plain(value)


def _moved(value: float) -> str:
    return signed(value, decimals=0 if abs(value) >= 100 or value == round(value) else 2)
