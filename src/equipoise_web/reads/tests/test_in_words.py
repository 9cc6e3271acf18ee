"""Every kind of adjustment in a sentence, with names and buckets of the snapshot."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar

import pytest

from equipoise.codec import adjustment_from_json
from equipoise.core.adjustment import Adjustment, Amount, Scope
from equipoise.core.form_field import Field
from equipoise_web.reads.in_words import Words, words_of
from equipoise_web.reads.scenarios import working_scenario

SCOPE = {"item": "tool", "market": "retail", "first": "2027-01-01", "last": "2027-03-31"}
WHERE = "on Gardening tool in Retailers"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"kind": "demand_input", "amount": "+18%"}, f"+18% {WHERE}, Jan 2027 to Mar 2027"),
        ({"kind": "demand_override", "amount": "-50"}, f"−50 {WHERE}, Jan 2027 to Mar 2027"),
        ({"kind": "demand_override", "amount": "1.2k"}, f"1,200 in total {WHERE}, Jan 2027 to Mar 2027"),
        ({"kind": "demand_hold"}, f"Held as it stands {WHERE}, Jan 2027 to Mar 2027"),
        ({"kind": "demand_hold", "amount": 90}, f"Held at 90 {WHERE}, Jan 2027 to Mar 2027"),
        ({"kind": "promotion", "uplift_pct": 25}, f"+25% by an event {WHERE}, Jan 2027 to Mar 2027"),
        (
            {"kind": "promotion", "uplift_pct": 25, "forward_buy_pct": 10, "forward_buy_buckets": 2},
            f"+25% by an event {WHERE}, Jan 2027 to Mar 2027; 10% of the next 2 buckets bought ahead",
        ),
        ({"kind": "price", "amount": "+0.5"}, f"Price +0.5 {WHERE}, Jan 2027 to Mar 2027"),
        ({"kind": "launch_date", "launch_date": "2027-03-01"}, f"Launch on 1 Mar 2027 {WHERE}"),
        ({"kind": "end_date", "end_date": "2027-05-31"}, f"Last sold on 31 May 2027 {WHERE}"),
        ({"kind": "launch", "amount": 300}, f"Launch size 300 units a bucket {WHERE}"),
        ({"kind": "launch", "ramp": "20;50"}, f"Launch size ramp 20;50 % by bucket {WHERE}"),
        (
            {"kind": "exchange_rate", "currency": "GBP", "amount": 1.17, "scope": {"first": "2027-02-01"}},
            "Exchange rate of GBP 1.17, from Feb 2027",
        ),
        ({"kind": "set_policy", "knob": "closing_backlog", "value": False}, "Closing backlog: no"),
        ({"kind": "set_policy", "knob": "workforce", "value": "integer"}, "Workforce: integer"),
        (
            {"kind": "capacity", "amount": "+40", "scope": {"resource": "assembly", "first": "2027-02-01"}},
            "Capacity +40 hours a bucket on Assembly, from Feb 2027",
        ),
        (
            {"kind": "overtime", "amount": "+10%", "scope": {"last": "2027-02-28"}},
            "Overtime +10% on all resources, until Feb 2027",
        ),
        (
            {"kind": "production_strategy", "strategy": "hybrid", "within_pct": 10, "scope": {"item": "tool"}},
            "Production within 10% of one rate on Gardening tool",
        ),
        (
            {"kind": "production_strategy", "strategy": "level", "scope": {"last": "2027-02-28"}},
            "Level production on all items, until Feb 2027",
        ),
    ],
)
def test_every_kind_in_a_sentence(sent, said, digest):
    words = words_of(working_scenario().snapshot)
    assert words.of(adjustment_from_json({"id": "a", "scope": SCOPE, **sent})) == said


def test_a_kind_that_nobody_has_worded_says_its_fields():
    @dataclass(frozen=True)
    class SecondSource:
        supplier: Annotated[str, Field("Supplier")]
        share: Annotated[Amount, Field("Share", "of volume")]
        kind: ClassVar[str] = "second_source"
        stage: ClassVar[str] = "supply"
        phase: ClassVar[int] = 0
        on_roll: ClassVar[str] = "keep"

        def conflicts_with(self, other):
            return False

    adjustment = Adjustment("a", SecondSource("acme", Amount("scale", 20.0)), Scope(location="plant"))
    assert Words().of(adjustment) == "Second source supplier acme, share +20% at plant"


def test_days_outside_the_calendar_and_nodes_that_are_gone_are_said_as_they_are(digest):
    words = words_of(working_scenario().snapshot)
    scope = Scope(item="gone", first=date(1990, 1, 1), last=date(2027, 1, 31))
    assert words.where(Adjustment("a", adjustment_from_json({"kind": "price", "amount": 1}).change, scope)) == "on gone"
    assert words.when(scope) == "1 Jan 1990 to Jan 2027"
