"""Access: who may do what. One function for pages, API, exports and jobs: `access_of(person).require(right, ...)`.

A *grant* gives a person a role on the cells below a node of each dimension. A *role* is a set of rights and the
business function it speaks for. A measure is *own* (demand, prices, inputs: what lies outside a person's scope never
alters an answer inside it) or *pooled* (supply, load, service, margin: everybody's demand shares them); pooled numbers
need the right `see_pooled`, and are shown for no cell outside the scope. The *stranger* is signed in without a grant.

>>> from equipoise_web.access import ROLES, Right
>>> Right.SEAL in ROLES["coordinator"].rights, Right.SEAL in ROLES["sales"].rights
(True, False)
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from functools import cache, cached_property
from hashlib import sha256

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.utils import timezone

from equipoise.catalog import measure_named
from equipoise.core.adjustment import Scope
from equipoise.core.axes import Axes
from equipoise.core.errors import EquipoiseError
from equipoise_web.records.models import ApiToken, Grant


class NotAllowed(EquipoiseError):
    """The person has no right to that here; the message says which right is missing."""


class Right(StrEnum):
    """What somebody may be allowed to do."""

    READ = "read"
    """See own measures in the scope, scenarios, adjustments and comments."""
    SEE_POOLED = "see_pooled"
    PROPOSE = "propose"
    """Propose adjustments of the role's kinds, comment."""
    RULE = "rule"
    """Accept and reject adjustments of others, comment."""
    BRANCH = "branch"
    """Open scenarios and merge them."""
    GATHER = "gather"
    """Deliver files, correct cells, look at the quarantine."""
    SEAL = "seal"
    RUN = "run"
    """Ask for plan runs and cancel them."""
    PUBLISH = "publish"
    PEOPLE = "people"
    """Invite, grant, deactivate."""
    AUDIT = "audit"
    """Read the audit chain."""
    CONNECT = "connect"
    """Make tokens and webhooks for programs."""


@dataclass(frozen=True)
class Role:
    """A role: its title, the business function it speaks for (blank: none), its rights and kinds of adjustment."""

    name: str
    title: str
    function: str
    rights: frozenset[Right]
    kinds: tuple[str, ...] = ()


_SEE = frozenset({Right.READ, Right.SEE_POOLED})
_CONTRIBUTE = _SEE | {Right.PROPOSE, Right.CONNECT}
_PLAN = _CONTRIBUTE | {Right.RULE, Right.BRANCH, Right.RUN}
_DEMAND_KINDS = (
    "history_hold",
    "forecast_method",
    "demand_override",
    "demand_hold",
    "promotion",
    "launch_date",
    "launch",
    "end_date",
)
_SUPPLY_KINDS = ("capacity", "overtime", "production_override", "production_strategy", "set_policy")

ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        Role(
            "coordinator",
            "S&OP coordinator",
            "coordinator",
            _PLAN | {Right.GATHER, Right.SEAL, Right.PUBLISH, Right.AUDIT},
            (*_DEMAND_KINDS, *_SUPPLY_KINDS),
        ),
        Role("demand_planner", "Demand planner", "demand", _PLAN | {Right.GATHER}, (*_DEMAND_KINDS, "price")),
        Role("sales", "Sales", "sales", frozenset({Right.READ, Right.PROPOSE, Right.CONNECT}), ("demand_input",)),
        Role("marketing", "Marketing", "marketing", _CONTRIBUTE, ("demand_input", "promotion", "price")),
        Role(
            "product_manager",
            "Product manager",
            "product",
            _CONTRIBUTE | {Right.BRANCH},
            ("demand_input", "launch_date", "launch", "end_date"),
        ),
        Role("supply_planner", "Supply planner", "supply", _PLAN | {Right.GATHER}, _SUPPLY_KINDS),
        Role(
            "operations",
            "Operations",
            "operations",
            _CONTRIBUTE,
            ("capacity", "overtime", "production_override", "production_strategy"),
        ),
        Role("procurement", "Procurement", "procurement", _CONTRIBUTE, ("capacity",)),
        Role(
            "finance",
            "Finance",
            "finance",
            _CONTRIBUTE | {Right.BRANCH, Right.RUN},
            ("demand_input", "price", "exchange_rate"),
        ),
        Role("executive", "Executive", "executive", _SEE | {Right.RULE, Right.PUBLISH, Right.BRANCH}, ()),
        Role("analyst", "Analyst", "", _SEE | {Right.BRANCH, Right.RUN, Right.CONNECT}, ()),
        Role("auditor", "Auditor", "", _SEE | {Right.AUDIT}, ()),
        Role("administrator", "Administrator", "", frozenset({Right.PEOPLE, Right.AUDIT, Right.CONNECT}), ()),
    )
}
"""Every role by its name. An administrator manages people and sees no numbers."""

OWN_STAGES = frozenset({"portfolio", "prices", "baseline", "demand"})
"""Stages whose measures are own; what later stages make is pooled."""


@cache
def is_pooled(measure: str) -> bool:
    """True if a measure mixes what lies inside a scope with what lies outside; UnknownName if there is none."""
    declared = measure_named(measure)
    if declared.ratio:
        return any(is_pooled(part) for part in declared.ratio)
    return declared.stage not in OWN_STAGES


@dataclass(frozen=True)
class Held:
    """A grant in force."""

    role: Role
    scope: Scope = field(default_factory=Scope)
    measure: str = ""
    is_read_only: bool = False

    def gives(self, right: Right, *, measure: str = "", kind: str = "") -> bool:
        """Whether it gives a right, on a measure or for a kind of adjustment where one is named."""
        if right not in self.role.rights or (self.is_read_only and right not in (Right.READ, Right.SEE_POOLED)):
            return False
        if kind and kind not in self.role.kinds:
            return False
        # Another grant's right to see pooled numbers, perhaps on a part only, does not reach what this one reads.
        if measure and right is Right.READ and Right.SEE_POOLED not in self.role.rights and is_pooled(measure):
            return False
        return not (measure and self.measure and self.measure != measure)

    def covers(self, scope: Scope, axes: Axes) -> bool:
        """Whether every cell of a scope lies inside the grant's; a node nobody knows lies nowhere."""
        for dimension in ("item", "market", "location", "resource"):
            mine, asked = getattr(self.scope, dimension), getattr(scope, dimension)
            if not mine:
                continue
            hierarchy = axes.hierarchy(dimension)
            if not asked or not hierarchy.knows(mine) or not hierarchy.knows(asked):
                return False
            if not set(hierarchy.positions(asked).tolist()) <= set(hierarchy.positions(mine).tolist()):
                return False
        return True


@dataclass(frozen=True)
class Access:
    """What one person may do now, through one channel (`through` names a token; blank is the person's own hand)."""

    person: int
    name: str
    held: tuple[Held, ...] = ()
    through: str = ""
    limit: frozenset[Right] | None = None
    """Rights of the token; None where the person acts."""

    def may(
        self, right: Right, *, measure: str = "", kind: str = "", scope: Scope | None = None, axes: Axes | None = None
    ) -> bool:
        """True if some grant gives the right; with `scope`, on all of its cells."""
        if self.limit is not None and right not in self.limit:
            return False
        if measure and right is Right.READ and is_pooled(measure) and not self.may(Right.SEE_POOLED, measure=measure):
            return False
        given = [held for held in self.held if held.gives(right, measure=measure, kind=kind)]
        if scope is None:
            return bool(given)
        assert axes is not None, "a scope is compared on the axes of a plan"
        return any(held.covers(scope, axes) for held in given)

    def require(
        self, right: Right, *, measure: str = "", kind: str = "", scope: Scope | None = None, axes: Axes | None = None
    ) -> None:
        """Raise NotAllowed unless the person may."""
        if self.may(right, measure=measure, kind=kind, scope=scope, axes=axes):
            return
        what = f"{right} {kind or measure}".strip()
        if scope is not None and self.may(right, measure=measure, kind=kind):
            nodes = " / ".join(n for n in (scope.item, scope.market, scope.location, scope.resource) if n)
            raise NotAllowed(f"{self.name} has no right to {what} on {nodes or 'the whole company'}")
        raise NotAllowed(f"{self.name} has no right to {what}; ask an administrator for a role that has it")

    def may_whole(self, right: Right) -> bool:
        """True if a grant gives the right on the whole company: for what is never shown or done in part."""
        whole = (held for held in self.held if held.scope == Scope() and not held.measure)
        return self.may(right) and any(held.gives(right) for held in whole)

    def require_whole(self, right: Right) -> None:
        """Raise NotAllowed unless the person may on the whole company."""
        self.require(right)
        if not self.may_whole(right):
            raise NotAllowed(f"{self.name} may {right} on a part of the company only; this concerns all of it")

    @property
    def is_stranger(self) -> bool:
        """Signed in, without any grant."""
        return not self.held

    @cached_property
    def is_everywhere(self) -> bool:
        """True if the person may read the whole company."""
        return any(held.gives(Right.READ) and held.scope == Scope() and not held.measure for held in self.held)

    @cached_property
    def sees_all(self) -> bool:
        """True if one grant lets the person read every cell of every measure, and the channel does, too."""
        whole = (held for held in self.held if held.scope == Scope() and not held.measure)
        return self.may(Right.SEE_POOLED) and any(
            held.gives(Right.READ) and held.gives(Right.SEE_POOLED) for held in whole
        )

    @cached_property
    def functions(self) -> tuple[str, ...]:
        """Business functions the person speaks for, in the order of the grants."""
        return tuple(dict.fromkeys(held.role.function for held in self.held if held.role.function))

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of adjustment the person may propose somewhere."""
        given = (held for held in self.held if held.gives(Right.PROPOSE))
        return tuple(dict.fromkeys(kind for held in given for kind in held.role.kinds))

    def function_for(self, kind: str) -> str:
        """The function in whose name the person proposes a kind; NotAllowed if there is none."""
        for held in self.held:
            if held.gives(Right.PROPOSE, kind=kind):
                return held.role.function
        raise NotAllowed(f"{self.name} has no right to propose {kind}")

    def limited_to(self, rights: Iterable[Right], through: str) -> "Access":
        """The same person acting through a token that carries some rights only."""
        return replace(self, limit=frozenset(rights), through=through)


SYSTEM = Access(0, "equipoise", (Held(Role("system", "Equipoise", "", frozenset(Right))),))
"""The application itself: what it does at start and in jobs, on nobody's behalf."""


def access_of(person: AbstractBaseUser | AnonymousUser) -> Access:
    """The access of a person; one who is not active, or a role that is no more, holds nothing."""
    if not person.is_active or person.pk is None:
        return Access(0, "")
    grants = Grant.objects.filter(person=person.pk, ended_at__isnull=True)
    held = tuple(
        Held(
            ROLES[grant.role],
            Scope(grant.item, grant.market, grant.location, grant.resource),
            grant.measure,
            grant.is_read_only,
        )
        for grant in grants
        if grant.role in ROLES
    )
    return Access(person.pk, person.get_username(), held)


def access_of_person(person: int) -> Access:
    """What the person of a number may do now; nothing if there is none, or none that is active."""
    found = User.objects.filter(pk=person, is_active=True).first()
    return access_of(found if found is not None else AnonymousUser())


USED_WITHIN = timedelta(hours=1)
"""When a token was used is kept as exactly as this, so that reading does not write."""


def access_of_token(secret: str) -> Access | None:
    """The access that a token gives now: that of its person, limited to the token's rights; None if it is not good."""
    now = timezone.now()
    token = ApiToken.objects.filter(
        digest=token_digest(secret), revoked_at__isnull=True, expires_at__gt=now
    ).select_related("person")
    found = token.first()
    if found is None:
        return None
    person = access_of(found.person)
    if person.is_stranger:
        return None
    if found.used_at is None or found.used_at < now - USED_WITHIN:
        ApiToken.objects.filter(pk=found.pk).update(used_at=now)
    rights = (Right(right) for right in found.rights if right in set(Right))  # a right that is no more gives nothing
    return person.limited_to(rights, through=f"token:{found.pk}")


def token_digest(secret: str) -> str:
    """SHA-256 of a token's secret: the secret has 256 random bits, so a slow hash would add nothing."""
    return sha256(secret.encode()).hexdigest()
