"""Capacity of a plan: load, what is there and what an hour is worth, by resource and bucket."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from ninja.params import functions as params
from pydantic import Field

from equipoise_web.api.answers import JSON, as_json, immutable
from equipoise_web.api.auth import access
from equipoise_web.api.schemas import NOT_SEEN
from equipoise_web.reads.capacity_numbers import PLANNED, read_capacity_numbers
from equipoise_web.reads.capacity_scope import see_capacity

router = Router(tags=["numbers of a plan"])


class CapacityBucketOut(Schema):
    """A resource in a bucket, in standard hours; overtime, shifts and idle hours are clock hours. Unknown is null."""

    bucket: str = Field(examples=["Jan 2027"])
    load_hours: float | None = Field(examples=[9120.0])
    available_hours: float | None = Field(description="null: no limit.", examples=[8800.0])
    load_pct: float | None = Field(examples=[103.6])
    overtime_hours: float | None
    shift_hours: float | None
    idle_hours: float | None
    hour_price: float | None = Field(description="What one more hour would save, of an optimum; else null.")


class CapacityResourceOut(Schema):
    """A resource and its buckets."""

    resource: str = Field(examples=["assembly"])
    location: str
    tier: str = Field(description="How its numbers were found: optimum, heuristic, infinite.", examples=["optimum"])
    buckets: list[CapacityBucketOut]


class CapacityOut(Schema):
    """The resources of a plan that you may see."""

    plan: str
    tier: str
    resources: list[CapacityResourceOut]


@router.get("/{digest}/capacity", response={200: CapacityOut, 304: None, **NOT_SEEN})
def show_capacity(
    request: HttpRequest,
    digest: str,
    resource: str = params.Query("", max_length=200, description="One resource; blank: all."),
    load: str = params.Query(
        PLANNED, max_length=20, description="plan: as planned; infinite: what demand asks, moved by nobody."
    ),
) -> HttpResponse:
    """Load, available hours and the worth of an hour, by resource and bucket, with the tier of the numbers."""
    who = access(request)
    see_capacity(who, digest)  # who may not is told so, whatever else is asked for

    def numbers() -> bytes:
        return as_json(asdict(read_capacity_numbers(who, digest, load=load, resource=resource)))

    return immutable(request, who, digest, numbers, JSON)
