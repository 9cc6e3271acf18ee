"""The mark of a hold says who holds the cell and until when, at the cell and above it, and in what is refused there."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from equipoise_web.records.models import ScenarioRecord

from .test_grid_pages import CONSENSUS, MARCH, Hands

FAMILY, ROW, OTHER = "Oral care", "Oral care/OR-01", "Oral care/OR-02"


@pytest.fixture
def sit(client, person, monkeypatch, demo_digest):
    now = datetime(2026, 11, 26, 12, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    ScenarioRecord.objects.update(opened_at=now)
    return lambda role, name, **scope: Hands(client, person(name, role, **scope))


def hold(hands, *rows, mark=MARCH, until=None):
    more = {} if until is None else {"expires_on": until}
    answer = hands.post("edit", cells=[[CONSENSUS, row, mark, ""] for row in rows], is_hold=True, **more)
    assert (answer.status_code, hands.last["rejected"]) == (200, [])
    return hands.last


def words(told, hands, row, mark=MARCH):
    """What the runs of a header say of a cell, as the script of the page reads them."""
    node = hands.header["keys"].index(row)
    column = [each["mark"] for each in hands.header["columns"]].index(mark)
    said = [number for at, first, last, number in told["held"]["runs"] if at == node and first <= column <= last]
    assert len(said) <= 1
    return told["held"]["words"][said[0]] if said else ""


def test_a_held_cell_names_its_owner_and_last_day_and_others_say_nothing(sit):
    me = sit("demand_planner", "dana")
    told = hold(me, ROW)
    assert words(told, me, ROW) == "held by dana until 31 Dec 2026"
    assert [words(told, me, row, mark) for row, mark in ((ROW, "5"), (OTHER, MARCH), (FAMILY, MARCH))] == [""] * 3
    assert me.load().header["held"] == told["held"]
    assert words(hold(me, OTHER, until=""), me, OTHER) == "held by dana as long as the cycle"


def test_words_travel_only_where_other_holds_stand(sit):
    me = sit("demand_planner", "dana")
    assert me.header["held"] == {"words": [], "runs": []}
    hold(me, ROW)
    assert me.edit((CONSENSUS, OTHER, MARCH, "+10")).status_code == 200
    assert "held" not in me.last
    me.post("undo")
    me.post("undo")
    assert me.last["held"] == {"words": [], "runs": []}
    assert not me.mark(CONSENSUS, ROW) & 4


def test_of_several_who_hold_parts_the_first_day_is_told(sit):
    one, two = sit("demand_planner", "dana"), sit("coordinator", "eli")
    items = [row for row in one.header["keys"] if row.startswith(f"{FAMILY}/")]
    hold(one, *items[:2])
    told = hold(two, *items[2:], until="2026-12-10")
    assert two.mark(CONSENSUS, FAMILY) & 4
    assert words(told, two, FAMILY) in (
        "held by dana, eli, the first until 10 Dec 2026",
        "held by eli, dana, the first until 10 Dec 2026",
    )
    assert words(told, two, items[0]) == "held by dana until 31 Dec 2026"
    assert words(told, two, items[2]) == "held by eli until 10 Dec 2026"


def test_what_is_refused_there_says_whom_to_ask(sit):
    hold(sit("demand_planner", "dana"), ROW)
    other = sit("coordinator", "eli")
    assert other.edit((CONSENSUS, ROW, MARCH, "+10")).status_code == 200
    (refused,) = other.last["rejected"]
    assert refused["because"] == "It is held by dana until 31 Dec 2026; its owner can let it go."


def test_who_sees_no_part_of_it_reads_no_name(sit):
    hold(sit("demand_planner", "dana"), ROW)
    narrow = sit("demand_planner", "nora", item="family:Hair care")
    assert narrow.header["held"] == {"words": [], "runs": []}


def test_who_sees_a_part_reads_no_name_of_who_holds_more(sit):
    """Beside one's own hold in one market stands another in all markets, which is not for who sees one of them."""

    def look(hands):
        hands.client.force_login(hands.user)
        return hands.load()

    dana, nora = sit("demand_planner", "dana"), sit("demand_planner", "nora", market="North")
    hold(nora, ROW)
    hold(look(dana), ROW, until="2026-12-10")
    assert words(look(nora).header, nora, ROW) == "held by nora until 31 Dec 2026"
    assert words(look(dana).header, dana, ROW) == "held by nora, dana, the first until 10 Dec 2026"
