"""What came of a job, as a page shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from equipoise.catalog import FINDING_CODES
from equipoise_web.reads.jobs import JobRow
from equipoise_web.reads.numbers import shown

MEANINGS = {code.code: code.meaning for code in FINDING_CODES}


@dataclass(frozen=True)
class Said:
    """A finding that refused a file."""

    code: str
    where: str
    meaning: str
    message: str
    remedy: str


@dataclass(frozen=True)
class FirstRows:
    """The first rows of a file as it came, or of a table that it became."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    height: str
    left_out: int = 0
    """How many rows of the table would be left out, and the first reasons."""
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """The end of a job: which page shows it, in words, and the rows of a preview."""

    template: str
    title: str
    lead: str
    refused: tuple[Said, ...] = ()
    before: tuple[FirstRows, ...] = ()
    after: tuple[FirstRows, ...] = ()
    notes: tuple[Said, ...] = ()
    """What was noticed, such as files that are not read."""
    answer: Mapping[str, Any] | None = None


def result_of(row: JobRow) -> Result | None:
    """What to show of a job that is over; None for a delivery that was taken: the board shows it."""
    if row.state != "done":
        title = _("It was cancelled") if row.state == "cancelled" else _("That could not be done")
        return Result("gathering/ended.html", title, row.error or _("The draft is as it was."))
    if row.kind == "seal":
        title = _("The month is sealed")
        lead = _("Its data can never change again. The plan of its cycle is computed now.")
        return Result("gathering/sealed.html", title, lead, answer=row.answer)
    name = str(row.question["name"])
    refused = tuple(_said(each) for each in row.answer.get("refused", ()))
    before = tuple(_first_rows(each) for each in row.answer.get("preview", ()) if each["side"] == "before")
    after = tuple(_first_rows(each) for each in row.answer.get("preview", ()) if each["side"] == "after")
    if row.question["is_preview"]:
        tables = ", ".join(each.name for each in after)
        title = (
            _("%(name)s cannot be read so") % {"name": name}
            if refused
            else _("%(name)s becomes %(tables)s") % {"name": name, "tables": tables or _("no table")}
        )
        lead = _("First rows of each file as it came and of each table it becomes. Nothing is delivered yet.")
        notes = tuple(_said(each) for each in row.answer.get("notes", ()))
        return Result("gathering/preview.html", title, lead, refused, before, after, notes)
    if refused:
        title = _("%(name)s was not taken") % {"name": name}
        return Result("gathering/refused.html", title, _("The draft is as it was before."), refused)
    return None


def _said(finding: Mapping[str, Any]) -> Said:
    code = str(finding["code"])
    return Said(code, finding["where"], MEANINGS.get(code, code), finding["message"], finding["remedy"])


def _first_rows(given: Mapping[str, Any]) -> FirstRows:
    rows = tuple(tuple(row) for row in given["rows"])
    left_out = int(given.get("left_out", 0))
    why = tuple(given.get("why", ()))
    return FirstRows(given["name"], tuple(given["columns"]), rows, shown(float(given["height"])), left_out, why)
