"""One's own account: what one may do, in words, and the tokens one has made."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipoise_web.access import Access, Right
from equipoise_web.reads.people import good_tokens
from equipoise_web.reads.rights import RIGHTS, SHORT, Words, grant_words, rights_of


@dataclass(frozen=True)
class RolePart:
    """A role: where it holds, and what it lets one do."""

    title: str
    where: str
    rights: tuple[Words, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class TokenPart:
    """A token that is good."""

    id: int
    name: str
    rights: tuple[Words, ...]
    made_at: datetime
    used_at: datetime | None
    expires_at: datetime


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
    tokens = tuple(
        TokenPart(
            token.pk,
            token.name,
            tuple(SHORT[Right(right)] for right in token.rights),
            token.made_at,
            token.used_at,
            token.expires_at,
        )
        for token in good_tokens(who.person)
    )
    return AccountPage(
        title=_title(who),
        username=user.username,
        roles=tuple(
            RolePart(
                held.role.title,
                grant_words(held),
                tuple(RIGHTS[right] for right in rights_of(held)),
                held.role.kinds if held.gives(Right.PROPOSE) else (),
            )
            for held in who.held
        ),
        has_two_factors=is_mfa_enabled(user),
        has_password=user.has_usable_password(),
        tokens=tokens,
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
