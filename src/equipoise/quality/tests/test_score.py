"""The score: exact on small numbers, and mending never lowers it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.core.finding import Severity
from equipoise.quality.score import WEIGHTS, Mark, overall_score, share_touched, table_scores

ROWS = {"items": 20, "prices": 50, "sales_history": 4000}
MONEY = 1000.0

marks = st.builds(
    Mark,
    table=st.sampled_from([*ROWS, "not_given"]),
    severity=st.sampled_from(list(Severity)),
    rows=st.integers(1, 60),
    amount=st.none() | st.floats(0.0, 3000.0),
)


def scored(found):
    scores = table_scores(ROWS, found, money=MONEY)
    return overall_score(scores), scores


def test_without_findings_everything_is_100():
    assert scored([]) == (100.0, dict.fromkeys(ROWS, 100.0))
    assert overall_score({}) == 100.0


def test_findings_of_one_table_let_through_what_is_left():
    found = [Mark("items", Severity.ERROR, 10, None), Mark("items", Severity.WARNING, 8, None)]
    # 1 − 0.6 × 10/20 = 0.7; 1 − 0.25 × 8/20 = 0.9; 0.7 × 0.9 = 0.63; overall (263 / 3 + 63) / 2 = 75.33
    assert scored(found) == (75.3, {"items": 63.0, "prices": 100.0, "sales_history": 100.0})


@pytest.mark.parametrize(
    ("rows", "amount", "money", "share"),
    [
        (1, None, 1000.0, 0.1),
        (1, 250.0, 1000.0, 0.25),
        (5, 250.0, 1000.0, 0.5),
        (1, 250.0, 0.0, 0.1),
        (1, 9e9, 1000.0, 1.0),
        (30, None, 1000.0, 1.0),
    ],
)
def test_a_share_is_the_larger_of_rows_and_money_and_at_most_all(rows, amount, money, share):
    assert share_touched(Mark("t", Severity.NOTE, rows, amount), rows=10, money=money) == share


def test_one_row_in_a_million_still_shows():
    assert table_scores({"t": 1_000_000}, [Mark("t", Severity.NOTE, 1, None)], money=0.0) == {"t": 99.9}


def test_worse_severities_weigh_more():
    assert [WEIGHTS[s] for s in Severity] == sorted((WEIGHTS[s] for s in Severity), reverse=True)
    assert len({WEIGHTS[s] for s in Severity}) == len(Severity)


@given(st.lists(marks, min_size=1, max_size=8), st.data())
def test_mending_a_finding_never_lowers_a_score(found, data):
    place = data.draw(st.integers(0, len(found) - 1))
    mark = found[place]
    milder = list(Severity)[min(mark.severity.rank + 1, 3)]
    mended = data.draw(
        st.sampled_from(
            [
                [],
                [replace(mark, rows=mark.rows - 1)],
                [replace(mark, amount=None if mark.amount is None else mark.amount / 2.0)],
                [replace(mark, severity=milder)],
            ]
        )
    )
    before, tables_before = scored(found)
    after, tables_after = scored(found[:place] + mended + found[place + 1 :])
    assert after >= before
    assert all(tables_after[name] >= tables_before[name] for name in ROWS)
    assert 0.0 <= before <= 100.0
