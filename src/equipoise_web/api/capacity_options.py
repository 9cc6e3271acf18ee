"""Options of a plan: what closes each gap of capacity, at what cost and by when, and the break-even ladder."""

from dataclasses import asdict
from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from ninja.params import functions as params
from pydantic import Field

from equipoise_web.api.answers import JSON, as_json, immutable
from equipoise_web.api.auth import access
from equipoise_web.api.schemas import NOT_SEEN
from equipoise_web.reads.option_numbers import read_gaps, read_ladder_numbers, see_options

router = Router(tags=["numbers of a plan"])


class StopOut(Schema):
    """What keeps work from being done earlier."""

    sort: str = Field(description="line, supplier, lead_time, no_source, storage, most_stock or shelf_life.")
    what: str = Field(description="Code of the resource, item or location, or the name of the limit.")
    location: str
    bucket: str = Field(description="In which the work would have been done.")
    kept_qty: float = Field(description="Hours, or units, of the gap that it keeps back there.")


class GivenOut(Schema):
    """What a gap answered before took of what this gap's options would use if it were the only one."""

    sort: str = Field(description="hours, limit, stock, place, most, shelf, or list.")
    what: str
    location: str
    bucket: str
    taken_qty: float = Field(description="In hours of the resource, else in units.")
    by_where: str
    by_bucket: str


class OptionOut(Schema):
    """An option against a gap, in hours of the resource or units of the limit; costs beyond the same at regular pay."""

    lever: str = Field(examples=["overtime"])
    option: str = Field(description="Code in table levers, else of the route, supplier or location.")
    is_listed: bool = Field(description="From table levers; else the plan's own data know it.")
    item: str
    most_qty: float | None = Field(description="All it can give; null: no limit is stated.")
    closes_qty: float
    left_qty: float
    used_qty: float = Field(description="Of it in the plan.")
    amount: float | None
    variable_amount: float | None
    fixed_amount: float
    hour_price: float | None = Field(description="For each hour, or unit of the limit, closed.", examples=[110.0])
    unit_price: float | None = Field(description="For each good unit.")
    lead_time_days: float
    earliest_bucket: str | None = Field(description="First bucket in which it could work; null: after the horizon.")
    decide_by: str = Field(examples=["2026-11-24"])
    late_days: int = Field(description="By which it is too late at the plan's as_of; 0: in time.")
    gives_up_demand: bool
    saves_margin_amount: float | None
    mix_qty: float = Field(description="What the cheapest mix takes of it.")
    mix_amount: float
    alone_closes_qty: float = Field(description="What it would close if this gap were the only one.")
    stops: list[StopOut]
    note: str


class GapOut(Schema):
    """A resource, room or supplier that is asked for more than it has in a bucket, before anything is done."""

    kind: str = Field(examples=["hours"])
    where: str = Field(examples=["capsule-line"])
    location: str
    bucket: str = Field(examples=["Jan 2027"])
    unit: str
    asked_qty: float
    available_qty: float
    short_qty: float
    relieved_qty: float = Field(description="Of it gone because gaps answered before move their items away.")
    unserved_qty: float = Field(description="Units of its items that the plan leaves unserved at the bucket's end.")
    margin_at_stake_amount: float | None
    mix_closes_qty: float
    mix_amount: float
    mix_saves_amount: float | None
    is_closed: bool
    decide_by: str | None = Field(description="Last day of the cheapest mix; null: nothing arrives in time.")
    turn: int = Field(description="When it was answered: what gaps before it took is not there for its options.")
    alone_mix_closes_qty: float = Field(description="What the cheapest mix would close if it were the only gap.")
    alone_mix_amount: float
    given: list[GivenOut]
    options: list[OptionOut]


class OptionsOut(Schema):
    """The gaps of a plan that you may see."""

    plan: str
    currency: str
    as_of: str
    has_list: bool = Field(description="Whether the data have table levers.")
    gaps: list[GapOut]


class RungOut(Schema):
    """A rung of a ladder."""

    lever: str
    option: str
    is_listed: bool
    most_hours: float | None
    hour_price: float
    once_amount: float
    once_hour_price: float = Field(description="Once for each hour a bucket: hiring and laying off.")
    from_hours: float | None = Field(description="Hours a bucket from which the cheapest way uses it.")
    against: str | None
    break_even_hours: float | None = Field(description="Hours in all after which it has paid against that rung.")
    break_even_buckets: int | None
    first_bucket: str | None
    order_by: str | None = Field(description="That bucket's first day less the lead time.")
    late_days: int
    earliest_bucket: str | None
    lead_time_days: float


class PieceOut(Schema):
    """A stretch of the cheapest way; `rungs` are numbers of the rungs used on it."""

    from_hours: float
    to_hours: float
    amount: float = Field(description="Money a bucket at its beginning.")
    hour_price: float
    rungs: list[int]


class NeedOut(Schema):
    """What a bucket needs beyond regular hours, and on which rungs that lies."""

    bucket: str
    needed_hours: float
    amount: float | None = Field(description="null: all rungs together do not reach.")
    rungs: list[int]


class LadderOut(Schema):
    """The break-even ladder of a resource."""

    plan: str
    resource: str
    currency: str
    over_buckets: int
    mean_needed_hours: float
    rungs: list[RungOut]
    pieces: list[PieceOut]
    buckets: list[NeedOut]


@router.get("/{digest}/capacity/options", response={200: OptionsOut, 304: None, **NOT_SEEN})
def show_options(
    request: HttpRequest,
    digest: str,
    resource: str = params.Query("", max_length=200, description="One resource; blank: all."),
    order: Literal["place", "soonest"] = "place",
) -> HttpResponse:
    """What closes each gap of capacity: options ranked, their cost, the last day to decide, and the cheapest mix.

    Gaps are answered together, what loses most with each hour first, suppliers after resources: hours, limits, stock
    and room that one takes are not there for the next. `alone_` is the answer as if a gap were the only one.
    By place and bucket, or the nearest decision first (`soonest`), gaps that nothing closes in time left out.
    """
    who = access(request)
    seen = see_options(who, digest)  # who may not is told so, whatever else is asked for

    def numbers() -> bytes:
        plan = seen.plan
        gaps = [asdict(each) for each in read_gaps(who, seen, resource=resource, soonest=order == "soonest")]
        head = {"currency": plan.head.currency, "as_of": plan.head.as_of.isoformat()}
        return as_json({"plan": digest, **head, "has_list": plan.snapshot.has("levers"), "gaps": gaps})

    return immutable(request, who, digest, numbers, JSON)


@router.get("/{digest}/capacity/ladder", response={200: LadderOut, 304: None, **NOT_SEEN})
def show_ladder(
    request: HttpRequest,
    digest: str,
    resource: str = params.Query(..., max_length=200, description="The resource."),
    over: int | None = params.Query(
        None, ge=1, description="Buckets over which one-off costs are spread; null: those that need hours."
    ),
) -> HttpResponse:
    """Which rung is the cheapest for how many more hours a bucket, when each pays, and its last-order date."""
    who = access(request)
    seen = see_options(who, digest)  # who may not is told so, whatever else is asked for

    def numbers() -> bytes:
        return as_json({"plan": digest, **asdict(read_ladder_numbers(seen, resource=resource, over=over))})

    return immutable(request, who, digest, numbers, JSON)
