"""Say who looks after an exception, or that nobody does."""

from typing import Any

from django.contrib.auth.models import User

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import Access, Right, access_of
from equipoise_web.actions.door import NotFound, StaleEdit, door
from equipoise_web.records.models import ExceptionMark

LONGEST_KEY = 400


class WrongException(EquipoiseError):
    """A mark that cannot be put on an exception."""


def assign_exception(who: Access, about: str, owner: str, *, because: str = "", key: str = "") -> dict[str, Any]:
    """Give the exception `about` (rule and subject, as the list has it) to a person, blank to nobody.

    Returns {about, owner}. Needs the right to propose or to rule on the whole company, for exceptions name all cells.
    """
    check_may_mark(who, about)
    with door(who, "assign_exception", key=key, asked={"about": about, "owner": owner, "because": because}) as entry:
        if entry.repeat is None:
            person = User.objects.filter(username=owner, is_active=True).first() if owner else None
            if owner and person is None:
                raise NotFound(f"there is nobody here called {owner!r}")
            if person is not None and not access_of(person).sees_all:
                raise WrongException(f"{owner} sees no exceptions; give {owner} a role that sees the whole company")
            last = ExceptionMark.objects.filter(about=about, sort=ExceptionMark.ASSIGN).select_related("owner").last()
            before = last.owner.get_username() if last is not None and last.owner is not None else ""
            if before == owner:
                raise StaleEdit(
                    f"it is {f'with {owner}' if owner else 'with nobody'} already", mine=owner, theirs=before
                )
            ExceptionMark.objects.create(
                about=about, sort=ExceptionMark.ASSIGN, owner=person, because=because.strip(), by_id=who.person
            )
            answer = {"about": about, "owner": owner}
            entry.tell(
                f"exception:{about}", before={"owner": before}, after={"owner": owner}, because=because, answer=answer
            )
    found: dict[str, Any] = entry.answer
    return found


def check_may_mark(who: Access, about: str) -> None:
    """NotAllowed but for who sees all exceptions and proposes or rules; WrongException for what is no key of one."""
    who.require_whole(Right.SEE_POOLED)
    if not who.may_whole(Right.RULE):
        who.require_whole(Right.PROPOSE)
    rule, sign, subject = about.partition(":")
    if not (rule and sign and subject) or len(about) > LONGEST_KEY:
        raise WrongException(f"{about[:40]!r} names no exception; write rule and subject, such as SU101:item tool")
