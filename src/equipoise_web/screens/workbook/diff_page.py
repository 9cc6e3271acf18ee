"""What the page of a workbook's differences says: its finding, its filters, its lines."""

from dataclasses import dataclass

from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from equipoise_web.reads.adjustment_pages import people_titles
from equipoise_web.reads.grid_workbook_diff import STATES, DiffCell, State, WorkbookDiff
from equipoise_web.reads.numbers import Scale, counted

MOST_SHOWN = 400
"""Lines of one page, and so changes of one step."""
LABELS: dict[str, str | Promise] = {
    "both": gettext_lazy("Changed on both sides"),
    "contradicts": gettext_lazy("Total and parts differ"),
    "mine": gettext_lazy("Safe"),
    "locked": gettext_lazy("Locked"),
    "invalid": gettext_lazy("No number"),
    "gone": gettext_lazy("Not there any more"),
    "there": gettext_lazy("Nothing to do"),
}
BADGES = {"both": "watch", "contradicts": "watch", "mine": "now", "invalid": "late", "gone": "none", "there": "done"}
DECIDE: tuple[State, ...]
BLOCKED: tuple[State, ...]
DECIDE, BLOCKED = ("both", "contradicts"), ("locked", "invalid", "gone")


@dataclass(frozen=True)
class Filter:
    """A state to look at: its name (blank for all), label and number of cells."""

    state: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Line:
    """A cell of the table."""

    cell: DiffCell
    label: str
    badge: str
    above: str
    """Where its row lies."""
    amount: str
    share_pct: float
    """Of the largest amount shown."""
    is_chosen: bool


@dataclass(frozen=True)
class DiffPage:
    """The page."""

    title: str
    lead: str
    notes: tuple[str, ...]
    filters: tuple[Filter, ...]
    lines: tuple[Line, ...]
    left: int
    """Cells beyond those that are shown."""
    chosen: int
    money: str
    """Unit of the amounts."""
    may_accept: bool


def page_of(diff: WorkbookDiff, name: str, *, reader: str, state: str, chosen: set[str] | None) -> DiffPage:
    """The page for one state or all; 404 for a state that there is not."""
    if state and state not in STATES:
        raise Http404(_("There is no such state of a cell."))
    cells = [cell for cell in diff.cells if not state or cell.state == state]
    shown = cells[:MOST_SHOWN]
    scale = Scale.of_money([cell.amount for cell in diff.cells])
    largest = max((cell.amount for cell in diff.cells), default=0.0)
    lines = tuple(
        Line(
            cell,
            str(LABELS[cell.state]),
            BADGES.get(cell.state, ""),
            " › ".join(cell.path[:-1]),
            scale.show(cell.amount) if cell.amount else "–",
            round(100 * cell.amount / largest, 1) if largest else 0.0,
            cell.may_choose and (cell.is_chosen if chosen is None else cell.name in chosen),
        )
        for cell in shown
    )
    currency = diff.rows.numbers.base.head.currency
    return DiffPage(
        title=_title(diff),
        lead=_lead(diff, name, reader),
        notes=tuple(_notes(diff)),
        filters=_filters(diff, state),
        lines=lines,
        left=len(cells) - len(shown),
        chosen=sum(line.is_chosen for line in lines),
        money=f"{currency} {scale.prefix}".strip(),
        may_accept=any(cell.may_choose for cell in shown),
    )


def _title(diff: WorkbookDiff) -> str:
    """The finding: how many are safe, how many need a decision, how many cannot be taken."""
    safe = diff.counts["mine"]
    decide, blocked = (sum(diff.counts[state] for state in states) for states in (DECIDE, BLOCKED))
    parts = []
    if safe:
        said = ngettext("%(n)s change is safe to accept", "%(n)s changes are safe to accept", safe)
        parts.append((said, safe))
    if decide:
        parts.append((ngettext("%(n)s needs your decision", "%(n)s need your decision", decide), decide))
    if blocked:
        parts.append((ngettext("%(n)s cannot be taken", "%(n)s cannot be taken", blocked), blocked))
    if not parts:
        return _("Nothing in this workbook is left to accept")
    words = [
        said % {"n": counted(count) if n == 0 else counted(count).lower()} for n, (said, count) in enumerate(parts)
    ]
    return ", ".join(words)


def _lead(diff: WorkbookDiff, name: str, reader: str) -> str:
    by = _("you") if diff.ticket.by == reader else people_titles().get(diff.ticket.by, diff.ticket.by)
    said = {"name": name, "by": by, "at": f"{diff.at:%a %d %b %H:%M}", "scenario": diff.ticket.scenario}
    first = _("%(name)s, downloaded by %(by)s on %(at)s from %(scenario)s.") % said
    moved = (
        _("The plan has changed since; what it says now stands beside yours.")
        if diff.is_moved
        else _("The plan has not changed since.")
    )
    return f"{first} {moved}"


def _notes(diff: WorkbookDiff) -> list[str]:
    same = diff.compared - len(diff.cells)
    found = [_("%(same)s of %(all)s cells say what they said.") % {"same": f"{same:,}", "all": f"{diff.compared:,}"}]
    if diff.missing_rows:
        n = diff.missing_rows
        said = ngettext("%(n)s row of the download is missing", "%(n)s rows of the download are missing", n) % {"n": n}
        found.append(_("%(said)s: nothing of it changes.") % {"said": said})
    if diff.nameless_rows:
        n = diff.nameless_rows
        said = ngettext(
            "%(n)s row without a hidden name was passed over.", "%(n)s rows without one were passed over.", n
        )
        found.append(said % {"n": n})
    return found


def _filters(diff: WorkbookDiff, state: str) -> tuple[Filter, ...]:
    states = [each for each in STATES if diff.counts[each] or each == state]
    all_of_them = Filter("", _("All"), len(diff.cells), not state)
    return all_of_them, *(Filter(each, str(LABELS[each]), diff.counts[each], each == state) for each in states)
