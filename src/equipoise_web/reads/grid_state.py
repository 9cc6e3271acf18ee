"""The grid as somebody has it before the eyes: kept for a while by what it was made of, to tell what changed since.

Nothing is lost when it is let go: what a reader has is then sent whole.
"""

from dataclasses import dataclass, replace

from equipoise_web.access import Access
from equipoise_web.reads.grid_comments import comment_count, comment_marks
from equipoise_web.reads.grid_numbers import Numbers
from equipoise_web.reads.grid_rows import GridRows, read_rows
from equipoise_web.reads.grid_view import GridView
from equipoise_web.reads.open_folders import OpenFolders
from equipoise_web.records.models import GridStep, RulingRecord

KEPT_BYTES = 256 << 20


@dataclass(frozen=True)
class _Key:
    who: Access
    view: GridView
    state: str


_kept: OpenFolders[_Key, GridRows] = OpenFolders(
    limit=KEPT_BYTES, size=lambda rows: rows.values.nbytes + rows.marks.nbytes
)


def rows_now(who: Access, view: GridView, numbers: Numbers) -> GridRows:
    """The rows of a view of numbers, with the marks of comments."""
    return _kept.get(_key(who, view, state_of(numbers)), lambda: _commented(read_rows(numbers, view, who=who)))


def rows_before(who: Access, view: GridView, state: str) -> GridRows | None:
    """What the reader of a view had in a state; None where that was let go."""
    kept = _kept.values.get(_key(who, view, state))
    return None if kept is None else kept[0]


def state_of(numbers: Numbers) -> str:
    """What a reader of numbers has: the plan they start from, what is asked, how much was said."""
    return f"{numbers.base.digest[:16]}.{numbers.fingerprint[:16]}.{comment_count()}"


def last_seen() -> int:
    """Number of the ruling that was given last: what somebody who reads now knows of."""
    return RulingRecord.objects.order_by("-id").values_list("id", flat=True).first() or 0


def steps_of(who: Access, scenario: str) -> dict[str, str]:
    """What undo would take back and redo do again, in words; blank where nothing."""
    mine = GridStep.objects.filter(person=who.person, scenario=scenario)
    undo = mine.filter(state=GridStep.DONE).values_list("label", flat=True).last()
    redo = mine.filter(state=GridStep.UNDONE).values_list("label", flat=True).first()
    return {"undo": undo or "", "redo": redo or ""}


def _commented(rows: GridRows) -> GridRows:
    said = comment_marks(rows.tree, rows.columns, rows.lines, dict(rows.view.nodes))
    return replace(rows, marks=rows.marks | said)


def _key(who: Access, view: GridView, state: str) -> _Key:
    # Anew, because what a request carries is a lazy object that would keep the request.
    return _Key(Access(who.person, who.name, who.held, who.through, who.limit), view, state)
