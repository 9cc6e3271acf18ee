"""Risk of a plan: what may run short, how likely, what hangs on it, and how far revenue may lie off."""

from dataclasses import asdict
from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from ninja.params import functions as params
from pydantic import Field

from equipoise_web.api.answers import JSON, as_json, immutable
from equipoise_web.api.auth import access
from equipoise_web.api.schemas import NOT_SEEN
from equipoise_web.reads.risk_numbers import numbers_of
from equipoise_web.reads.risk_scope import see_risk

router = Router(tags=["numbers of a plan"])


class SpreadOut(Schema):
    """Eight of ten outcomes lie between p10 and p90; null is unknown."""

    p10: float | None = Field(examples=[11823953.0])
    p50: float | None = Field(examples=[12052278.0])
    p90: float | None = Field(examples=[12306280.0])


class RiskLineOut(Schema):
    """A family, or an item at a location, in the bucket of the year ahead where most is at risk."""

    family: str
    item: str = Field(description="Blank for a family.")
    location: str
    bucket: str = Field(examples=["Feb 2027"])
    chance_pct: float | None = Field(description="That it runs short.", examples=[81.3])
    gap_qty: float | None = Field(description="Units short if it does.", examples=[12926.0])
    short_qty: float | None = Field(description="Units short in the mean of all outcomes.")
    unit: str
    amount: float | None = Field(description="Chance × gap × contribution.", examples=[158999.0])


class FamilyBucketOut(Schema):
    """A family in a bucket."""

    bucket: str
    consensus_qty: float | None
    demand_qty: SpreadOut
    available_qty: float | None = Field(
        description="The consensus and what stock, receipts and free regular hours can serve beyond it by then."
    )
    chance_pct: float | None
    short_qty: float | None
    amount: float | None
    revenue_amount: SpreadOut
    margin_amount: SpreadOut


class FamilyOut(Schema):
    """A family, bucket by bucket."""

    family: str
    unit: str = Field(description="Blank where its items share none.")
    contribution_price: float | None
    buckets: list[FamilyBucketOut]


class CompanyBucketOut(Schema):
    """The company in a bucket; revenue as if all demand were served."""

    bucket: str
    plan_revenue_amount: float | None
    budget_revenue_amount: float | None
    consensus_revenue_amount: float | None
    revenue_amount: SpreadOut
    margin_amount: SpreadOut


class CompanyOut(Schema):
    """The company; a year is surer than the sum of its buckets."""

    buckets: list[CompanyBucketOut]
    year_buckets: int
    year_plan_revenue_amount: float | None
    year_budget_revenue_amount: float | None
    year_revenue_amount: SpreadOut
    year_margin_amount: SpreadOut


class RiskOut(Schema):
    """Risks of at least `least_amount`, the most first; the others are counted."""

    plan: str
    by: Literal["family", "item"]
    currency: str
    tier: str
    least_amount: float
    risks: list[RiskLineOut]
    below_count: int
    below_amount: float
    unpriced: list[RiskLineOut] = Field(description="Without a price, a cost or a common unit.")
    unjudged_count: int = Field(description="Stocking points whose forecast has no known error.")
    families: list[FamilyOut]
    company: CompanyOut | None = Field(description="null: you do not see all of it, or one family was asked for.")
    is_cut: bool = Field(description="True where the company has too many series for fans.")


@router.get("/{digest}/risk", response={200: RiskOut, 304: None, **NOT_SEEN})
def show_risk(
    request: HttpRequest,
    digest: str,
    by: Literal["family", "item"] = "family",
    family: str = params.Query("", max_length=200, description="One family; blank: all."),
    least: float | None = params.Query(None, ge=0, description="Money below which risks are counted only."),
) -> HttpResponse:
    """What may run short, ranked by chance × gap × contribution, and fans of families and the company."""
    who = access(request)
    seen = see_risk(who, digest)  # who may not is told so, whatever else is asked for

    def numbers() -> bytes:
        return as_json({"plan": digest, **asdict(numbers_of(seen, by=by, family=family, least=least))})

    return immutable(request, who, digest, numbers, JSON)
