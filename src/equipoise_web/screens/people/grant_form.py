"""The part of a form that gives roles: one line a role, each with a node per dimension."""

from dataclasses import dataclass

from django.http import QueryDict

from equipoise.core.adjustment import Scope
from equipoise_web.access import ROLES, Access, Held
from equipoise_web.actions.give_grant import WrongRole
from equipoise_web.reads.nodes import DIMENSIONS, check_nodes, read_nodes
from equipoise_web.reads.rights import role_lines

FIELDS = ("role", *DIMENSIONS, "reach")


@dataclass(frozen=True)
class GrantLine:
    """One line as it was typed."""

    role: str = ""
    item: str = ""
    market: str = ""
    location: str = ""
    resource: str = ""
    reach: str = ""
    """`read` for a grant that lets somebody read only."""

    @property
    def scope(self) -> Scope:
        """Where it holds."""
        return Scope(self.item, self.market, self.location, self.resource)


def typed_lines(sent: QueryDict) -> list[GrantLine]:
    """The lines of a form that was sent, those without a role, too; missing fields are blank."""
    columns = {name: sent.getlist(name) for name in FIELDS}
    count = max(map(len, columns.values()))
    return [
        GrantLine(**{name: values[n].strip() if n < len(values) else "" for name, values in columns.items()})
        for n in range(count)
    ]


def asked_grants(who: Access, lines: list[GrantLine]) -> list[Held]:
    """The grants that the lines name. Raises WrongRole, and UnknownName for a node that the newest plan has not."""
    grants = []
    for line in lines:
        if not line.role:
            continue
        if line.role not in ROLES:
            raise WrongRole(f"there is no role {line.role!r}; there are {', '.join(ROLES)}")
        check_nodes(who, line.scope)
        grants.append(Held(ROLES[line.role], line.scope, is_read_only=line.reach == "read"))
    return grants


def form_context(who: Access, lines: list[GrantLine]) -> dict[str, object]:
    """What the template of the form needs."""
    return {"lines": lines, "roles": role_lines(), "nodes": read_nodes(who)}
