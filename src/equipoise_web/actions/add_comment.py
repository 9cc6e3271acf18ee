"""Say something about an adjustment, a plan, a finding or a cell."""

import re
from typing import Any

from django.contrib.auth.models import User

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import Access, Right
from equipoise_web.actions.door import door
from equipoise_web.records.models import Comment, Mention

LONGEST = 4_000
LONGEST_ABOUT = 200
"""Characters of an object's name that the audit chain keeps."""
NAME = re.compile(r"(?<![\w.])@([\w.-]*\w)")
"""@name tells the person of that name; a full stop that ends the sentence is no part of it."""


class WrongComment(EquipoiseError):
    """Words that cannot be kept: none, or too many."""


def add_comment(who: Access, about: str, text: str, *, key: str = "") -> dict[str, Any]:
    """Append a comment; returns {id, about}. `about` is `adjustment:ID`, `plan:DIGEST`, `cell:MEASURE:ROW:BUCKET`.

    @name in the text mentions an active person. Needs the right to propose or to rule: one who only reads, or a token
    that only reads, writes nothing.
    """
    who.require(Right.READ)
    if not who.may(Right.RULE):  # who may decide may say something; else words are a contribution like a proposal
        who.require(Right.PROPOSE)
    words = text.strip()
    if len(about) > LONGEST_ABOUT:
        raise WrongComment("what this is about has too long a name; say it about the row above")
    if not words or len(words) > LONGEST:
        raise WrongComment(f"a comment has 1 to {LONGEST:,} characters, this one {len(words):,}")
    with door(who, "add_comment", key=key, asked={"about": about, "text": words}) as entry:
        if entry.repeat is None:
            made = Comment.objects.create(about=about, text=words, by_id=who.person)
            named = User.objects.filter(username__in=NAME.findall(words), is_active=True).order_by("username")
            Mention.objects.bulk_create(Mention(comment=made, person=person) for person in named)
            after = {"comment": words, "mentions": [person.get_username() for person in named]}
            entry.tell(about, after=after, answer={"id": made.pk, "about": about})
    found: dict[str, Any] = entry.answer
    return found
