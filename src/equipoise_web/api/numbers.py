"""The numbers of a plan: a measure by level and time, pages of cells in binary, why, compare, findings, KPIs.

Each answer says in its header `Equipoise-Tier` how the supply of the plan was found, and in JSON in the field `tier`.
"""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from ninja.params import functions as params
from pydantic import Field

from equipoise.compare import compare
from equipoise.explain import explain
from equipoise.performance import forecast_performance, plan_adherence, stairstep
from equipoise.plan import Plan
from equipoise.report import plan_report
from equipoise.scorecard import scorecard
from equipoise_web.access import Access, NotAllowed, Right
from equipoise_web.api.answers import FORMATS, JSON, as_json, binary, format_asked, immutable, write_frame
from equipoise_web.api.auth import access
from equipoise_web.api.schemas import NOT_SEEN, TIER_MEANING
from equipoise_web.reads.frames import read_frame
from equipoise_web.reads.grid import read_grid
from equipoise_web.reads.grid_bytes import MEDIA_TYPE
from equipoise_web.reads.plans import plan_for
from equipoise_web.reads.scoped import nodes_in_scope, sees_all

router = Router(tags=["numbers of a plan"])
NODES = ("item", "market", "location", "resource")
FORMAT = params.Query("", description="json, csv, arrow or parquet; else by the header Accept.")
LEVEL = params.Query("family", description="family, item, market, region, location, resource ...; blank: the whole.")
TIME = params.Query("bucket", description="bucket, fiscal_quarter, fiscal_year; blank: all of it.")
ANSWERS: dict[int, Any] = {200: dict[str, Any], 304: None, **NOT_SEEN}
OTHER_FORMS = binary(*FORMATS.values())


class RowsOut(Schema):
    """A table: a field for each column, unknown is null."""

    rows: list[dict[str, Any]] = Field(examples=[[{"family": "tools", "bucket": "Jan 2027", "production_qty": 2560.0}]])
    tier: str = Field(description=TIER_MEANING, examples=["optimum"])


TABLE = {**ANSWERS, 200: RowsOut}


@router.get("/{digest}/measures/{name}", response=TABLE, openapi_extra=OTHER_FORMS)
def show_measure(
    request: HttpRequest,
    digest: str,
    name: str,
    level: str = LEVEL,
    time: str = TIME,
    format: str = FORMAT,
) -> HttpResponse:
    """A measure by level and time as `{"rows": [...]}`, CSV, Arrow IPC or Parquet."""
    who = access(request)
    who.require(Right.READ, measure=name)
    form = format_asked(request, format)
    plan = plan_for(who, digest)
    return immutable(
        request,
        who,
        digest,
        lambda: write_frame(read_frame(plan, who, name, level=level, time=time), form, tier=plan.tier),
        FORMATS[form],
        tier=plan.tier,
    )


@router.get("/{digest}/grid", response={**ANSWERS, 200: None}, openapi_extra=binary(MEDIA_TYPE))
def show_grid(
    request: HttpRequest,
    digest: str,
    measure: list[str] = params.Query(..., min_length=1, max_length=20),  # noqa: B008 - Ninja's way to say it
    first: int = params.Query(0, ge=0, le=2**31),
    count: int = params.Query(200, ge=1, le=20_000),
    item: str = "",
    market: str = "",
    location: str = "",
    resource: str = "",
    single: bool = False,
) -> HttpResponse:
    """Cells of one grain in binary: rows `first` .. `first` + `count` below the nodes, within the caller's scope.

    Four bytes hold the length of the header, little endian; the header is JSON: `dimensions`, `rows` (codes),
    `buckets`, `measures`, `dtype` (`<f8`, with `single` `<f4`), `shape`, `total`, the rows there are, and `tier`. Then
    the numbers, little endian, measure by measure, row by row, bucket by bucket; NaN is unknown. They begin at a
    multiple of 8 bytes. Single precision is for drawing: its sums are not exact.
    """
    who = access(request)
    for name in measure:
        who.require(Right.READ, measure=name)
    plan = plan_for(who, digest)
    nodes = _nodes(item, market, location, resource)

    def page() -> bytes:
        return read_grid(plan, measure, who=who, first=first, count=count, nodes=nodes).to_bytes(
            "<f4" if single else "<f8"
        )

    return immutable(request, who, digest, page, MEDIA_TYPE, tier=plan.tier)


@router.get("/{digest}/explain/{measure}", response=ANSWERS)
def show_why(
    request: HttpRequest,
    digest: str,
    measure: str,
    bucket: str,
    item: str = "",
    market: str = "",
    location: str = "",
    resource: str = "",
) -> HttpResponse:
    """Why a number is so, down to people and source rows. `bucket` is its number or its label."""
    who = access(request)
    who.require(Right.READ, measure=measure)
    plan = plan_for(who, digest)
    nodes = nodes_in_scope(plan.axes, who, _nodes(item, market, location, resource))

    def why() -> bytes:
        return as_json({**explain(plan, measure, bucket=bucket, **nodes).as_json(), "tier": plan.tier})

    return immutable(request, who, digest, why, JSON, tier=plan.tier)


@router.get("/{digest}/compare/{other}", response=ANSWERS)
def show_difference(request: HttpRequest, digest: str, other: str) -> HttpResponse:
    """How plan `other` differs from this one: totals, cells, and bridges of revenue and margin."""
    who = access(request)
    before, after = _whole_plan(who, digest), _whole_plan(who, other)
    tiers = ", ".join(dict.fromkeys((before.tier, after.tier)))
    return immutable(
        request, who, f"{digest} {other}", lambda: as_json(compare(before, after).as_json()), JSON, tier=tiers
    )


@router.get("/{digest}/findings", response=ANSWERS)
def list_findings(request: HttpRequest, digest: str) -> HttpResponse:
    """What was found in the data and in the plan, worst first, as `{"findings": [...]}`."""
    who = access(request)
    plan = _whole_plan(who, digest)

    def found() -> bytes:
        return as_json({"findings": plan_report(plan)["findings"], "tier": plan.tier})

    return immutable(request, who, digest, found, JSON, tier=plan.tier)


@router.get("/{digest}/kpis", response=ANSWERS)
def list_kpis(request: HttpRequest, digest: str, level: str = "") -> HttpResponse:
    """Every KPI with value, target, status and trend, of the whole or of each node of a level, as `{"kpis": [...]}`."""
    who = access(request)
    plan = _whole_plan(who, digest)

    def listed() -> bytes:
        return as_json({"kpis": [each.as_json() for each in scorecard(plan, level=level)], "tier": plan.tier})

    return immutable(request, who, digest, listed, JSON, tier=plan.tier)


@router.get("/{digest}/performance", response=TABLE, openapi_extra=OTHER_FORMS)
def show_performance(
    request: HttpRequest,
    digest: str,
    level: str = LEVEL,
    time: str = params.Query("", description="bucket, fiscal_quarter, fiscal_year; blank: all of it."),
    lag: int = params.Query(1, ge=0, le=120, description="Buckets between the forecast and what it was of."),
    source: str = params.Query("consensus", description="A source of forecast_archive, approved, seasonal_naive."),
    format: str = FORMAT,
) -> HttpResponse:
    """How good past forecasts of a source were: error, bias, accuracy, tracking signal."""
    who = access(request)
    plan, form = _whole_plan(who, digest), format_asked(request, format)

    def table() -> bytes:
        return write_frame(forecast_performance(plan, _by(level, time), lag=lag, source=source), form, tier=plan.tier)

    return immutable(request, who, digest, table, FORMATS[form], tier=plan.tier)


@router.get("/{digest}/value-added", response=TABLE, openapi_extra=OTHER_FORMS)
def show_value_added(
    request: HttpRequest,
    digest: str,
    level: str = params.Query("", description="family, item, market ...; blank: the whole."),
    lag: int = params.Query(1, ge=0, le=120),
    format: str = FORMAT,
) -> HttpResponse:
    """Forecast value added: the error of each step in the order the number moved, on the cells all steps share."""
    who = access(request)
    plan, form = _whole_plan(who, digest), format_asked(request, format)

    def table() -> bytes:
        return write_frame(stairstep(plan, _by(level), lag=lag), form, tier=plan.tier)

    return immutable(request, who, digest, table, FORMATS[form], tier=plan.tier)


@router.get("/{digest}/adherence", response=TABLE, openapi_extra=OTHER_FORMS)
def show_adherence(
    request: HttpRequest, digest: str, level: str = LEVEL, time: str = TIME, format: str = FORMAT
) -> HttpResponse:
    """Whether production kept to its frozen plan, by item and in total."""
    who = access(request)
    plan, form = _whole_plan(who, digest), format_asked(request, format)

    def table() -> bytes:
        return write_frame(plan_adherence(plan, _by(level, time)), form, tier=plan.tier)

    return immutable(request, who, digest, table, FORMATS[form], tier=plan.tier)


def _whole_plan(who: Access, digest: str) -> Plan:
    who.require(Right.READ)
    if not sees_all(who):
        raise NotAllowed("this tells of cells of the whole company; it is for those who may see all of it")
    return plan_for(who, digest)


def _by(*words: str) -> Sequence[str]:
    return [word for word in words if word]


def _nodes(*nodes: str) -> dict[str, str]:
    """Nodes by dimension, without the blank ones."""
    return {name: node for name, node in zip(NODES, nodes, strict=True) if node}
