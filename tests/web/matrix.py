"""Who gets what from every address: the table that test_matrix.py holds against the URL table.

A new screen adds its rows here; a route without a row fails, and so does a row without a route. Rights are written out
by persona on purpose: a role that gains a right without anybody meaning it fails here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

_SEE = {"read", "see_pooled"}
_CONTRIBUTE = {*_SEE, "propose", "connect"}
_PLAN = {*_CONTRIBUTE, "rule", "branch", "run"}
SALES = {"read", "propose", "connect"}

HOLDS: dict[str, set[str]] = {
    "coordinator": {*_PLAN, "gather", "seal", "publish", "audit"},
    "demand_planner": {*_PLAN, "gather"},
    "sales": SALES,
    "marketing": _CONTRIBUTE,
    "product_manager": {*_CONTRIBUTE, "branch"},
    "supply_planner": {*_PLAN, "gather"},
    "operations": _CONTRIBUTE,
    "procurement": _CONTRIBUTE,
    "finance": {*_CONTRIBUTE, "branch", "run"},
    "executive": {*_SEE, "rule", "publish", "branch"},
    "analyst": {*_SEE, "branch", "run", "connect"},
    "auditor": {*_SEE, "audit"},
    "administrator": {"people", "audit", "connect"},
    "own_scope": SALES,
    "other_scope": SALES,
    "reader": {"read"},
    "narrow_auditor": {*_SEE, "audit"},
    "program": {"read"},
    "stranger": set(),
    "gone": set(),
}
"""Rights of each persona: every role, sales on the market asked for and on another, sales to read only, an auditor of
one market, a coordinator's token that may read, somebody without a role, somebody deactivated."""
SCOPED = {"own_scope", "other_scope", "narrow_auditor"}
NOBODY = {"signed_out", "gone"}
"""Not signed in."""

ANYONE, SIGNED_IN = "anyone", "signed in"
SIGN_IN, NOT_ALLOWED, NO_TOKEN, NO_METHOD = 302, 403, 401, 405


@dataclass(frozen=True)
class Verb:
    """A verb of a route: the right it needs (or ANYONE, SIGNED_IN), what who has it gets, what is sent."""

    need: str
    ok: int = 200
    body: Mapping[str, object] = field(default_factory=dict)
    besides: frozenset[str] = frozenset()
    """Personas who have the right and are refused all the same: it does not hold there."""
    denied: int = NOT_ALLOWED


@dataclass(frozen=True)
class Row:
    """A route: its verbs, how its address is filled from the world of the test, and the query."""

    verbs: Mapping[str, Verb]
    where: tuple[str, ...] = ()
    query: str = ""
    is_api: bool = False
    others: int = NO_METHOD
    """What every other verb gets."""


def page(need: str, *where: str, query: str = "", besides: set[str] | frozenset[str] = frozenset()) -> Row:
    """A page to look at."""
    verb = Verb(need, besides=frozenset(besides))
    return Row({"GET": verb, "HEAD": verb}, where, query)


def deed(need: str, *where: str, ok: int = 302, denied: int = NOT_ALLOWED, **body: object) -> Row:
    """A form to send."""
    return Row({"POST": Verb(need, ok, body, denied=denied)}, where)


_PASSWORD = {"password": "four plain words here", "again": "four plain words here"}
_NOT_ALL = SCOPED | {"sales", "own_scope", "other_scope", "reader"}
"""Who reads, but not every cell of every measure."""

ROWS: dict[str, Row] = {
    "frame:home": Row({"GET": Verb(SIGNED_IN, 302), "HEAD": Verb(SIGNED_IN, 302)}, others=302),
    "frame:health": Row({"GET": Verb(ANYONE), "HEAD": Verb(ANYONE)}, others=200),
    "sheet:show": page("read", "digest"),
    "findings:show": page("read", "digest", besides=_NOT_ALL),
    "explain:show": page(
        "read",
        "digest",
        query="measure=demand_consensus_qty&item=tool&market=retail&bucket=1",
        besides={"other_scope", "narrow_auditor"},
    ),
    "people:list": page("people"),
    "people:show": page("people", "victim"),
    "people:invite": Row(
        {
            "GET": Verb("people"),
            "HEAD": Verb("people"),
            "POST": Verb("people", body={"username": "eve", "role": "sales"}),
        }
    ),
    "people:end_invitation": deed("people", "invitation"),
    "people:give": deed("people", "victim", role="coordinator", because="x"),
    "people:end": deed("people", "grant", because="x"),
    "people:deactivate": deed("people", "victim", because="x"),
    "people:reactivate": deed("people", "gone", because="x"),
    "people:renew": deed("people", "victim", ok=200),
    "people:join": Row({"GET": Verb(ANYONE), "HEAD": Verb(ANYONE), "POST": Verb(ANYONE, 302, _PASSWORD)}, ("secret",)),
    "people:account": page(SIGNED_IN),
    "people:make_token": deed("connect", ok=200, name="robot", rights=["connect"], days="3"),
    "people:revoke_token": deed("people", "token", denied=404),
    "audit:show": page("audit", besides={"narrow_auditor"}),
    "audit:export": page("audit", besides={"narrow_auditor"}),
}

LIBRARY: dict[str, str] = {
    "account_login": ANYONE,
    "account_logout": ANYONE,
    "account_inactive": ANYONE,
    "account_signup": ANYONE,
    "account_reauthenticate": SIGNED_IN,
    "account_change_password": SIGNED_IN,
    "mfa_index": SIGNED_IN,
    "mfa_authenticate": ANYONE,
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": SIGNED_IN,
}
"""Routes of the accounts library, about one's own account only: who may come there at all."""
