"""A clock that jumps by a day, or over a change to summer time: what happened is ordered by number, never by time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from equipoise_web.access import access_of
from equipoise_web.actions.add_comment import add_comment
from equipoise_web.actions.make_token import make_token
from equipoise_web.actions.propose_adjustment import propose_adjustment
from equipoise_web.actions.rule_adjustment import rule_adjustment
from equipoise_web.actions.verify_chain import verify_chain
from equipoise_web.reads.scenarios import question_of, working_scenario
from equipoise_web.reads.snapshots import axes_of
from equipoise_web.records.models import ApiToken, AuditEntry, Comment

BEGAN = datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC)
JUMPS = [timedelta(0), timedelta(days=1), timedelta(days=-1), timedelta(seconds=1), timedelta(days=-366)]
INPUT = {"kind": "demand_override", "scope": {"item": "tool"}, "reason": "second shelf"}


@pytest.fixture
def clock(monkeypatch):
    def set_to(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return set_to


def test_the_chain_and_the_adjustments_are_in_order_of_their_numbers(digest, person, clock):
    planner, boss = access_of(person("pat", "demand_planner")), access_of(person("boss", "executive"))
    root = working_scenario()
    axes = axes_of(root.snapshot)
    made = []
    for number, jump in enumerate(JUMPS):
        clock(BEGAN + jump)
        sent = {**INPUT, "amount": f"+{number + 1}%"}
        made.append(propose_adjustment(planner, sent, scenario=root.name, axes=axes)["id"])
    clock(BEGAN + timedelta(days=2))
    rule_adjustment(boss, made[0], "rejected", because="too much")
    clock(BEGAN - timedelta(days=2))
    rule_adjustment(planner, made[0], "proposed")
    assert verify_chain().faults == ()
    moments = list(AuditEntry.objects.order_by("seq").values_list("at", flat=True))
    assert moments != sorted(moments)
    assert [each.id for each in question_of(root.name).adjustments] == made, "the last ruling counts, not the latest"


def test_a_moment_has_one_digest_in_every_zone(digest, person, clock, settings):
    planner = access_of(person("pat", "demand_planner"))
    before_and_after_summer_time = [
        datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=ZoneInfo("Europe/Berlin")) for fold in (0, 1)
    ]
    for moment in before_and_after_summer_time:
        clock(moment)
        add_comment(planner, "plan:x", f"at {moment.isoformat()}")
    settings.TIME_ZONE = "Asia/Kathmandu"
    assert verify_chain().faults == ()
    first, second = Comment.objects.order_by("id").values_list("at", flat=True)
    assert second - first == timedelta(hours=1)


def test_a_token_that_was_made_on_a_leap_day_ends_on_its_day(person, clock, db):
    clock(BEGAN)
    made = make_token(access_of(person("pat", "analyst")), "nightly", ["read"], days=365)
    assert ApiToken.objects.get(pk=made["id"]).expires_at == BEGAN + timedelta(days=365)
