"""Exceptions of the plan in force: ranked by money, given to people, put to rest until a day of the data."""

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from ninja.params import functions as params
from pydantic import Field

from equipoise_web.access import Right
from equipoise_web.actions.assign_exception import assign_exception
from equipoise_web.actions.snooze_exception import snooze_exception
from equipoise_web.api.auth import access
from equipoise_web.api.schemas import KEY, NOT_SEEN, REFUSALS, TIER_MEANING, Strict
from equipoise_web.reads.exception_page import Filters, plan_in_question, read_page

router = Router(tags=["exceptions"])


class ExceptionOut(Schema):
    """Money at stake about one thing, and where it stands with people."""

    about: str = Field(examples=["SU101:item tool"])
    rule: str
    meaning: str
    what: str
    detail: str
    family: str
    function: str = Field(description="The business function that answers for it.")
    amount: float
    severity: str
    since: str = Field(description="The cycle since which every plan in force has said so.")
    owner: str
    until: date | None = Field(description="Day of the data it rests until.")
    is_resting: bool
    link: str = Field(description="Where its cell is looked at.")


class EndingHoldOut(Schema):
    """Holds of one owner on one family that run out on one day, soon."""

    what: str = Field(description="The item, or its family where they are of several.")
    owner: str
    last: date = Field(description="The last day they count.")
    count: int
    amount: float = Field(description="Revenue held, which is not at stake.")
    link: str = Field(description="The grid where they stand.")


class ExceptionsOut(Schema):
    """The list, the most money first; `below` tells what is not in it."""

    digest: str
    tier: str = Field(description=TIER_MEANING, examples=["optimum"])
    as_of: date
    least: float
    below: str
    exceptions: list[ExceptionOut]
    holds_ending: list[EndingHoldOut]


class AssignmentIn(Strict):
    """To whom it is given, blank to nobody."""

    about: str = Field(max_length=400, examples=["SU101:item tool"])
    owner: str = Field("", max_length=150, examples=["supply"])
    because: str = Field("", max_length=500)


class AssignedOut(Schema):
    """Who looks after it now."""

    about: str
    owner: str


class SnoozeIn(Strict):
    """Until which day of the data it rests; null wakes it."""

    about: str = Field(max_length=400, examples=["SU101:item tool"])
    until: date | None = None
    because: str = Field(max_length=500, examples=["The supplier confirms by Friday"])


class SnoozedOut(Schema):
    """Until when it rests now."""

    about: str
    until: date | None


@router.get("", response={200: ExceptionsOut, **NOT_SEEN})
def list_exceptions(
    request: HttpRequest,
    family: str = params.Query("", max_length=200),
    function: str = params.Query("", max_length=40),
    rule: str = params.Query("", max_length=40),
    state: Literal["open", "mine", "resting", "all"] = "open",
    least: float | None = params.Query(None, ge=0, description="Money below which nothing is listed."),
) -> dict[str, Any]:
    """Exceptions of the plan in force; without `least` only material ones."""
    found = read_page(access(request), Filters(family, function, rule, state, least))
    return {
        "digest": found.plan.digest,
        "tier": found.plan.tier,
        "as_of": found.as_of,
        "least": found.least,
        "below": found.below,
        "exceptions": [vars(row) for row in found.rows],
        "holds_ending": [vars(hold) for hold in found.ending],
    }


@router.post("/assignments", response={201: AssignedOut, **REFUSALS})
def assign(request: HttpRequest, sent: AssignmentIn, key: str = KEY) -> Status[Any]:
    """Give an exception to somebody, or to nobody."""
    return Status(201, assign_exception(access(request), key=key, **sent.model_dump()))


@router.post("/snoozes", response={201: SnoozedOut, **REFUSALS})
def snooze(request: HttpRequest, sent: SnoozeIn, key: str = KEY) -> Status[Any]:
    """Let an exception rest until data of a day are there, or wake it."""
    who = access(request)
    who.require(Right.READ)
    as_of = plan_in_question(who).head.as_of
    return Status(201, snooze_exception(who, as_of=as_of, key=key, **sent.model_dump()))
