"""Who gets what from every address: the table that test_matrix.py holds against the URL table.

A new screen adds its rows here; a route without a row fails, and so does a row without a route. Rights are written out
by persona on purpose: a role that gains a right without anybody meaning it fails here. A route with more than one row
has them as `name #what`; names of the API that share an address share a row.
"""

from collections.abc import Collection, Mapping
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
    "narrow_planner": {*_PLAN, "gather"},
    "program": {"read"},
    "stranger": set(),
    "gone": set(),
}
"""Rights of each persona: every role, sales on the market asked for and on another, sales to read only, an auditor
and a demand planner of another market, a coordinator's token that may read, somebody without a role,
somebody deactivated."""
SCOPED = {"own_scope", "other_scope", "narrow_auditor", "narrow_planner"}
NOBODY = {"signed_out", "gone"}
"""Not signed in."""

ANYONE, SIGNED_IN = "anyone", "signed in"
SIGN_IN, NOT_ALLOWED, NO_TOKEN, NO_METHOD = 302, 403, 401, 405


@dataclass(frozen=True)
class Thing:
    """In what is sent: something of the world of the test, by its name."""

    name: str


@dataclass(frozen=True)
class Verb:
    """A verb of a route: the right it needs (or ANYONE, SIGNED_IN), what who has it gets, what is sent."""

    need: str
    ok: int = 200
    body: Mapping[str, object] = field(default_factory=dict)
    besides: frozenset[str] = frozenset()
    """Personas who have the right and are refused all the same: it does not hold there."""
    denied: int = NOT_ALLOWED
    instead: Mapping[str, int] = field(default_factory=dict)
    """What personas get for whom neither holds, whatever their rights: what is theirs, and what they cannot know of."""


@dataclass(frozen=True)
class Row:
    """A route: its verbs, how its address is filled from the world of the test, and the query."""

    verbs: Mapping[str, Verb]
    where: tuple[str, ...] = ()
    query: str = ""
    is_api: bool = False
    others: int = NO_METHOD
    """What every other verb gets."""
    is_json: bool = False
    """True for a page's script, which sends JSON."""


def page(
    need: str,
    *where: str,
    query: str = "",
    ok: int = 200,
    besides: Collection[str] = (),
    instead: Mapping[str, int] | None = None,
) -> Row:
    """A page to look at."""
    verb = Verb(need, ok, besides=frozenset(besides), instead=instead or {})
    return Row({"GET": verb, "HEAD": verb}, where, query)


def deed(
    need: str,
    *where: str,
    ok: int = 302,
    denied: int = NOT_ALLOWED,
    besides: Collection[str] = (),
    instead: Mapping[str, int] | None = None,
    **body: object,
) -> Row:
    """A form to send."""
    return Row({"POST": Verb(need, ok, body, frozenset(besides), denied, instead or {})}, where)


def script(
    need: str,
    *where: str,
    query: str = "",
    ok: int = 200,
    besides: Collection[str] = (),
    instead: Mapping[str, int] | None = None,
    **body: object,
) -> Row:
    """What the script of a page sends."""
    verb = Verb(need, ok, body, frozenset(besides), instead=instead or {})
    return Row({"POST": verb}, where, query, is_json=True)


def call(*where: str, query: str = "", **verbs: Verb) -> Row:
    """An address of the API: its verbs."""
    return Row(verbs, where, query, is_api=True)


_PASSWORD = {"password": "four plain words here", "again": "four plain words here"}
_NOT_ALL = SCOPED | {"sales", "own_scope", "other_scope", "reader"}
"""Who reads, but not every cell of every measure."""
_OUTSIDE = {"other_scope": 404, "narrow_auditor": 404, "narrow_planner": 404}
"""Who reads, but nothing where the world's adjustment is."""
_WITHOUT_KIND = {name for name, rights in HOLDS.items() if "propose" in rights} - {
    "sales",
    "marketing",
    "product_manager",
    "finance",
    "own_scope",
    "other_scope",
}
"""Who proposes, but no demand_input."""
_TYPED = {
    "amount": "+10%",
    "item": "tool",
    "market": "retail",
    "first": "2027-01-01",
    "last": "2027-01-31",
    "reason": "A second shelf",
    "reason_code": "listing",
}
_PROPOSAL = {
    "kind": "demand_input",
    "amount": "+10%",
    "scope": {"item": "tool", "market": "retail", "first": "2027-01-01", "last": "2027-01-31"},
    "reason": "A second shelf",
}
_PART = frozenset({"narrow_planner"})
"""Who gathers for a part of the company: data are of the whole."""
_SALES_ONLY = {name: NOT_ALLOWED for name in HOLDS if name not in ("sales", "gone")} | {"sales": 200}
_COORDINATOR_ONLY = {name: NOT_ALLOWED for name in HOLDS if name not in ("coordinator", "gone")}
_WHY = "bucket=1&item=tool&market=retail"
_HOOK = {"address": "https://hooks.example.com/in", "verbs": ["publish_plan"]}

_NO_ROW = {"other_scope": 404, "narrow_auditor": 404, "narrow_planner": 404}
"""Who reads, but sees no row of the market asked about."""
_NO_ROW_TYPED = {"other_scope": 422, "narrow_planner": 422}
_TYPES_INPUT = ("sales", "own_scope", "marketing", "product_manager", "finance")
"""Who has a line of his own to type in, where the view does not show that of sales."""
_ITEMS, _FAMILIES = (f"rows={rows}&measures=demand_consensus_qty" for rows in ("item,market", "family,item"))
"""Views by name, for what somebody sees first differs by role."""
_CELL = ["demand_consensus_qty", "tools/tool", "0", "+1%"]
_OWN_VIEW = {name: NOT_ALLOWED for name in HOLDS if name not in ("coordinator", "gone")}

_NARROW = frozenset({"narrow_auditor", "narrow_planner"})
_MARKS_NOTHING = frozenset({"sales", "own_scope", "other_scope", "narrow_planner"})
"""Who proposes, but does not see all of the company's cells."""
_NO_CAPACITY = frozenset(HOLDS) - {"coordinator", "supply_planner", "operations", "procurement"}
"""Who proposes no capacity."""
_NO_DEMAND = frozenset({"supply_planner", "executive", "analyst"})
"""Who branches, but moves no demand."""
_CASES = {"name": "Winter", "question": "How far?", "up_pct": "10", "down_pct": "10", "parent": Thing("root_number")}
_NOT_OPENER = frozenset(name for name, rights in HOLDS.items() if "branch" in rights and "publish" not in rights)
_SHORT = {"item": "tool", "market": "retail", "day": "2027-04-01"}
_NOT_SUPPLY = {name for name, rights in HOLDS.items() if "propose" in rights} - {
    "coordinator",
    "supply_planner",
    "operations",
    "procurement",
}
"""Who proposes, but does not speak for supply."""
_NARROW_404 = dict.fromkeys(("narrow_auditor", "narrow_planner"), 404)
"""Who sees pooled numbers, but not of the market asked about."""
_ASSIGNMENT = {"about": "SU101:item tool", "owner": "coordinator"}

ROWS: dict[str, Row] = {
    "frame:home": page(SIGNED_IN),
    "frame:administration": page("people"),
    "frame:health": Row({"GET": Verb(ANYONE), "HEAD": Verb(ANYONE)}, others=200),
    "sheet:show": page("read", "digest"),
    "findings:show": page("read", "digest", besides=_NOT_ALL),
    "explain:show": page(
        "read",
        "digest",
        query="measure=demand_consensus_qty&item=tool&market=retail&bucket=1",
        besides={"other_scope", "narrow_auditor", "narrow_planner"},
    ),
    "forecast:list": page("read"),
    "forecast:show": page(
        "read",
        "digest",
        query="item=tool&market=retail",
        besides={"other_scope", "narrow_auditor", "narrow_planner"},
    ),
    "capacity:heat": page("see_pooled", besides=_NARROW),
    "capacity:show": page("see_pooled", "resource", besides=_NARROW),
    "capacity:effect": page("see_pooled", "resource", query="percent=10", ok=422, besides=_NARROW),
    "capacity:exact": deed("propose", "resource", ok=422, percent="10", besides=_NO_CAPACITY),
    "capacity:exact_state": page(
        "see_pooled", "resource", "own_preview", ok=403, besides=_NARROW, instead={"coordinator": 404}
    ),
    "risk:show": page("see_pooled", besides=_NARROW),
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
    "adjust:list": page("read"),
    "adjust:running": page("read"),
    "adjust:kinds": page("propose"),
    "adjust:new": Row(
        {
            "GET": Verb("propose", besides=frozenset(_WITHOUT_KIND)),
            "HEAD": Verb("propose", besides=frozenset(_WITHOUT_KIND)),
            "POST": Verb("propose", 302, _TYPED, frozenset({*_WITHOUT_KIND, "other_scope"})),
        },
        ("kind",),
    ),
    "adjust:effect": deed("propose", "kind", ok=200, besides=_WITHOUT_KIND, instead={"other_scope": 422}, **_TYPED),
    "adjust:effect #exact": deed(
        "propose", "kind", ok=200, besides=_WITHOUT_KIND, instead={"other_scope": 422}, exact="1", **_TYPED
    ),
    "adjust:nodes": page("propose", "kind", "dimension", query="item=to", besides=_WITHOUT_KIND),
    "adjust:preview": page("propose", "preview", instead=_SALES_ONLY),
    "adjust:one": page("read", "adjustment", instead=_OUTSIDE),
    "adjust:rule": deed("rule", "adjustment", instead=_OUTSIDE, verdict="accepted"),
    "adjust:rule #withdraw": deed("propose", "adjustment", instead=_OUTSIDE, verdict="withdrawn", besides=set(HOLDS)),
    "adjust:comment": deed("propose", "adjustment", instead=_OUTSIDE | {"executive": 302}, text="Which shelf?"),
    "adjust:run": deed("run"),
    "grid:show": page("read"),
    "grid:numbers": page("read"),
    "grid:changes": page("read", query="since=nothing"),
    "grid:table": Row(
        {"GET": Verb("read"), "HEAD": Verb("read"), "POST": Verb("propose", 302, {"at-0": ""})},
    ),
    "grid:table #typed": Row(
        {
            "GET": Verb("read"),
            "HEAD": Verb("read"),
            "POST": Verb("propose", 422, {"at-0": "+1%", "seen": "9999"}, instead=dict.fromkeys(_TYPES_INPUT, 302)),
        },
        query="rows=item,market&row=tool/retail&line=demand_sales_qty",
    ),
    "grid:cell": page("read", query=f"{_ITEMS}&line=demand_consensus_qty&row=tool/retail&at=0", instead=_NO_ROW),
    "grid:edit": script("propose", query=_FAMILIES, cells=[_CELL], seen=2**31, key="k", instead=_NO_ROW_TYPED),
    "grid:edit #malformed": script("propose", ok=422, cells="all"),
    "grid:hold": script("propose", ok=422, cells="all", instead={"executive": 422}),
    "grid:undo": script("propose", ok=422),
    "grid:redo": script("propose", ok=422),
    "grid:comment": script(
        "propose", about="cell:demand_consensus_qty:|:2027-01-01..2027-01-31", text="Why?", instead={"executive": 200}
    ),
    "grid:save_view": deed("read", name="Mine", query="rows=family"),
    "grid:save_view #shared": deed("rule", name="Ours", query="rows=family", shared="1"),
    "grid:save_view #role": deed("rule", name="Theirs", query="rows=family", role="sales", besides={"narrow_planner"}),
    "grid:end_view": deed("read", "view", denied=NOT_ALLOWED, instead=_OWN_VIEW),
    "grid:plan": page("read", "digest"),
    "grid:plan_numbers": page("read", "digest"),
    "workbook:download": page("read"),
    "workbook:download_plan": page("read", "digest"),
    "workbook:upload": Row({"GET": Verb("propose"), "HEAD": Verb("propose"), "POST": Verb("propose", 422)}),
    "workbook:upload #file": Row(
        {"GET": Verb("propose"), "HEAD": Verb("propose"), "POST": Verb("propose", 422, {"workbook": Thing("file")})}
    ),
    "workbook:diff": Row(
        {"GET": Verb("propose", 404), "HEAD": Verb("propose", 404), "POST": Verb("propose", 404)}, ("digest",)
    ),
    "scenarios:list": page("read"),
    "scenarios:new": Row(
        {
            "GET": Verb("branch"),
            "HEAD": Verb("branch"),
            "POST": Verb("branch", 302, {"name": "What if", "parent": Thing("root_number")}),
        }
    ),
    "scenarios:cases": Row(
        {
            "GET": Verb("branch", besides=_NO_DEMAND),
            "HEAD": Verb("branch", besides=_NO_DEMAND),
            "POST": Verb("branch", 302, _CASES, _NO_DEMAND | {"narrow_planner"}),
        }
    ),
    "scenarios:compare": page("read"),
    "scenarios:compare #two": page("read", query="with=1&with=2", instead={}),
    "scenarios:one": page("read", "branch_number"),
    "scenarios:running": page("read", "branch_number"),
    "scenarios:run": deed("run", "branch_number"),
    "scenarios:drop": deed("branch", "branch_number", adjustment=Thing("adjustment")),
    "scenarios:archive": deed("branch", "branch_number", because="x", besides=_NOT_OPENER),
    "scenarios:merge": Row(
        {
            "GET": Verb("read"),
            "HEAD": Verb("read"),
            "POST": Verb("branch", 302, besides=frozenset({"narrow_planner"})),
        },
        ("branch_number", "other_number"),
    ),
    "scenarios:merge #promote": Row(
        {"GET": Verb("read"), "HEAD": Verb("read"), "POST": Verb("publish", 302, {"because": "x"})},
        ("branch_number", "root_number"),
    ),
    "scenarios:settle": deed("rule", "branch_number", "other_number", ok=409, mine="a", theirs="b", reason="x"),
    "exceptions:list": page("see_pooled", besides=_NARROW),
    "exceptions:assign": deed("propose", besides=_MARKS_NOTHING, instead={"executive": 302}, **_ASSIGNMENT),
    "exceptions:snooze": deed(
        "propose",
        besides=_MARKS_NOTHING,
        instead={"executive": 302},
        about="SU101:item tool",
        until="2030-01-31",
        because="x",
    ),
    "supply:constraints": page("see_pooled"),
    "supply:shortages": page("see_pooled"),
    "supply:network": page("see_pooled"),
    "supply:grid": page(SIGNED_IN, "supply_view", ok=302),
    "supply:shortage": page("see_pooled", query="item=tool&market=retail&day=2027-04-01", instead=_NARROW_404),
    "supply:offer": deed(
        "propose", besides=_NOT_SUPPLY, instead=_NARROW_404, quantity="10", arrives="never", because="x", **_SHORT
    ),
    "supply:answer": deed(
        "rule",
        besides={"supply_planner", "executive"},
        instead=_NARROW_404,
        offer=Thing("offer"),
        answer="accepted",
        because="x",
        **_SHORT,
    ),
    "versions:compare": page("see_pooled", besides=_NARROW),
    "jobs:list": Row(
        {"GET": Verb("read"), "HEAD": Verb("read"), "POST": Verb("run", 302, {"scenario": Thing("scenario")})}
    ),
    "jobs:show": page("run", "job"),
    "jobs:show #delivery": page("gather", "delivery_job", besides=_PART),
    "jobs:show #preview": page("propose", "preview", instead=_SALES_ONLY),
    "jobs:cancel": deed("run", "job"),
    "jobs:cancel #delivery": deed("gather", "delivery_job", besides=_PART),
    "jobs:cancel #preview": deed("propose", "preview", instead=_SALES_ONLY | {"sales": 302}),
    "gathering:board": page("gather", besides=_PART),
    "gathering:open": deed("gather", ok=409, base=Thing("snapshot"), besides=_PART),
    "gathering:upload": page("gather", besides=_PART),
    "gathering:send": deed("gather", ok=422, besides=_PART),
    "gathering:send #file": deed("gather", files=Thing("file"), besides=_PART),
    "gathering:undo_delivery": deed("gather", "delivery", besides=_PART),
    "gathering:job": page("gather", "delivery_job", besides=_PART),
    "gathering:progress": page("gather", "delivery_job", besides=_PART),
    "gathering:cancel": deed("gather", "delivery_job", besides=_PART),
    "gathering:deliver_previewed": deed("gather", "delivery_job", besides=_PART),
    "gathering:findings": page("gather", besides=_PART),
    "gathering:quarantine": page("gather", besides=_PART),
    "gathering:mend": deed("gather", ok=422, table="forecast", reason="x", besides=_PART),
    "gathering:corrections": page("gather", besides=_PART),
    "gathering:undo_correction": deed("gather", "correction", besides=_PART),
    "gathering:seal": Row(
        {
            "GET": Verb("gather", besides=_PART),
            "HEAD": Verb("gather", besides=_PART),
            "POST": Verb("seal", 302, {"version": Thing("version")}),
        }
    ),
    "gathering:snapshots": page("read"),
    "gathering:template": page("gather", besides=_PART),
    "gathering:left_out_csv": page("gather", besides=_PART),
}

_ADJUSTMENTS = call(
    GET=Verb("read"),
    POST=Verb("propose", 201, {**_PROPOSAL, "scenario": Thing("scenario")}, frozenset({*_WITHOUT_KIND, "other_scope"})),
)
_COMMENTS = call(
    "adjustment",
    GET=Verb("read", instead=_OUTSIDE),
    POST=Verb("propose", 201, {"text": "Which shelf?"}, instead=_OUTSIDE | {"executive": 201}),
)
_PLAN_COMMENTS = call(
    "digest", GET=Verb("read"), POST=Verb("propose", 201, {"text": "Signed off"}, instead={"executive": 201})
)
_JOBS = call(GET=Verb(SIGNED_IN), POST=Verb("run", 202, {"scenario": Thing("scenario")}))
_SCENARIOS = call(GET=Verb("read"), POST=Verb("branch", 201, {"name": "What if", "parent": Thing("scenario")}))
_TOKENS = call(GET=Verb(SIGNED_IN), POST=Verb("connect", 201, {"name": "robot", "rights": ["connect"], "days": 3}))
_WEBHOOKS = call(GET=Verb("connect"), POST=Verb("connect", 201, _HOOK))
_DRAFTS = call(GET=Verb("gather", besides=_PART), POST=Verb("gather", 409, besides=_PART))
_CELL = {"table": "items", "key": {"item": "tool"}, "column": "family", "new": "hand tools", "reason": "x"}
_CORRECTIONS = call(
    "draft",
    GET=Verb("gather", besides=_PART),
    POST=Verb("gather", 201, {**_CELL, "version": Thing("version")}, besides=_PART),
)
_MERGES = call(
    "branch",
    query="into=Third%20shift",
    GET=Verb("read"),
    POST=Verb("branch", 201, {"into": Thing("other_branch")}, frozenset({"narrow_planner"})),
)
_SETTLEMENT = {"into": Thing("other_branch"), "pair": ["a", "b"], "take": "a", "reason": "x"}
_API_CASES = {"name": "Winter", "up_pct": 10, "down_pct": 10, "reason": "How far?"}
_OPEN = {verb: Verb(ANYONE) for verb in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")}
_WHOLE = Verb("see_pooled", besides=frozenset({"narrow_auditor", "narrow_planner"}))
"""For those who may see every cell of every measure."""

ROWS |= {
    "api:api-root": call(**{verb: Verb(ANYONE, 404) for verb in _OPEN}),
    "api:openapi-json": call(**_OPEN),
    "api:openapi-view": call(**_OPEN),
    "api:show_me": call(GET=Verb(SIGNED_IN)),
    "api:list_plans": call(GET=Verb("read")),
    "api:list_measures": call(GET=Verb("read")),
    "api:show_plan_of": call("scenario", GET=Verb("read", 202)),
    "api:show_plan": call("digest", GET=Verb("read")),
    "api:list_plan_comments": _PLAN_COMMENTS,
    "api:comment_plan": _PLAN_COMMENTS,
    "api:show_measure": call("digest", "own", GET=Verb("read")),
    "api:show_measure #pooled": call("digest", "pooled", GET=Verb("see_pooled")),
    "api:show_grid": call("digest", query="measure=demand_consensus_qty", GET=Verb("read")),
    "api:show_grid #pooled": call("digest", query="measure=production_qty", GET=Verb("see_pooled")),
    "api:show_why": call(
        "digest",
        "own",
        query=_WHY,
        GET=Verb("read", besides=frozenset({"other_scope", "narrow_auditor", "narrow_planner"})),
    ),
    "api:show_difference": call("digest", "digest", GET=_WHOLE),
    "api:list_findings": call("digest", GET=_WHOLE),
    "api:show_capacity": call("digest", GET=Verb("see_pooled", besides=_NARROW)),
    "api:show_options": call("digest", GET=Verb("see_pooled", besides=_NARROW)),
    "api:show_ladder": call("digest", query="resource=assembly", GET=Verb("see_pooled", besides=_NARROW)),
    "api:show_risk": call("digest", GET=Verb("see_pooled", besides=_NARROW)),
    "api:list_kpis": call("digest", GET=_WHOLE),
    "api:show_performance": call("digest", GET=_WHOLE),
    "api:show_value_added": call("digest", GET=_WHOLE),
    "api:show_adherence": call("digest", GET=_WHOLE),
    "api:list_snapshots": call(GET=Verb("read")),
    "api:show_snapshot": call("snapshot", GET=_WHOLE),
    "api:list_drafts": _DRAFTS,
    "api:open_month": _DRAFTS,
    "api:show_open_draft": call(GET=Verb("gather", besides=_PART)),
    "api:show_draft": call("draft", GET=Verb("gather", besides=_PART)),
    "api:list_draft_findings": call("draft", GET=Verb("gather", besides=_PART)),
    "api:list_quarantine": call("draft", "table", GET=Verb("gather", besides=_PART)),
    "api:list_corrections": _CORRECTIONS,
    "api:correct": _CORRECTIONS,
    "api:take_back": call("draft", "correction", DELETE=Verb("gather", besides=_PART)),
    "api:deliver": call("draft", POST=Verb("gather", 202, {"files": Thing("file")}, besides=_PART)),
    "api:take_out": call("draft", "delivery", DELETE=Verb("gather", 202, besides=_PART)),
    "api:seal": call("draft", POST=Verb("seal", 202, {"version": Thing("version")})),
    "api:list_scenarios": _SCENARIOS,
    "api:branch": _SCENARIOS,
    "api:show_question": call("scenario", GET=Verb("read")),
    "api:show_set_difference": call("branch", query="other=Third%20shift", GET=Verb("read")),
    "api:show_merge": _MERGES,
    "api:merge": _MERGES,
    "api:promote": call("branch", POST=Verb("publish", 201, {"because": "x"})),
    "api:settle": call("branch", POST=Verb("rule", 409, _SETTLEMENT)),
    "api:drop": call("branch", POST=Verb("branch", 201, {"adjustment": Thing("adjustment")})),
    "api:archive": call("branch", POST=Verb("branch", 201, {"because": "x"}, _NOT_OPENER)),
    "api:cases": call("scenario", POST=Verb("branch", 201, _API_CASES, _NO_DEMAND | {"narrow_planner"})),
    "api:list_exceptions": call(GET=_WHOLE),
    "api:assign": call(POST=Verb("propose", 201, _ASSIGNMENT, _MARKS_NOTHING, instead={"executive": 201})),
    "api:snooze": call(
        POST=Verb(
            "propose",
            201,
            {"about": "SU101:item tool", "until": "2030-01-31", "because": "x"},
            _MARKS_NOTHING,
            instead={"executive": 201},
        )
    ),
    "api:list_adjustments": _ADJUSTMENTS,
    "api:propose": _ADJUSTMENTS,
    "api:list_kinds": call(GET=Verb("read")),
    "api:show_adjustment": call("adjustment", GET=Verb("read", instead=_OUTSIDE)),
    "api:rule": call("adjustment", POST=Verb("rule", 201, {"verdict": "accepted"}, instead=_OUTSIDE)),
    "api:list_comments": _COMMENTS,
    "api:comment": _COMMENTS,
    "api:list_jobs": _JOBS,
    "api:run": _JOBS,
    "api:show_job": call("job", GET=Verb("run")),
    "api:show_job #delivery": call("delivery_job", GET=Verb("gather", besides=_PART)),
    "api:show_job #preview": call("preview", GET=Verb("propose", instead=_SALES_ONLY)),
    "api:show_job #own preview": call("own_preview", GET=Verb("propose", instead=_COORDINATOR_ONLY)),
    "api:cancel": call("job", POST=Verb("run")),
    "api:cancel #delivery": call("delivery_job", POST=Verb("gather", besides=_PART)),
    "api:cancel #preview": call("preview", POST=Verb("propose", instead=_SALES_ONLY)),
    "api:cancel #own": call("own_job", POST=Verb("run")),
    "api:list_entries": call(GET=Verb("audit", besides=frozenset({"narrow_auditor"}))),
    "api:show_verdict": call(GET=Verb("audit", besides=frozenset({"narrow_auditor"}))),
    "api:list_tokens": _TOKENS,
    "api:make": _TOKENS,
    "api:revoke": call("token", DELETE=Verb("people", denied=404, instead={"program": NOT_ALLOWED})),
    "api:revoke #own": call(
        "own_token", DELETE=Verb("people", denied=404, instead={"coordinator": 200, "program": NOT_ALLOWED})
    ),
    "api:list_webhooks": _WEBHOOKS,
    "api:make_hook": _WEBHOOKS,
    "api:list_messages": call("hook", GET=Verb("connect", 404, instead={"coordinator": 200})),
    "api:end_hook": call(
        "hook", DELETE=Verb("people", denied=404, instead={"coordinator": 200, "program": NOT_ALLOWED})
    ),
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


def page_routes() -> set[str]:
    """Names of routes that answer GET to somebody with a browser."""
    own = {name.partition(" #")[0] for name, row in ROWS.items() if "GET" in row.verbs and not row.is_api}
    return own | set(LIBRARY) | {"api:openapi-view"}
