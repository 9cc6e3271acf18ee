"""Deliveries to a draft: files in, read by a job, and out again."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status, UploadedFile
from ninja.params import functions as params

from equipoise_web.actions.deliver_file import (
    MOST_BYTES,
    MOST_FILES,
    MOST_MAPPING,
    deliver_file,
    keep_delivery,
    undo_delivery,
)
from equipoise_web.api.auth import access
from equipoise_web.api.schemas import KEY, NUMBER, REFUSALS, JobAskedOut
from equipoise_web.reads.drafts_judged import draft_for

MOST_BODY = MOST_BYTES + 4 * MOST_MAPPING + 1_000 * MOST_FILES
"""Bytes of a request: of its files, a mapping at four bytes a character, and what is between them."""

router = Router(tags=["drafts"])


@router.post("/{id}/deliveries", response={202: JobAskedOut, **REFUSALS})
def deliver(
    request: HttpRequest,
    id: int = NUMBER,
    files: list[UploadedFile] = params.File(  # noqa: B008 - Ninja's way to say it
        ...,
        min_length=1,
        max_length=MOST_FILES,
        description="One workbook or zip archive, or CSV, Parquet and TOML files named by their tables.",
    ),
    mapping: str = params.Form("", description="Text of a mapping file (TOML); blank for our own layout."),
    is_append: bool = params.Form(False, description="Add the rows to those that stand; else they replace them."),
    is_preview: bool = params.Form(False, description="Only look: the job answers the first rows of both sides."),
    key: str = KEY,
) -> Status[Any]:
    """Deliver files, together up to 200 MB; a job reads them. A file that is refused leaves the draft as it was.

    The job's `answer` has `tables` with their `rows` and rows `left_out`, or `refused`: findings that say which file
    and line, what is wrong and what to do.
    """
    who = access(request)
    row = draft_for(who, id)
    kept = keep_delivery(who, files)
    options = {"mapping": mapping, "is_append": is_append, "is_preview": is_preview}
    return Status(202, deliver_file(who, row.id, kept, **options, key=key))  # type: ignore[arg-type]


@router.delete("/{id}/deliveries/{delivery}", response={202: JobAskedOut, **REFUSALS})
def take_out(request: HttpRequest, id: int = NUMBER, delivery: int = NUMBER, key: str = KEY) -> Status[Any]:
    """Take a delivery out: a job makes the draft anew from all others."""
    return Status(202, undo_delivery(access(request), delivery, draft=id, key=key))
