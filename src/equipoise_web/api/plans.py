"""Plans: by the question they answer or by digest; their numbers as tables, files and binary pages; why and compare."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from ninja.params import functions as params

from equipoise.catalog import MEASURES
from equipoise.compare import compare
from equipoise.core.table import UnknownName
from equipoise.explain import explain
from equipoise.report import json_text, plan_report
from equipoise_web.access import Access, NotAllowed, Right, is_pooled
from equipoise_web.api.auth import access
from equipoise_web.api.schemas import NOT_SEEN
from equipoise_web.reads.grid import MEDIA_TYPE, read_grid
from equipoise_web.reads.jobs import waiting_job
from equipoise_web.reads.plans import plan_for, published_digest
from equipoise_web.reads.published import read_plans
from equipoise_web.reads.scenarios import question_of
from equipoise_web.reads.scoped import nodes_in_scope, sees_all

router = Router(tags=["plans"])
FORMATS = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "arrow": "application/vnd.apache.arrow.file",
    "parquet": "application/vnd.apache.parquet",
}
NODES = ("item", "market", "location", "resource")


class PlanOut(Schema):
    """A published plan."""

    digest: str
    fingerprint: str
    snapshot: str
    engine: str
    company: str
    start: date
    published_at: datetime


class MeasureOut(Schema):
    """A number of the data dictionary."""

    name: str
    label: str
    unit: str
    grain: str | None
    meaning: str
    is_pooled: bool


@router.get("", response={200: list[PlanOut], **NOT_SEEN})
def list_plans(request: HttpRequest, fingerprint: str = "", limit: int = params.Query(50, ge=1, le=200)) -> Any:  # noqa: ANN401
    """Published plans, newest first."""
    return [vars(row) for row in read_plans(access(request), fingerprint=fingerprint, limit=limit)]


@router.get("/measures", response={200: list[MeasureOut], **NOT_SEEN})
def list_measures(request: HttpRequest) -> list[dict[str, Any]]:
    """The data dictionary, as far as the caller may read it."""
    who = access(request)
    who.require(Right.READ)
    return [
        {
            "name": m.name,
            "label": m.label,
            "unit": m.unit.value,
            "grain": m.grain.value if m.grain else None,
            "meaning": m.meaning,
            "is_pooled": is_pooled(m.name),
        }
        for m in MEASURES
        if who.may(Right.READ, measure=m.name)
    ]


@router.get("/of/{scenario}", response={200: PlanOut, 202: dict[str, Any], **NOT_SEEN})
def show_plan_of(request: HttpRequest, scenario: str) -> Any:  # noqa: ANN401
    """The answer to what a scenario asks now: 200, or 202 with the job that works on it (null: nobody asked yet)."""
    who = access(request)
    who.require(Right.READ)
    asked = question_of(scenario)
    digest = published_digest(asked.fingerprint)
    if digest is None:
        job = waiting_job("compute_plan", {"scenario": scenario})
        progress = None if job is None else {"id": job.id, "stage": job.stage, "progress": job.progress}
        return Status(202, {"fingerprint": asked.fingerprint, "job": progress})
    (row,) = (row for row in read_plans(who, fingerprint=asked.fingerprint) if row.digest == digest)
    return Status(200, vars(row))


@router.get("/{digest}", response={200: dict[str, Any], 304: None, **NOT_SEEN})
def show_report(request: HttpRequest, digest: str) -> HttpResponse:
    """The plan rolled up to the caller's scope: totals, every measure by bucket, findings."""
    who = access(request)
    plan = plan_for(who, digest)
    return _immutable(request, who, digest, lambda: json_text(plan_report(plan)).encode(), FORMATS["json"])


@router.get("/{digest}/measures/{name}", response={200: dict[str, Any], 304: None, **NOT_SEEN})
def show_measure(
    request: HttpRequest, digest: str, name: str, level: str = "family", time: str = "bucket", format: str = "json"
) -> HttpResponse:
    """A measure by level and time: `level` family, item, market, region, location, resource ... or blank for the whole;
    `time` bucket, fiscal_quarter, fiscal_year or blank; `format` json, csv, arrow or parquet."""
    who = access(request)
    who.require(Right.READ, measure=name)
    if format not in FORMATS:
        raise UnknownName(f"there is no format {format!r}; there are {', '.join(FORMATS)}")
    plan = plan_for(who, digest)
    by = [word for word in (level, time) if word]
    return _immutable(request, who, digest, lambda: _written(plan.frame(name, by=by), format), FORMATS[format])


@router.get("/{digest}/grid", response={200: None, 304: None, **NOT_SEEN})
def show_grid(
    request: HttpRequest,
    digest: str,
    measure: list[str] = params.Query(..., max_length=20),  # noqa: B008 - Ninja's way to say it
    first: int = params.Query(0, ge=0, le=2**31),
    count: int = params.Query(200, ge=1, le=20_000),
    item: str = "",
    market: str = "",
    location: str = "",
    resource: str = "",
) -> HttpResponse:
    """Cells of one grain in binary (see the module `reads.grid` for its form): rows `first`.. below the nodes."""
    who = access(request)
    for name in measure:
        who.require(Right.READ, measure=name)
    plan = plan_for(who, digest)
    given = dict(zip(NODES, (item, market, location, resource), strict=True))
    nodes = {name: node for name, node in given.items() if node}

    def page() -> bytes:
        return read_grid(plan, measure, first=first, count=count, nodes=nodes).to_bytes()

    return _immutable(request, who, digest, page, MEDIA_TYPE)


@router.get("/{digest}/explain/{measure}", response={200: dict[str, Any], **NOT_SEEN})
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
    """Why a number is so, down to people and source rows."""
    who = access(request)
    who.require(Right.READ, measure=measure)
    plan = plan_for(who, digest)
    asked = dict(zip(NODES, (item, market, location, resource), strict=True))
    nodes = nodes_in_scope(plan.axes, who, {name: node for name, node in asked.items() if node})
    found = explain(plan, measure, bucket=bucket, **{name: nodes.get(name) for name in NODES if nodes.get(name)})
    return HttpResponse(json_text(found.as_json()), content_type=FORMATS["json"])


@router.get("/{digest}/compare/{other}", response={200: dict[str, Any], **NOT_SEEN})
def show_difference(request: HttpRequest, digest: str, other: str) -> HttpResponse:
    """How plan `other` differs from this one: totals, cells, and bridges of revenue and margin."""
    who = access(request)
    _whole_company(who)
    found = compare(plan_for(who, digest), plan_for(who, other))
    return HttpResponse(json_text(found.as_json()), content_type=FORMATS["json"])


@router.get("/{digest}/findings", response={200: list[dict[str, Any]], **NOT_SEEN})
def list_findings(request: HttpRequest, digest: str) -> HttpResponse:
    """What was found in the data and in the plan, worst first."""
    who = access(request)
    _whole_company(who)
    plan = plan_for(who, digest)
    return HttpResponse(json_text(plan_report(plan)["findings"]), content_type=FORMATS["json"])


def _whole_company(who: Access) -> None:
    who.require(Right.READ)
    if not sees_all(who):
        raise NotAllowed("this names cells of the whole company; it is for those who may see all of it")


def _written(frame: pl.DataFrame, format: str) -> bytes:
    """A frame in one of the formats; text that a spreadsheet would take for a formula is quoted in CSV."""
    if format == "json":
        return json_text({"rows": frame.to_dicts()}).encode()
    into = BytesIO()
    if format == "csv":
        texts = [name for name, kind in frame.schema.items() if kind == pl.String]
        safe = [
            pl.when(pl.col(n).str.contains(r"^[=+\-@\t\r]")).then("'" + pl.col(n)).otherwise(pl.col(n)).alias(n)
            for n in texts
        ]
        frame.with_columns(safe).write_csv(into)
    elif format == "arrow":
        frame.write_ipc(into)
    else:
        frame.write_parquet(into)
    return into.getvalue()


def _immutable(
    request: HttpRequest, who: Access, digest: str, write: Callable[[], bytes], media_type: str
) -> HttpResponse:
    """A plan never changes: its answer has a tag of plan, question and the caller's scope, and is asked for once."""
    asked = f"{digest} {request.get_full_path()} {who.held!r} {sorted(who.limit) if who.limit else ''}"
    tag = f'"{hashlib.sha256(asked.encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(write(), content_type=media_type)
    answer["ETag"] = tag
    answer["Cache-Control"] = "private, no-cache"
    return answer
