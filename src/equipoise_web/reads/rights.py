"""Roles, rights and scopes in words."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.core.adjustment import Scope
from equipoise_web.access import ROLES, Held, Right, Role
from equipoise_web.reads.in_words import kind_title

Words = str | Promise

RIGHTS: dict[Right, Words] = {
    Right.READ: gettext_lazy("See demand, prices and inputs, scenarios, adjustments and comments"),
    Right.SEE_POOLED: gettext_lazy("See what everybody's demand shares: supply, load, stock, service and margin"),
    Right.PROPOSE: gettext_lazy("Propose adjustments and comment"),
    Right.RULE: gettext_lazy("Accept and reject what others propose"),
    Right.BRANCH: gettext_lazy("Open scenarios and merge them"),
    Right.GATHER: gettext_lazy("Deliver files, correct cells, look at the quarantine"),
    Right.SEAL: gettext_lazy("Seal the month's data"),
    Right.RUN: gettext_lazy("Compute plans, and stop a computation"),
    Right.PUBLISH: gettext_lazy("Publish plans"),
    Right.PEOPLE: gettext_lazy("Invite people, give and end roles, deactivate"),
    Right.AUDIT: gettext_lazy("Read who did what"),
    Right.CONNECT: gettext_lazy("Make tokens for programs"),
}
"""What each right lets somebody do."""

SHORT: dict[Right, Words] = {
    Right.READ: gettext_lazy("read"),
    Right.SEE_POOLED: gettext_lazy("read pooled numbers"),
    Right.PROPOSE: gettext_lazy("propose"),
    Right.RULE: gettext_lazy("rule"),
    Right.BRANCH: gettext_lazy("scenarios"),
    Right.GATHER: gettext_lazy("gather"),
    Right.SEAL: gettext_lazy("seal"),
    Right.RUN: gettext_lazy("run"),
    Right.PUBLISH: gettext_lazy("publish"),
    Right.PEOPLE: gettext_lazy("people"),
    Right.AUDIT: gettext_lazy("audit"),
    Right.CONNECT: gettext_lazy("tokens"),
}
"""The same in a word."""


def role_title(role: str) -> str:
    """The title of a role; a role that is no more keeps its name.

    >>> role_title("demand_planner"), role_title("druid")
    ('Demand planner', 'druid')
    """
    return ROLES[role].title if role in ROLES else role


def scope_words(scope: Scope) -> str:
    """Where a grant holds.

    >>> scope_words(Scope(item="family:Laundry care", market="North"))
    'item family:Laundry care, market North'
    """
    dimensions = (
        (_("item"), scope.item),
        (_("market"), scope.market),
        (_("location"), scope.location),
        (_("resource"), scope.resource),
    )
    return ", ".join(f"{name} {node}" for name, node in dimensions if node) or _("the whole company")


def grant_words(held: Held) -> str:
    """A grant in a line: where it holds, and what narrows it further."""
    words = [scope_words(held.scope)]
    if held.measure:
        words.append(_("only %(measure)s") % {"measure": held.measure})
    if held.is_read_only:
        words.append(_("to read only"))
    return ", ".join(words)


def rights_of(held: Held) -> tuple[Right, ...]:
    """Rights that a grant gives, in the order of the list above."""
    return tuple(right for right in Right if held.gives(right))


def kind_words(role: Role) -> str:
    """The kinds of adjustment a role may propose, as the forms call them.

    >>> kind_words(ROLES["operations"])
    'Capacity, Overtime, Planned production, Production strategy'
    """
    return ", ".join(kind_title(kind) for kind in role.kinds)


@dataclass(frozen=True)
class RoleLine:
    """A role to choose, and what it gives in a line."""

    name: str
    title: str
    rights: str
    kinds: str


def role_lines() -> tuple[RoleLine, ...]:
    """Every role."""
    return tuple(
        RoleLine(
            role.name,
            role.title,
            ", ".join(str(SHORT[right]) for right in Right if right in role.rights),
            kind_words(role),
        )
        for role in ROLES.values()
    )
