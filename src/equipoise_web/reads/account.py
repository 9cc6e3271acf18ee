"""One's own account: what one may do, in words, and the tokens one has made."""

from dataclasses import dataclass

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipoise_web.access import Access, Right
from equipoise_web.reads.rights import RIGHTS, Words, grant_words, kind_words, rights_of
from equipoise_web.reads.tokens import TokenPart, tokens_of


@dataclass(frozen=True)
class RolePart:
    """A role: where it holds, and what it lets one do."""

    title: str
    where: str
    rights: tuple[Words, ...]
    kinds: str
    """What one may propose."""


@dataclass(frozen=True)
class AccountPage:
    """One's own account."""

    title: str
    username: str
    roles: tuple[RolePart, ...]
    has_two_factors: bool
    has_password: bool
    tokens: tuple[TokenPart, ...]
    offered: tuple[tuple[str, Words], ...]
    """Rights that a token may be given; empty where one may not make tokens."""


def read_account(who: Access) -> AccountPage:
    """The account of who asks."""
    user = User.objects.get(pk=who.person)
    return AccountPage(
        title=_title(who),
        username=user.username,
        roles=tuple(
            RolePart(
                held.role.title,
                grant_words(held),
                tuple(RIGHTS[right] for right in rights_of(held)),
                kind_words(held.role) if held.gives(Right.PROPOSE) else "",
            )
            for held in who.held
        ),
        has_two_factors=is_mfa_enabled(user),
        has_password=user.has_usable_password(),
        tokens=tokens_of(who.person),
        offered=tuple((right.value, RIGHTS[right]) for right in Right if who.may(right))
        if who.may(Right.CONNECT)
        else (),
    )


def _title(who: Access) -> str:
    if who.is_stranger:
        return _("You have no role here yet")
    count = len(who.held)
    titles = ", ".join(dict.fromkeys(held.role.title for held in who.held))
    return ngettext("You are %(titles)s", "You hold %(n)d roles: %(titles)s", count) % {"titles": titles, "n": count}
