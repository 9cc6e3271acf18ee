"""Read a delivered file into the draft, only look at it, or make the draft anew without a delivery."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from equipoise.intake import correction_as_json
from equipoise_web.access import Access
from equipoise_web.actions.take_delivery import DraftMoved, take_delivery
from equipoise_web.drafts import contents_folder, delivered_file, drafts_folder, has_contents, open_contents
from equipoise_web.jobs.child import read_in_child
from equipoise_web.jobs.step import Tell
from equipoise_web.reads.drafts import DraftRow, read_draft_row, standing_deliveries
from equipoise_web.reads.jobs import asker_of
from equipoise_web.reads.snapshots import snapshot_folder

MOST_TRIES = 3
"""How often a file is read again because the draft was changed meanwhile."""


def deliver_to_draft(question: Mapping[str, Any], who: Access, tell: Tell) -> dict[str, Any]:
    """`question` as `actions.deliver_file` asks it; the answer {tables, notes, preview, version ...} or {refused}.

    A refusal is an answer, not a failure: the draft is as it was, and the findings say what to do. Who is named by the
    audit chain, and whose rights count, is the person who asked.
    """
    person = asker_of(who)
    for attempt in range(1, MOST_TRIES + 1):
        draft = read_draft_row(int(question["draft"]))
        with _work_folder(draft, who) as work:
            answer = read_in_child(_recipe(question, draft), work, tell)
            if "refused" in answer or question["is_preview"]:
                return answer
            tell("Taking it into the draft", 0.97)
            staged = work / "draft" if (work / "draft").is_dir() else None
            try:
                taken = take_delivery(person, question, staged, version=draft.version, tables=answer["tables"])
            except DraftMoved:
                if attempt == MOST_TRIES:
                    raise
                continue
            return {**answer, **taken}
    raise AssertionError("the last attempt returns or raises")


def _recipe(question: Mapping[str, Any], draft: DraftRow) -> dict[str, Any]:
    """What the child reads: one file on top of the draft, or, to take one out, all others on top of the base."""
    base = str(snapshot_folder(draft.base)) if draft.base else ""
    if question["undo"]:
        left = [each for each in standing_deliveries(draft.id) if each["id"] != question["undo"]]
        contents = open_contents(draft.id, draft.version)
        corrections = [] if contents is None else [correction_as_json(each) for each in contents.given.corrections]
        deliveries, onto = [_entry(each) for each in left], ""
    else:
        deliveries, corrections = [_entry(question)], []
        is_begun = has_contents(draft.id, draft.version)
        onto = str(contents_folder(draft.id, draft.version)) if is_begun else ""
    return {
        "onto": onto,
        "base": base,
        "deliveries": deliveries,
        "corrections": corrections,
        "is_preview": question["is_preview"],
    }


def _entry(delivery: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "path": str(delivered_file(delivery["digest"])),
        "name": delivery["name"],
        "mapping": delivery["mapping"],
        "is_append": delivery["is_append"],
    }


@contextmanager
def _work_folder(draft: DraftRow, who: Access) -> Iterator[Path]:
    """A folder beside the draft's contents, so that what is read there can be renamed into them."""
    place = drafts_folder(draft.id) / who.through.replace(":", "-")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
