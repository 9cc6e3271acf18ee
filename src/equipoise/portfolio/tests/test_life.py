"""When items are sold and when their demand passes on. Days counted by hand: January 2027 has 31, February 28."""

from datetime import date

import pytest

from equipoise.core.adjustment import Scope
from equipoise.portfolio.changes import MoveEnd, MoveLaunch
from equipoise.portfolio.tests.company import planned, rows, share

ACTIVE, PASSED = "demand_active_ratio", "demand_succeeded_ratio"


def items(*values, columns="item lifecycle launch_date end_date predecessor successor"):
    return {"items": rows(columns, *values)}


def saw_and_axe(**saw):
    """The saw as given, the axe active."""
    columns = ["item", *saw]
    axe = ["axe", *("" if isinstance(value, str) else None for value in saw.values())]
    return items(("saw", *saw.values()), tuple(axe), columns=" ".join(columns))


def test_the_launch_of_a_market_beats_the_items_own_day():
    launches = rows("item market launch_date", ("saw", "south", date(2027, 3, 1)), ("saw", "paris", date(2027, 4, 16)))
    answer = planned({**saw_and_axe(launch_date=date(2027, 2, 1)), "launches": launches})
    assert answer.row(ACTIVE, "saw", "berlin") == [0, 1, 1, 1, 1, 1]
    assert answer.row(ACTIVE, "saw", "madrid") == [0, 0, 1, 1, 1, 1]
    assert answer.row(ACTIVE, "saw", "paris") == [0, 0, 0, share(15, 30), 1, 1]
    assert answer.row(ACTIVE, "axe", "paris") == [1] * 6


def test_a_launch_of_an_item_that_nobody_asked_for_makes_its_rows():
    launches = rows("item market launch_date", ("saw", "", date(2027, 2, 1)), ("saw", "paris", date(2027, 4, 1)))
    answer = planned({**saw_and_axe(lifecycle="launch"), "launches": launches}, wanted=("axe",))
    assert answer.column(ACTIVE, "saw", 1) == [1, 1, 0]
    assert answer.column(ACTIVE, "saw", 3) == [1, 1, 1]


def test_demand_passes_on_the_day_after_the_end():
    answer = planned(saw_and_axe(end_date=date(2027, 2, 14), successor="axe"))
    assert answer.row(ACTIVE, "saw") == [1, share(14, 28), 0, 0, 0, 0]
    assert answer.row(PASSED, "saw") == [0, share(14, 28), 1, 1, 1, 1]
    assert answer.row(PASSED, "axe") == [0] * 6
    assert answer.findings() == []


def test_what_has_ended():
    """In the middle of February here, never there; a launch after the horizon is no end."""
    answer = planned(
        {
            **items(
                ("saw", "", None, date(2027, 2, 14), "", ""),
                ("axe", "launch", date(2028, 1, 1), None, "", ""),
                ("old", "obsolete", None, None, "", ""),
            ),
        },
        wanted=("saw", "axe", "old"),
    )
    assert answer.row("demand_ended_ratio", "saw") == [0, share(14, 28), 1, 1, 1, 1]
    assert answer.row("demand_ended_ratio", "axe") == [0] * 6
    assert answer.row("demand_ended_ratio", "old") == [1] * 6


def test_without_an_end_the_successors_launch_ends_an_item_in_each_market():
    launches = rows("item market launch_date", ("axe", "", date(2027, 3, 1)), ("axe", "paris", date(2027, 5, 1)))
    answer = planned({**saw_and_axe(successor="axe"), "launches": launches})
    assert answer.row(ACTIVE, "saw", "berlin") == [1, 1, 0, 0, 0, 0]
    assert answer.row(PASSED, "saw", "berlin") == [0, 0, 1, 1, 1, 1]
    assert answer.row(PASSED, "saw", "paris") == [0, 0, 0, 0, 1, 1]
    assert [f.code for f in answer.findings()] == ["PF115"]


def test_the_predecessor_column_says_the_same():
    both = {"predecessor": ["", "saw"], "launch_date": [None, date(2027, 3, 1)], "end_date": [date(2027, 2, 28), None]}
    answer = planned({"items": {"item": ["saw", "axe"], **both}})
    assert answer.row(PASSED, "saw") == [0, 0, 1, 1, 1, 1]
    assert answer.findings() == []


def test_a_gap_belongs_to_nobody_and_is_told():
    answer = planned(
        items(
            ("saw", "phase_out", None, date(2027, 1, 31), "", "axe"),
            ("axe", "launch", date(2027, 3, 1), None, "", ""),
        )
    )
    assert answer.row(ACTIVE, "saw") == [1, 0, 0, 0, 0, 0]
    assert answer.row(PASSED, "saw") == [0, 0, 1, 1, 1, 1]
    (found,) = answer.findings()
    assert (found.code, found.count) == ("PF112", 28)
    assert found.message == "28 days: saw in berlin ends 2027-01-31, axe is launched 2027-03-01"


def test_while_both_are_sold_the_predecessor_keeps_its_demand():
    answer = planned(
        items(
            ("saw", "phase_out", None, date(2027, 3, 31), "", "axe"),
            ("axe", "launch", date(2027, 2, 1), None, "", ""),
        )
    )
    assert answer.row(ACTIVE, "saw") == [1, 1, 1, 0, 0, 0]
    assert answer.row(PASSED, "saw") == [0, 0, 0, 1, 1, 1]
    (found,) = answer.findings()
    assert (found.code, found.count) == ("PF113", 59)


def test_an_old_launch_of_an_established_successor_is_no_overlap():
    answer = planned(
        items(
            ("saw", "phase_out", None, date(2027, 3, 31), "", "axe"),
            ("axe", "active", date(2019, 1, 1), None, "", ""),
        )
    )
    assert answer.row(PASSED, "saw") == [0, 0, 0, 1, 1, 1]
    assert answer.findings() == []


def test_an_end_that_a_launch_of_long_ago_made_is_told():
    answer = planned(items(("saw", "", None, None, "", "axe"), ("axe", "", date(2019, 1, 1), None, "", "")))
    assert answer.row(ACTIVE, "saw") == [0] * 6
    assert answer.row(PASSED, "saw") == [1] * 6
    assert [f.message for f in answer.findings("PF115")] == [
        "saw in berlin ends 2018-12-31, axe is launched 2019-01-01"
    ]


def test_an_obsolete_item_has_passed_on():
    answer = planned(saw_and_axe(lifecycle="obsolete", successor="axe"))
    assert answer.row(ACTIVE, "saw") == [0] * 6
    assert answer.row(PASSED, "saw") == [1] * 6


def test_a_circle_passes_nothing_on():
    answer = planned(items(("saw", "", None, None, "", "axe"), ("axe", "", None, date(2027, 2, 28), "", "saw")))
    assert answer.row(PASSED, "saw") == answer.row(PASSED, "axe") == [0] * 6
    assert [(f.code, f.message) for f in answer.findings()] == [("PF110", "axe → saw → axe")]


def test_two_items_that_name_one_predecessor():
    answer = planned(
        items(
            ("saw", "", None, date(2027, 1, 31), "", ""),
            ("axe", "", None, None, "saw", ""),
            ("hoe", "", None, None, "saw", ""),
        ),
        wanted=("saw", "axe", "hoe"),
    )
    assert answer.row(PASSED, "saw") == [0, 1, 1, 1, 1, 1]
    assert [(f.code, f.message) for f in answer.findings()] == [
        ("PF111", "saw passes to axe, and hoe names it as predecessor too")
    ]


def test_a_successor_gets_the_markets_of_its_predecessors():
    answer = planned(saw_and_axe(successor="axe", end_date=date(2027, 1, 31)), wanted=("saw",))
    assert answer.row(ACTIVE, "axe", "paris") == [1] * 6


@pytest.mark.parametrize(("lifecycle", "code"), [("launch", "PF120"), ("phase_out", "PF114")])
def test_a_life_without_a_day_is_told(lifecycle, code):
    answer = planned(saw_and_axe(lifecycle=lifecycle))
    assert [(f.code, f.where) for f in answer.findings()] == [(code, "items saw")]
    assert answer.row(ACTIVE, "saw") == [1] * 6


def test_an_end_before_the_launch_of_a_market():
    launches = rows("item market launch_date", ("saw", "paris", date(2027, 5, 1)))
    answer = planned({**saw_and_axe(end_date=date(2027, 3, 31)), "launches": launches})
    assert answer.row(ACTIVE, "saw", "paris") == [0] * 6
    assert [f.code for f in answer.findings()] == ["PF102"]


def test_a_launch_slips_in_the_markets_of_the_scope():
    launches = rows("item market launch_date", ("saw", "", date(2027, 2, 1)))
    tables = {**saw_and_axe(lifecycle="launch"), "launches": launches}
    slip = (MoveLaunch(date(2027, 4, 1)), Scope(item="saw", market="south"))
    answer = planned(tables, slip)
    assert answer.column(ACTIVE, "saw", 1) == [1, 0, 0]
    assert answer.column(ACTIVE, "saw", 3) == [1, 1, 1]
    later = (MoveLaunch(date(2027, 5, 1)), Scope(item="saw", market="paris"))
    assert planned(tables, slip, later).column(ACTIVE, "saw", 3) == [1, 1, 0]


def test_a_slipped_launch_moves_the_end_of_the_predecessor_too():
    tables = items(("saw", "", None, None, "", "axe"), ("axe", "launch", date(2027, 3, 1), None, "", ""))
    answer = planned(tables, (MoveLaunch(date(2027, 5, 1)), Scope(item="axe")))
    assert answer.row(ACTIVE, "saw") == [1, 1, 1, 1, 0, 0]
    assert answer.row(PASSED, "saw") == [0, 0, 0, 0, 1, 1]


def test_an_end_moves_by_market():
    answer = planned(
        saw_and_axe(lifecycle="phase_out", successor="axe", end_date=date(2027, 5, 31)),
        (MoveEnd(date(2027, 2, 28)), Scope(item="saw", market="north")),
    )
    assert answer.column(ACTIVE, "saw", 2) == [0, 1, 1]
    assert answer.column(PASSED, "saw", 2) == [1, 0, 0]


@pytest.mark.parametrize(
    ("scope", "says"),
    [
        (Scope(item="axe"), "nothing in its scope has a launch to move"),
        (Scope(item="spade"), "no item 'spade'"),
    ],
)
def test_a_change_that_reaches_nothing_is_told(scope, says):
    answer = planned(saw_and_axe(lifecycle="launch"), (MoveLaunch(date(2027, 4, 1)), scope))
    (found,) = answer.findings("PF130")
    assert says in found.message and found.where == "adjustment a0"
