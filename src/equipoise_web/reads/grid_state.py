"""The grid as somebody has it before the eyes: kept for a while by what it was made of, to tell what changed since.

Nothing is lost when it is let go: what a reader has is then sent whole.
"""

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from equipoise.core.adjustment import Adjustment
from equipoise_web.access import Access
from equipoise_web.reads.grid_again import rows_again
from equipoise_web.reads.grid_beside import beside
from equipoise_web.reads.grid_comments import comment_marks
from equipoise_web.reads.grid_marks import CHANGED, THEIRS, marks_of
from equipoise_web.reads.grid_numbers import Numbers
from equipoise_web.reads.grid_rows import GridRows, read_rows
from equipoise_web.reads.grid_view import GridView
from equipoise_web.reads.open_folders import OpenFolders
from equipoise_web.records.models import GridStep, RulingRecord, Visit
from equipoise_web.records.statements import Prepared

KEPT_BYTES = 256 << 20
MOST_READERS = 1_000
"""Views of which it is known what their reader had last."""


@dataclass(frozen=True)
class _Key:
    who: Access
    view: GridView
    scenario: str
    state: str


_kept: OpenFolders[_Key, GridRows] = OpenFolders(
    limit=KEPT_BYTES, size=lambda rows: rows.values.nbytes + rows.marks.nbytes
)

_last: dict[_Key, str] = {}
"""The state that the reader of a view had last, by the key without it."""


def rows_now(who: Access, view: GridView, numbers: Numbers) -> GridRows:
    """The rows of a view of numbers, with the marks of comments."""
    key = _key(who, view, numbers.scenario, state_of(numbers))
    found = _kept.get(key, lambda: beside(_marked(_rows(who, view, numbers), who, _looked_before(who)), who))
    if len(_last) > MOST_READERS:
        _last.clear()
    _last[replace(key, state="")] = key.state
    return found


def rows_before(who: Access, view: GridView, scenario: str, state: str) -> GridRows | None:
    """What the reader of a view had in a state; None where that was let go."""
    kept = _kept.values.get(_key(who, view, scenario, state))
    return None if kept is None else kept[0]


def _rows(who: Access, view: GridView, numbers: Numbers) -> GridRows:
    """The rows of a view of numbers, from those that the reader had last where they start from the same plan."""
    last = _last.get(_key(who, view, numbers.scenario, ""), "")
    before = rows_before(who, view, numbers.scenario, last)
    if before is None or view.against or before.numbers.base.digest != numbers.base.digest:
        return read_rows(numbers, view, who=who)
    return rows_again(before, numbers, who)


def state_of(numbers: Numbers) -> str:
    """What a reader of numbers has: the plan they start from, what is asked, how much was said."""
    return f"{numbers.base.digest[:16]}.{numbers.fingerprint[:16]}.{numbers.pulse.comments}"


def last_seen() -> int:
    """Number of the ruling that was given last: what somebody who reads now knows of."""
    return RulingRecord.objects.order_by("-id").values_list("id", flat=True).first() or 0


def steps_of(who: Access, scenario: str) -> dict[str, str]:
    """What undo would take back and redo do again, in words; blank where nothing."""
    found = {}
    for name, steps, state in (("undo", _last_steps, GridStep.DONE), ("redo", _first_steps, GridStep.UNDONE)):
        step = steps.filter(person=who.person, scenario=scenario, state=state).first()
        found[name] = "" if step is None else str(step[0])
    return found


_last_steps = Prepared(lambda: GridStep.objects.order_by("-id").values_list("label"))
_first_steps = Prepared(lambda: GridStep.objects.order_by("id").values_list("label"))


def _marked(rows: GridRows, who: Access, since: datetime | None) -> GridRows:
    """The rows with marks of comments, and of what others changed since the reader's visit before."""
    marks = rows.marks
    if rows.numbers.pulse.comments:
        marks = marks | comment_marks(rows.tree, rows.columns, rows.lines, dict(rows.view.nodes))
    if since is not None and (new := _changed_since(rows, who, since)):
        numbers = rows.numbers
        theirs = marks_of(numbers.plan, rows.tree, rows.columns, rows.lines, new, who.name) & THEIRS
        marks = marks | np.where(theirs > 0, CHANGED, 0).astype(np.uint8)
    return replace(rows, marks=marks)


def _changed_since(rows: GridRows, who: Access, since: datetime) -> list[Adjustment]:
    """Adjustments of others that somebody ruled on after an instant, and that count."""
    ruled = RulingRecord.objects.filter(at__gt=since).exclude(adjustment__author=who.person)
    new = set(ruled.values_list("adjustment", flat=True))
    return [adjustment for adjustment in rows.numbers.adjustments if adjustment.id in new]


def _looked_before(who: Access) -> datetime | None:
    """When the person was here before this visit; None on the first."""
    visit = _visits.filter(person=who.person).first()
    return None if visit is None else visit[0]


_visits = Prepared(lambda: Visit.objects.order_by("id").values_list("before"))


def _key(who: Access, view: GridView, scenario: str, state: str) -> _Key:
    # Anew, because what a request carries is a lazy object that would keep the request.
    return _Key(Access(who.person, who.name, who.held, who.through, who.limit), view, scenario, state)
