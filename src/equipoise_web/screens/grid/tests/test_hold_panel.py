"""The panel of a held cell: until when, and its two forms, sent as the script of the page sends them."""

import re
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from equipoise_web.actions.end_holds import end_holds
from equipoise_web.records.models import AdjustmentRecord, GridStep, RulingRecord, ScenarioRecord

from .test_grid_pages import CONSENSUS, MARCH, Hands

ROW = "Oral care/OR-01"
CELL = [CONSENSUS, ROW, MARCH, ""]
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch, demo_digest):
    def set_to(*day):
        monkeypatch.setattr(timezone, "now", lambda: datetime(*day, 12, tzinfo=UTC))

    set_to(2026, 11, 26)
    ScenarioRecord.objects.update(opened_at=NOW)
    return set_to


@pytest.fixture
def sit(client, person, clock):
    return lambda role, name="me", **scope: Hands(client, person(name, role, **scope))


@pytest.fixture
def me(sit):
    """A planner who holds a cell until the usual day."""
    hands = sit("demand_planner")
    assert hands.post("edit", cells=[CELL], is_hold=True).status_code == 200
    return hands


def hold_of(row=ROW, mark=MARCH):
    return AdjustmentRecord.objects.filter(kind="demand_hold").latest("seq")


def panel(hands):
    hands.client.force_login(hands.user)
    answer = hands.client.get(reverse("grid:cell"), {"line": CONSENSUS, "row": ROW, "at": MARCH})
    return answer.context["cell"].holds, answer.content.decode()


def test_a_hold_has_the_end_of_the_next_month_unless_another_day_is_named(sit):
    hands = sit("demand_planner")
    for more, until in (
        ({}, "2026-12-31"),
        ({"expires_on": "2026-11-30"}, "2026-11-30"),
        ({"expires_on": ""}, None),
    ):
        assert hands.post("edit", cells=[CELL], is_hold=True, **more).status_code == 200
        assert hold_of().body.get("expires_on") == until
        words = f"until {date.fromisoformat(until):%d %b %Y}" if until else "as long as the cycle"
        assert hands.last["step"]["label"] == f"Held Consensus, Toothpaste mint, Mar 2027, {words}"
        assert hands.post("undo").status_code == 200
    for wrong, said in (("2026-11-25", "has passed, it is 2026-11-26 here"), ("soon", "is not a date")):
        answer = hands.post("edit", cells=[CELL], is_hold=True, expires_on=wrong)
        assert (answer.status_code, said in answer.json()["error"]) == (422, True)


@pytest.mark.parametrize(
    ("day", "left", "said"),
    [
        ((2026, 12, 23), None, ""),
        ((2026, 12, 24), 7, "7 days left"),
        ((2026, 12, 30), 1, "1 day left"),
        ((2026, 12, 31), 0, "last day"),
    ],
)
def test_the_panel_says_until_when_and_how_few_days_are_left(me, clock, day, left, said):
    clock(*day)
    (hold,), shown = panel(me)
    assert (hold.until, hold.days_left, hold.is_mine) == (date(2026, 12, 31), left, True)
    assert "until 31 Dec 2026" in shown
    assert re.findall(r'<span class="badge watch">(.*?)</span>', shown) == [said] * bool(said)


def test_after_its_last_day_the_cell_is_held_no_longer(me, clock):
    me.load()
    assert me.mark(CONSENSUS, ROW) & 4
    clock(2027, 1, 1)
    before = me.state
    assert [each.owner for each in end_holds()] == ["me"]
    me.client.force_login(me.user)  # the session has ended by then
    me.load()
    assert me.state != before
    assert not me.mark(CONSENSUS, ROW) & 4
    assert panel(me)[0] == ()
    assert me.edit((CONSENSUS, ROW, MARCH, "+1")).status_code == 200
    assert me.last["rejected"] == []


def test_it_is_held_longer_in_its_place_and_that_can_be_undone(me):
    me.load()
    old = hold_of()
    answer = me.post("hold", cells=[CELL], hold=old.pk, do="extend", until="2027-02-28")
    assert answer.status_code == 200
    assert me.last["step"]["label"] == "Held until 28 Feb 2027"
    new = hold_of()
    kept = {name: old.body.get(name) for name in ("kind", "amount", "scope", "reason", "function")}
    assert {name: new.body.get(name) for name in kept} == kept
    assert (new.body["expires_on"], new.body["supersedes"]) == ("2027-02-28", [old.pk])
    assert [(hold.id, hold.until) for hold in panel(me)[0]] == [(new.pk, date(2027, 2, 28))]
    assert me.mark(CONSENSUS, ROW) & 4
    assert "Let it go with a word why" not in panel(me)[1]
    me.post("undo")
    assert [(hold.id, hold.until) for hold in panel(me)[0]] == [(old.pk, date(2026, 12, 31))]
    assert "Let it go with a word why" in panel(me)[1]
    me.post("redo")
    assert me.post("hold", cells=[CELL], hold=new.pk, do="release").status_code == 200
    assert panel(me)[0] == ()
    assert not me.mark(CONSENSUS, ROW) & 4


def test_a_blank_day_holds_it_as_long_as_the_cycle(me):
    me.post("hold", cells=[CELL], hold=hold_of().pk, do="extend", until="")
    assert me.last["step"]["label"] == "Held as long as the cycle"
    assert panel(me)[0][0].until is None
    assert "as long as the cycle" in panel(me)[1]


def test_its_owner_lets_go_every_cell_of_it_at_once(sit):
    hands = sit("demand_planner")
    hands.edit((CONSENSUS, ROW, MARCH, "+100"))
    hands.post("edit", cells=[CELL], is_hold=True)
    (hold,), shown = panel(hands)
    assert hold.count > 1
    assert f"{hold.count} cells" in shown
    answer = hands.post("hold", cells=[CELL], hold=hold.id, do="release")
    assert answer.status_code == 200
    assert hands.last["step"]["label"] == "Hold let go"
    assert not hands.mark(CONSENSUS, ROW) & 4
    assert panel(hands)[0] == ()
    verdicts = RulingRecord.objects.filter(adjustment__in=hold.ids).order_by("adjustment", "id")
    assert {(each.adjustment_id, each.verdict) for each in verdicts} >= {(id, "withdrawn") for id in hold.ids}


def test_a_coordinator_lets_go_anothers_with_a_reason_and_an_executive_too(me, sit):
    for name, role in (("boss", "coordinator"), ("chief", "executive")):
        other = sit(role, name)
        (hold,), shown = panel(other)
        assert not hold.is_mine
        assert (hold.may_release, hold.may_extend) == (True, role == "coordinator")
        assert ('data-do="extend"' in shown) is hold.may_extend
        answer = other.post("hold", cells=[CELL], hold=hold.id, do="release", because="")
        assert (answer.status_code, "needs a reason" in answer.json()["error"]) == (422, True)
        assert other.post("hold", cells=[CELL], hold=hold.id, do="release", because="It fell").status_code == 200
        assert RulingRecord.objects.latest("id").verdict == "rejected"
        me.load()
        assert me.post("edit", cells=[CELL], is_hold=True).status_code == 200


def test_whose_it_is_after_another_held_it_longer(me, sit):
    boss = sit("coordinator", "boss")
    boss.post("hold", cells=[CELL], hold=hold_of().pk, do="extend", until="2027-01-31")
    assert [(hold.by, hold.is_mine) for hold in panel(boss)[0]] == [("boss", True)]
    assert [(hold.by, hold.is_mine) for hold in panel(me)[0]] == [("boss", False)]


@pytest.mark.parametrize(("role", "status"), [("marketing", 403), ("executive", 403), ("auditor", 403), ("", 403)])
def test_who_may_not_hold_it_longer(me, sit, client, person, role, status):
    id, count = hold_of().pk, AdjustmentRecord.objects.count()
    user = person("other", role)
    client.force_login(user)
    sent = {"cells": [CELL], "hold": id, "do": "extend", "until": "2027-01-31", "seen": me.seen, "since": ""}
    answer = client.post(reverse("grid:hold"), sent, content_type="application/json")
    assert answer.status_code == status
    assert AdjustmentRecord.objects.count() == count
    if role == "marketing":
        holds = panel(type("Other", (), {"client": client, "user": user}))[0]
        assert [(hold.may_release, hold.may_extend) for hold in holds] == [(False, False)]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"hold": "nothing", "do": "release"}, "here no longer"),
        ({"do": "burn"}, "either released or extended"),
        ({"do": "extend", "until": "2026-11-25"}, "has passed"),
        ({"do": "extend", "until": "tomorrow"}, "is not a date"),
        ({"do": "release", "cells": [CELL, CELL]}, "one cell"),
        ({"do": "release", "cells": "all"}, "cells must be a list"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(me, sent, said):
    steps, rulings = GridStep.objects.count(), RulingRecord.objects.count()
    answer = me.post("hold", **{"cells": [CELL], "hold": hold_of().pk, **sent})
    assert (answer.status_code, said in answer.json()["error"]) == (422, True)
    assert (GridStep.objects.count(), RulingRecord.objects.count()) == (steps, rulings)


def test_a_hold_that_another_let_go_meanwhile_is_said_to_be_gone(me, sit):
    id = hold_of().pk
    boss = sit("coordinator", "boss")
    boss.post("hold", cells=[CELL], hold=id, do="release", because="It fell")
    answer = me.post("hold", cells=[CELL], hold=id, do="extend", until="2027-01-31")
    assert (answer.status_code, "here no longer" in answer.json()["error"]) == (422, True)
