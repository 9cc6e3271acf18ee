"""What people type, where it counts, and whether it still stands."""

from datetime import date

import pytest

from equipoise.core.adjustment import Adjustment, Amount, Ruling, Scope, WrongAdjustment, standing
from equipoise.core.policy_change import SetPolicy


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1200", Amount("set", 1200.0)),
        ("1,200.5", Amount("set", 1200.5)),
        ("12,345,678", Amount("set", 12345678.0)),
        ("1.2k", Amount("set", 1200.0)),
        ("3M", Amount("set", 3e6)),
        (" + 50 ", Amount("add", 50.0)),
        ("-50", Amount("add", -50.0)),
        ("−50", Amount("add", -50.0)),
        ("+10%", Amount("scale", 10.0)),
        ("−2.5 %", Amount("scale", -2.5)),
    ],
)
def test_what_is_typed_is_kept_as_typed(text: str, amount: Amount) -> None:
    assert Amount.parse(text) == amount


@pytest.mark.parametrize("text", ["", "abc", "10%", "+", "1.2.3", "--5", "1e5", "+-5", "1,5", "1,23,456", "nan"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(WrongAdjustment):
        Amount.parse(text)


@pytest.mark.parametrize("text", ["8,796,093,022,209", "-9000000m", "+" + "9" * 400 + "%"])
def test_an_amount_beyond_every_exact_sum_is_refused(text: str) -> None:
    with pytest.raises(WrongAdjustment, match="too large for an amount; give at most 8,796,093,022,208"):
        Amount.parse(text)


def test_an_amount_applies_to_a_total() -> None:
    assert Amount("set", 7.0).apply_to(100.0) == 7.0
    assert Amount("add", -7.0).apply_to(100.0) == 93.0
    assert Amount("scale", 10.0).apply_to(100.0) == pytest.approx(110.0)


def test_scopes_meet_unless_their_days_lie_apart() -> None:
    april = Scope(item="saw", first=date(2027, 4, 1), last=date(2027, 4, 30))
    may = Scope(item="tools", first=date(2027, 5, 1), last=date(2027, 5, 31))
    assert april.meets(april) and april.meets(Scope()) and Scope().meets(april)
    assert not april.meets(may) and not may.meets(april)
    assert april.meets(Scope(first=date(2027, 4, 30)))
    assert not april.meets(Scope(last=date(2027, 3, 31)))


def adjustment(id: str, seq: int, *supersedes: str) -> Adjustment:
    return Adjustment(id, SetPolicy("workforce", "integer"), seq=seq, supersedes=supersedes)


def test_the_last_ruling_stands() -> None:
    one = adjustment("a", 1)
    for verdicts, stands in (
        ((), True),
        (("proposed",), True),
        (("accepted",), True),
        (("rejected",), False),
        (("withdrawn", "accepted"), True),
        (("accepted", "withdrawn"), False),
    ):
        rulings = [Ruling("a", verdict) for verdict in verdicts]  # type: ignore[arg-type]
        assert bool(standing([one], rulings)) is stands, verdicts


def test_order_is_given_by_seq_not_by_arrival() -> None:
    assert [a.id for a in standing([adjustment("b", 2), adjustment("c", 1), adjustment("a", 2)])] == ["c", "a", "b"]


def test_what_is_superseded_counts_again_when_its_successor_is_withdrawn() -> None:
    both = [adjustment("a", 1), adjustment("b", 2, "a")]
    assert [a.id for a in standing(both)] == ["b"]
    assert [a.id for a in standing(both, [Ruling("b", "withdrawn")])] == ["a"]
