"""Steady sales by market and ramps by bucket, computed by hand."""

from datetime import date

import pytest

from equipoise.core.adjustment import Amount, Scope, WrongAdjustment
from equipoise.portfolio.changes import MoveEnd, MoveLaunch, ResizeLaunch
from equipoise.portfolio.tests.company import planned, rows

RAMP, STEADY = "launch_ramp_ratio", "launch_steady_qty"
ITEMS = {"item": ["saw", "axe", "old"], "family": ["tools"] * 3, "lifecycle": ["launch", "", ""]}
COLUMNS = "item market launch_date steady_qty like_item ramp gate"


def launched(*values, changes=(), sales=None, **more):
    tables = {"items": ITEMS, "launches": rows(COLUMNS, *values)}
    if sales:
        day = date(2026, 11, 1)
        tables["sales_history"] = rows(
            "item market date ordered_qty", *((item, market, day, float(q)) for (item, market), q in sales.items())
        )
    return planned(tables, *changes, wanted=("axe", "old"), **more)


def saw(market="", day=date(2027, 2, 10), steady=60.0, like="", ramp="20;50;80", gate=""):
    return ("saw", market, day, steady, like, ramp, gate)


def test_the_ramp_begins_with_the_bucket_of_the_launch_and_ends_at_all():
    answer = launched(saw())
    assert answer.row(RAMP, "saw") == [0, 0.2, 0.5, 0.8, 1, 1]
    assert answer.row(STEADY, "saw") == [0, 20, 20, 20, 20, 20]
    assert answer.row(RAMP, "axe") == answer.row(STEADY, "axe") == [0] * 6


def test_a_ramp_counts_weeks_where_buckets_are_weeks():
    """Launched on a Wednesday, 13 January: 5 of the 7 days of the second week."""
    answer = launched(saw(day=date(2027, 1, 13)), start=date(2027, 1, 4), bucket="week")
    assert answer.row(RAMP, "saw") == [0, 0.2, 0.5, 0.8, 1, 1]
    assert answer.row("demand_active_ratio", "saw") == [0, 5 / 7, 1, 1, 1, 1]


def test_no_ramp_is_all_from_the_start():
    assert launched(saw(ramp="")).row(RAMP, "saw") == [0, 1, 1, 1, 1, 1]


def test_a_ramp_under_way_is_where_it_is():
    """Launched in November: January is its third bucket; the panel begins with November."""
    answer = launched(saw(day=date(2026, 11, 5)))
    panel = answer.section.panel_of(RAMP)
    assert panel.first == -2
    assert answer.row(RAMP, "saw") == [0.2, 0.5, 0.8, 1, 1, 1, 1, 1]


def test_a_launch_of_long_ago_plans_nothing_any_more():
    answer = launched(saw(day=date(2024, 9, 1)))
    assert answer.row(RAMP, "saw") == [0] * 6
    assert answer.section.panel_of(RAMP).first == 0
    assert launched(saw(day=date(2024, 11, 1))).section.panel_of(RAMP).first == -26


def test_a_total_reaches_its_markets_like_the_like_item():
    sales = {("old", "berlin"): 100, ("old", "madrid"): 200, ("axe", "paris"): 999}
    assert launched(saw(like="old"), sales=sales).column(STEADY, "saw", 5) == [20, 40, 0]


def test_a_total_reaches_its_markets_like_the_family_else_equally():
    """The old one sells all in Berlin, the axe (in dozens or not) a quarter there: 125 to 75."""
    sales = {("old", "berlin"): 100, ("axe", "berlin"): 600, ("axe", "paris"): 1800}
    assert launched(saw(), sales=sales).column(STEADY, "saw", 5) == [37.5, 0, 22.5]
    assert launched(saw()).column(STEADY, "saw", 5) == [20, 20, 20]


def test_rows_below_are_parts_of_a_total():
    answer = launched(saw(steady=100.0), saw("south", steady=50.0), saw("paris", steady=10.0))
    assert answer.column(STEADY, "saw", 5) == [50, 40, 10]
    assert answer.findings("PF122") == []


def test_parts_above_their_total_are_told():
    answer = launched(saw(steady=30.0), saw("south", steady=50.0))
    assert answer.column(STEADY, "saw", 5) == [0, 25, 25]
    assert [f.message for f in answer.findings("PF122")] == ["saw in all markets: 30 a bucket, its markets 50"]


def test_the_order_of_rows_does_not_matter():
    given = [saw(steady=100.0), saw("south", steady=50.0), saw("paris", steady=10.0)]
    assert launched(*given).section.digest == launched(*reversed(given)).section.digest


@pytest.mark.parametrize("ramp", ["20,5;50", "a;b", "50;;80", "-10;50", "nan;50"])
def test_a_ramp_that_cannot_be_read(ramp):
    answer = launched(saw(ramp=ramp))
    assert answer.row(RAMP, "saw") == [0, 1, 1, 1, 1, 1]
    assert [f.code for f in answer.findings("PF121")] == ["PF121"]


def test_gates_are_asked_for_where_the_company_keeps_them():
    assert launched(saw()).findings("PF123") == []
    answer = launched(saw(gate="approved"), saw("paris"))
    assert [(f.code, f.count) for f in answer.findings("PF123")] == [("PF123", 1)]
    assert "saw in paris" in answer.findings("PF123")[0].message


def test_a_slip_takes_the_ramp_along():
    answer = launched(saw(), changes=[(MoveLaunch(date(2027, 4, 1)), Scope(item="saw", market="paris"))])
    assert answer.row(RAMP, "saw", "berlin") == [0, 0.2, 0.5, 0.8, 1, 1]
    assert answer.row(RAMP, "saw", "paris") == [0, 0, 0, 0.2, 0.5, 0.8]
    assert answer.row(STEADY, "saw", "paris") == [0, 0, 0, 20, 20, 20]


@pytest.mark.parametrize(
    ("change", "scope", "expected"),
    [
        (ResizeLaunch(Amount("set", 90.0)), Scope(item="saw"), [45, 40, 5]),
        (ResizeLaunch(Amount("scale", 10.0)), Scope(item="saw"), [99, 88, 11]),
        (ResizeLaunch(Amount("add", -9.0)), Scope(item="saw", market="south"), [90, 72, 9]),
        (ResizeLaunch(Amount("set", 0.0)), Scope(item="saw", market="paris"), [90, 80, 0]),
    ],
)
def test_a_launch_of_another_size(change, scope, expected):
    """90 in Berlin, 80 and 10 in the south."""
    given = [saw(steady=180.0), saw("madrid", steady=80.0), saw("paris", steady=10.0)]
    answer = launched(*given, changes=[(change, scope)])
    assert answer.column(STEADY, "saw", 5) == pytest.approx(expected, abs=1e-5)


def test_a_launch_of_nothing_has_no_ramp_that_a_like_item_could_fill():
    answer = launched(saw(like="old"), changes=[(ResizeLaunch(Amount("set", 0.0)), Scope(item="saw"))])
    assert answer.row(RAMP, "saw") == [0] * 6


def test_another_ramp_alone():
    answer = launched(saw(), changes=[(ResizeLaunch(ramp="10;100"), Scope(item="saw", market="north"))])
    assert answer.row(RAMP, "saw", "berlin") == [0, 0.1, 1, 1, 1, 1]
    assert answer.row(RAMP, "saw", "paris") == [0, 0.2, 0.5, 0.8, 1, 1]
    assert answer.row(STEADY, "saw") == [0, 20, 20, 20, 20, 20]


@pytest.mark.parametrize(
    ("change", "item", "says"),
    [
        (ResizeLaunch(Amount("set", 9.0)), "axe", "nothing in its scope is launched"),
        (ResizeLaunch(Amount("scale", 10.0)), "saw", "take their level from a like item"),
        (ResizeLaunch(Amount("add", 10.0)), "spade", "no item 'spade'"),
    ],
)
def test_a_size_that_cannot_be_changed_is_told(change, item, says):
    answer = launched(saw(steady=None, like="old"), changes=[(change, Scope(item=item))])
    (found,) = answer.findings("PF130")
    assert says in found.message
    assert answer.row(STEADY, "saw") == [0] * 6


def test_less_than_nothing_is_refused():
    answer = launched(saw(), changes=[(ResizeLaunch(Amount("add", -100.0)), Scope(item="saw"))])
    assert answer.findings("PF130")[0].message == "steady sales would fall to -40"
    assert answer.row(STEADY, "saw")[5] == 20


def test_changes_refuse_what_makes_no_sense():
    with pytest.raises(WrongAdjustment, match="needs an amount"):
        ResizeLaunch()
    with pytest.raises(WrongAdjustment, match="must be 0 or more"):
        ResizeLaunch(Amount("set", -1.0))
    with pytest.raises(WrongAdjustment, match="ramp 'x' must be percents"):
        ResizeLaunch(ramp="x")


def test_what_conflicts():
    early, late = MoveLaunch(date(2027, 2, 1)), MoveLaunch(date(2027, 3, 1))
    assert early.conflicts_with(late) and not early.conflicts_with(early)
    assert not early.conflicts_with(MoveEnd(date(2027, 3, 1)))
    assert MoveEnd(date(2027, 2, 1)).conflicts_with(MoveEnd(date(2027, 3, 1)))
    fixed, more = ResizeLaunch(Amount("set", 9.0)), ResizeLaunch(Amount("scale", 5.0))
    assert fixed.conflicts_with(more) and not more.conflicts_with(ResizeLaunch(Amount("scale", 6.0)))
    assert ResizeLaunch(ramp="10").conflicts_with(ResizeLaunch(ramp="20"))
