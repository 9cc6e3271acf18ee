"""A version of the draft with what the quality checks say of it: computed once for a version, a few are kept."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from equipoise.core.finding import Finding
from equipoise.core.snapshot import Snapshot
from equipoise.gather import gather_judged
from equipoise.intake import Draft
from equipoise.quality import Quality
from equipoise_web.access import Access, Right
from equipoise_web.drafts import drafts_folder, open_contents
from equipoise_web.reads.drafts import DraftNotFound, DraftRow, open_draft_row, read_draft_row

KEPT = 2


@dataclass(frozen=True, eq=False)
class Judged:
    """A draft's contents, the snapshot that they would be sealed as (without our own past), and their quality."""

    draft: Draft
    snapshot: Snapshot
    quality: Quality


def draft_for(who: Access, id: int = 0) -> DraftRow:
    """A draft by its number (0: the open one), for somebody who may work on it. Raises NotAllowed and DraftNotFound."""
    who.require_whole(Right.GATHER)
    if id:
        return read_draft_row(id)
    row = open_draft_row()
    if row is None:
        raise DraftNotFound("no draft is open; open this month's on the page Data")
    return row


def read_found(who: Access, id: int) -> tuple[DraftRow, tuple[Finding, ...]]:
    """A draft and what was found in it, worst first."""
    row = draft_for(who, id)
    found = judged(row)
    return row, () if found is None else found.snapshot.findings


def judged(row: DraftRow) -> Judged | None:
    """The contents of a draft as they stand, judged; None where nothing was delivered yet."""
    return _judged(drafts_folder(row.id), row.id, row.version)


@lru_cache(maxsize=KEPT)
def _judged(_folder: Path, id: int, version: int) -> Judged | None:
    contents = open_contents(id, version)
    if contents is None:
        return None
    return Judged(contents, *gather_judged(contents))
