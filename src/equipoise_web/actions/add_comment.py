"""Say something about an adjustment, a plan, a finding or a cell."""

from typing import Any

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import Access, Right
from equipoise_web.actions.door import door
from equipoise_web.records.models import Comment

LONGEST = 4_000


class WrongComment(EquipoiseError):
    """Words that cannot be kept: none, or too many."""


def add_comment(who: Access, about: str, text: str, *, key: str = "") -> dict[str, Any]:
    """Append a comment; returns {id, about}. `about` is `adjustment:ID`, `plan:DIGEST`, `cell:MEASURE:ROW:BUCKET`.

    Needs the right to propose or to rule: one who only reads, or a token that only reads, writes nothing.
    """
    who.require(Right.READ)
    if not who.may(Right.RULE):  # who may decide may say something; else words are a contribution like a proposal
        who.require(Right.PROPOSE)
    words = text.strip()
    if not words or len(words) > LONGEST:
        raise WrongComment(f"a comment has 1 to {LONGEST:,} characters, this one {len(words):,}")
    with door(who, "add_comment", key=key, asked={"about": about, "text": words}) as entry:
        if entry.repeat is None:
            made = Comment.objects.create(about=about, text=words, by_id=who.person)
            entry.tell(about, after={"comment": words}, answer={"id": made.pk, "about": about})
    found: dict[str, Any] = entry.answer
    return found
