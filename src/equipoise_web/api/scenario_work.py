"""Work on scenarios: their difference, merges and what has to be settled before, cases, drops, the archive."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from ninja.params import functions as params
from pydantic import Field

from equipoise.core.scenario import diff, effective_set
from equipoise_web.access import Right
from equipoise_web.actions.archive_scenario import archive_scenario
from equipoise_web.actions.drop_adjustment import drop_adjustment
from equipoise_web.actions.merge_scenario import merge_scenario
from equipoise_web.actions.open_cases import open_cases
from equipoise_web.actions.promote_scenario import promote_scenario
from equipoise_web.actions.settle_conflict import settle_conflict
from equipoise_web.api.adjustments import ProposedOut
from equipoise_web.api.auth import access
from equipoise_web.api.schemas import KEY, NOT_SEEN, REFUSALS, Strict
from equipoise_web.reads.merge_page import read_merge
from equipoise_web.reads.scenarios import question_of
from equipoise_web.reads.snapshots import axes_of
from equipoise_web.scenarios import read_scenarios

router = Router(tags=["scenarios"])
OTHER = params.Query(..., max_length=120, description="Name of the other scenario.")


class DifferenceOut(Schema):
    """Adjustments of two scenarios, taken apart."""

    only_here: list[str]
    only_there: list[str]
    both: list[str]


class ConflictOut(Schema):
    """Two adjustments that say different things about the same cells."""

    pair: list[str]
    kind: str
    words: list[str] = Field(description="What each of the two says, in the order of `pair`.")
    cells: int = Field(description="Cells in which they meet.")


class MergeOut(Schema):
    """What a merge would bring, and what must be settled first; `seen` goes with the merge itself."""

    source: str
    into: str
    brings: list[str]
    conflicts: list[ConflictOut]
    seen: str


class MergeIn(Strict):
    """Into which branch; `seen` is that of the merge you looked at."""

    into: str = Field(max_length=120, examples=["Second shift in March"])
    because: str = Field("", max_length=500)
    seen: str = Field("", max_length=64)


class PromotionIn(Strict):
    """Why it is the plan of the cycle now."""

    because: str = Field(max_length=500, examples=["Decided in the November meeting"])
    seen: str = Field("", max_length=64)


class MergedOut(Schema):
    """Ids that the target gained."""

    source: str
    into: str
    gained: list[str]


class SettlementIn(Strict):
    """What holds: one of the two as it is, or with another amount."""

    into: str = Field(max_length=120)
    pair: tuple[str, str]
    take: str = Field(max_length=36)
    amount: str = Field("", max_length=40, examples=["+8%"])
    reason: str = Field(max_length=500, examples=["Sales and marketing agreed on 8%"])


class DropIn(Strict):
    """An adjustment of the parent to leave out of the branch, or with `is_dropped` false to take in again."""

    adjustment: str = Field(max_length=36)
    is_dropped: bool = True
    because: str = Field("", max_length=500)


class DroppedOut(Schema):
    """Whether the branch leaves it out now."""

    scenario: str
    adjustment: str
    is_dropped: bool


class ArchiveIn(Strict):
    """Put it away, or with `is_archived` false take it back."""

    is_archived: bool = True
    because: str = Field(max_length=500, examples=["The second shift was decided"])


class ArchivedOut(Schema):
    """Whether it is put away."""

    scenario: str
    is_archived: bool


class CasesIn(Strict):
    """Three branches: demand of a scope up, as it is, and down by a percentage."""

    name: str = Field(max_length=100, examples=["Winter demand"])
    up_pct: float = Field(examples=[10.0])
    down_pct: float = Field(examples=[15.0])
    scope: dict[str, str] = Field(default_factory=dict, examples=[{"item": "family:Dish care"}])
    reason: str = Field(max_length=500, examples=["How far may a mild winter take us?"])


class CasesOut(Schema):
    """Names of the three, and the adjustments of the two that differ."""

    scenarios: list[str]
    adjustments: dict[str, str]


@router.get("/{path:name}/differences", response={200: DifferenceOut, **NOT_SEEN})
def show_set_difference(request: HttpRequest, name: str, other: str = OTHER) -> dict[str, Any]:
    """Ids that only this scenario holds, that only the other holds, and that both hold."""
    access(request).require(Right.READ)
    scenarios = read_scenarios()
    found = diff(effective_set(scenarios, name), effective_set(scenarios, other))
    return {"only_here": sorted(found.only_a), "only_there": sorted(found.only_b), "both": sorted(found.both)}


@router.get("/{path:name}/merges", response={200: MergeOut, **NOT_SEEN})
def show_merge(request: HttpRequest, name: str, into: str = OTHER) -> dict[str, Any]:
    """What a merge into the other scenario would bring, and its conflicts; nothing is changed."""
    found = read_merge(access(request), name, into)
    conflicts = [
        {
            "pair": [each.mine.id, each.theirs.id],
            "kind": each.kind,
            "words": [each.mine.words, each.theirs.words],
            "cells": each.count,
        }
        for each in found.conflicts
    ]
    return {"source": name, "into": into, "brings": list(found.ids), "conflicts": conflicts, "seen": found.mark}


@router.post("/{path:name}/merges", response={201: MergedOut, **REFUSALS})
def merge(request: HttpRequest, name: str, sent: MergeIn, key: str = KEY) -> Status[Any]:
    """Merge into a branch, which gains what it does not hold. 409 while conflicts wait, or where either changed."""
    axes = axes_of(question_of(sent.into).snapshot)
    return Status(201, merge_scenario(access(request), name, axes=axes, key=key, **sent.model_dump()))


@router.post("/{path:name}/promotions", response={201: MergedOut, **REFUSALS})
def promote(request: HttpRequest, name: str, sent: PromotionIn, key: str = KEY) -> Status[Any]:
    """Merge into the root it stands on: it is the plan of the cycle then."""
    axes = axes_of(question_of(name).snapshot)
    return Status(201, promote_scenario(access(request), name, axes=axes, key=key, **sent.model_dump()))


@router.post("/{path:name}/settlements", response={201: ProposedOut, **REFUSALS})
def settle(request: HttpRequest, name: str, sent: SettlementIn, key: str = KEY) -> Status[Any]:
    """Settle a conflict by a new adjustment in this scenario that supersedes both."""
    axes = axes_of(question_of(name).snapshot)
    return Status(201, settle_conflict(access(request), name, axes=axes, key=key, **sent.model_dump()))


@router.post("/{path:name}/drops", response={201: DroppedOut, **REFUSALS})
def drop(request: HttpRequest, name: str, sent: DropIn, key: str = KEY) -> Status[Any]:
    """Leave an adjustment of the parent out of this branch, or take it in again."""
    return Status(201, drop_adjustment(access(request), name, key=key, **sent.model_dump()))


@router.post("/{path:name}/archive", response={201: ArchivedOut, **REFUSALS})
def archive(request: HttpRequest, name: str, sent: ArchiveIn, key: str = KEY) -> Status[Any]:
    """Put a branch away: it takes no more changes. Or take it back."""
    return Status(201, archive_scenario(access(request), name, key=key, **sent.model_dump()))


@router.post("/{path:name}/cases", response={201: CasesOut, **REFUSALS})
def cases(request: HttpRequest, name: str, sent: CasesIn, key: str = KEY) -> Status[Any]:
    """Open an optimistic, a most likely and a pessimistic branch on this scenario, all three or none."""
    who = access(request)
    who.require(Right.BRANCH)
    body = sent.model_dump()
    title = body.pop("name")
    return Status(201, open_cases(who, title, parent=name, axes=axes_of(question_of(name).snapshot), key=key, **body))
