"""People as pages: who is here, with which roles, and who is invited."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipoise.core.adjustment import Scope
from equipoise.core.errors import EquipoiseError
from equipoise_web.access import ROLES, Access, Held, Right, access_of, token_digest
from equipoise_web.reads.rights import grant_words, role_title
from equipoise_web.reads.tokens import TokenPart, tokens_of
from equipoise_web.records.models import AuditEntry, Grant, Invitation

HISTORY = 10
"""Entries of the audit chain that the page of a person shows."""


class PersonNotFound(EquipoiseError):
    """Nobody is here under that number, or a link that is not good any more."""


@dataclass(frozen=True)
class GrantPart:
    """A grant: the role, where it holds, since when and by whom, until when (None: it is in force)."""

    id: int
    title: str
    where: str
    given_at: datetime
    given_by: str
    ended_at: datetime | None = None


@dataclass(frozen=True)
class PersonPart:
    """Somebody, in the list."""

    id: int
    username: str
    name: str
    grants: tuple[GrantPart, ...]
    last_login: datetime | None
    is_active: bool
    is_me: bool
    has_two_factors: bool
    is_joined: bool
    """False where the name stands in imported data and nobody has ever signed in under it."""


@dataclass(frozen=True)
class InvitationPart:
    """A link that is still open."""

    id: int
    username: str
    name: str
    grants: tuple[str, ...]
    is_renewal: bool
    made_by: str
    expires_at: datetime


@dataclass(frozen=True)
class PeoplePage:
    """Everybody, with the fact that matters most on top."""

    title: str
    lead: str
    active: tuple[PersonPart, ...]
    others: tuple[PersonPart, ...]
    invitations: tuple[InvitationPart, ...]


@dataclass(frozen=True)
class HistoryPart:
    """Something that was done to an account."""

    at: datetime
    actor: str
    act: str
    because: str


@dataclass(frozen=True)
class PersonPage:
    """One person: grants in force and ended, good tokens, open links, and what was done to the account last."""

    person: PersonPart
    title: str
    ended: tuple[GrantPart, ...]
    tokens: tuple[TokenPart, ...]
    invitations: tuple[InvitationPart, ...]
    history: tuple[HistoryPart, ...]


@dataclass(frozen=True)
class JoinPage:
    """What who holds a link is told before a password is set."""

    username: str
    name: str
    grants: tuple[tuple[str, str], ...]
    """Title and place of each role."""
    is_renewal: bool
    invited_by: str
    expires_at: datetime


def read_people(who: Access) -> PeoplePage:
    """Everybody who is or was here. Raises NotAllowed without the right to manage people."""
    who.require(Right.PEOPLE)
    everybody = [_person(user, who) for user in User.objects.prefetch_related("grants__given_by").order_by("username")]
    active = tuple(person for person in everybody if person.is_active)
    strangers = sum(not person.grants for person in active)
    title = ngettext("%(n)d person works here", "%(n)d people work here", len(active)) % {"n": len(active)}
    if strangers:
        title += ngettext("; %(n)d has no role yet", "; %(n)d have no role yet", strangers) % {"n": strangers}
    single = sum(not person.has_two_factors for person in active)
    lead = ngettext("%(n)d signs in with a password alone.", "%(n)d sign in with a password alone.", single)
    return PeoplePage(
        title=title,
        lead=lead % {"n": single} if single else _("Everybody signs in with two factors."),
        active=active,
        others=tuple(person for person in everybody if not person.is_active),
        invitations=_invitations(),
    )


def read_person(who: Access, person: int) -> PersonPage:
    """One person. Raises NotAllowed without the right to manage people, PersonNotFound."""
    who.require(Right.PEOPLE)
    user = User.objects.filter(pk=person).prefetch_related("grants__given_by").first()
    if user is None:
        raise PersonNotFound(_("There is nobody here under the number %(id)d.") % {"id": person})
    part = _person(user, who)
    return PersonPage(
        person=part,
        title=_title(part),
        ended=_grants(grant for grant in user.grants.all() if grant.ended_at is not None),  # type: ignore[attr-defined]
        tokens=tokens_of(user.pk),
        invitations=_invitations(username=user.username),
        history=tuple(
            HistoryPart(entry.at, entry.actor, entry.verb.replace("_", " "), entry.because)
            for entry in AuditEntry.objects.filter(object=f"person:{user.username}")[:HISTORY]
        ),
    )


def read_join(secret: str) -> JoinPage:
    """What a link offers, for whoever holds it. Raises PersonNotFound where it is not good, whatever the cause."""
    now = timezone.now()
    row = Invitation.objects.filter(digest=token_digest(secret), used_at__isnull=True, expires_at__gt=now).first()
    if row is None or (row.made_by is not None and not access_of(row.made_by).may(Right.PEOPLE)):
        raise PersonNotFound(
            _("This link was used, has expired or was taken back. Ask an administrator for a new one.")
        )
    return JoinPage(
        username=row.username,
        name=row.name,
        grants=tuple((role_title(grant["role"]), _words(grant)) for grant in row.grants),
        is_renewal=row.is_renewal,
        invited_by=_shown(row.made_by),
        expires_at=row.expires_at,
    )


def _title(person: PersonPart) -> str:
    name = person.name or person.username
    if not person.is_joined:
        return _("%(name)s stands in imported data and cannot sign in") % {"name": name}
    if not person.is_active:
        return _("%(name)s is not active") % {"name": name}
    if not person.grants:
        return _("%(name)s has no role and sees nothing") % {"name": name}
    titles = list(dict.fromkeys(grant.title for grant in person.grants))
    return _("%(name)s: %(roles)s") % {"name": name, "roles": ", ".join(titles)}


def _person(user: User, who: Access) -> PersonPart:
    return PersonPart(
        id=user.pk,
        username=user.username,
        name=user.first_name,
        grants=_grants(grant for grant in user.grants.all() if grant.ended_at is None),  # type: ignore[attr-defined]
        last_login=user.last_login,
        is_active=user.is_active,
        is_me=user.pk == who.person,
        has_two_factors=is_mfa_enabled(user),
        is_joined=user.is_active or user.last_login is not None or bool(user.grants.all()),  # type: ignore[attr-defined]
    )


def _grants(rows: Iterable[Grant]) -> tuple[GrantPart, ...]:
    return tuple(
        GrantPart(
            grant.pk,
            role_title(grant.role),
            grant_words(_held(grant)),
            grant.given_at,
            _shown(grant.given_by),
            grant.ended_at,
        )
        for grant in rows
    )


def _held(grant: Grant) -> Held:
    role = ROLES.get(grant.role) or ROLES["auditor"]  # only its scope is put into words
    scope = Scope(grant.item, grant.market, grant.location, grant.resource)
    return Held(role, scope, grant.measure, grant.is_read_only)


def _invitations(**only: str) -> tuple[InvitationPart, ...]:
    rows = Invitation.objects.filter(used_at__isnull=True, expires_at__gt=timezone.now(), **only)
    return tuple(
        InvitationPart(
            row.pk,
            row.username,
            row.name,
            tuple(f"{role_title(grant['role'])}, {_words(grant)}" for grant in row.grants),
            row.is_renewal,
            _shown(row.made_by),
            row.expires_at,
        )
        for row in rows.select_related("made_by").order_by("expires_at")
    )


def _words(grant: dict[str, object]) -> str:
    scope = grant["scope"]
    assert isinstance(scope, dict)
    return grant_words(Held(ROLES["auditor"], Scope(**scope), str(grant["measure"]), bool(grant["is_read_only"])))


def _shown(user: User | None) -> str:
    return user.get_username() if user is not None else _("Equipoise")
