"""The tornado: its swings add up to the difference they explain, its title is true for gains and losses."""

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from equipoise.core.adjustment import Adjustment, Amount, Scope
from equipoise.demand.changes import DemandOverride, PromotionEffect
from equipoise.finance.changes import ChangePrice
from equipoise.pack.charts import PHONE, chart_svg
from equipoise.pack.headline import signed_money
from equipoise.pack.palette import DARK, LIGHT
from equipoise.pack.sensitivity import Lever, sensitivity, standard_levers
from equipoise.pack.tornado import OtherSnapshot, Swing, Tornado, demand_tornado, margin_tornado, ranked
from equipoise.pack.tornado_chart import describe, tornado_chart
from equipoise.plan import compute_plan

SVG = "{http://www.w3.org/2000/svg}"
TORNADO = Tornado(
    title="Price moves margin most",
    subtitle="Margin",
    currency="EUR",
    base="€10 M",
    sides=("10% lower", "10% higher"),
    swings=(Swing("Price", -5e6, 4e6), Swing("Capacity", -2e4, -1e4), Swing("<b>Demand</b>", 0.0, 3e3)),
    has_net=False,
)


@pytest.fixture(scope="module")
def pushed(demo):
    """The demo company with an override, a price and a promotion that also takes away from later buckets."""
    first = Scope(item="family:Hair care", first=demo.head.start, last=demo.head.start)
    return compute_plan(
        demo.snapshot,
        [
            Adjustment("a1", DemandOverride(Amount("scale", 18.0)), Scope(item="family:Laundry care"), seq=1),
            Adjustment("a2", ChangePrice(Amount("scale", -3.0)), Scope(item="family:Oral care"), seq=2),
            Adjustment("a3", PromotionEffect(20.0, 10.0, 2), first, seq=3),
        ],
    )


def tornado_of(a, b, **more):
    return demand_tornado(a, b, a_name="June", b_name="Push", **more)


def by_name(tornado):
    return {swing.name: swing for swing in tornado.swings}


def test_causes_add_up_to_the_difference_of_demand_at_net_price(demo, pushed):
    whole = pushed.total("revenue_unconstrained_amount") - demo.total("revenue_unconstrained_amount")
    assert sum(swing.net for swing in tornado_of(demo, pushed).swings) == pytest.approx(whole, abs=0.5)
    assert abs(whole) > 1e6


def test_families_add_up_to_the_difference_of_margin(demo, pushed):
    whole = pushed.total("margin_gross_amount") - demo.total("margin_gross_amount")
    found = margin_tornado(demo, pushed, a_name="June", b_name="Push")
    assert sum(swing.net for swing in found.swings) == pytest.approx(whole, abs=0.5)
    assert set(by_name(found)) == {"Laundry care", "Oral care", "Hair care"}


def test_the_other_way_round_every_sign_turns(demo, pushed):
    there, back = (
        by_name(margin_tornado(demo, pushed, a_name="A", b_name="B")),
        by_name(margin_tornado(pushed, demo, a_name="B", b_name="A")),
    )
    assert {name: -swing.net for name, swing in there.items()} == {n: pytest.approx(s.net) for n, s in back.items()}


@pytest.mark.parametrize("percent", [18.0, -18.0])
def test_the_title_of_a_single_cause_has_its_sign(demo, percent):
    moved = compute_plan(
        demo.snapshot, [Adjustment("a1", DemandOverride(Amount("scale", percent)), Scope(item="family:Laundry care"))]
    )
    found = tornado_of(demo, moved, names={"a1": "The big customer"})
    assert found.title == f"Demand {signed_money('EUR', found.swings[0].net)}, all of it by The big customer"
    assert (found.swings[0].net > 0) == (percent > 0)


def test_the_title_names_the_largest_of_several(demo, pushed):
    for found, is_gain in ((tornado_of(demo, pushed), True), (tornado_of(pushed, demo), False)):
        largest, *others = found.swings
        assert all(abs(other.net) <= abs(largest.net) for other in others) and (largest.net > 0) == is_gain
        whole = signed_money("EUR", sum(swing.net for swing in found.swings))
        told = signed_money("EUR", largest.net)
        assert found.title == f"Demand {whole}; Demand: demand override +18% moves it most, by {told}"


def test_a_promotion_has_two_sides(demo, pushed):
    found = by_name(tornado_of(demo, pushed))["Demand: promotion"]
    assert found.down < 0 < found.up


def test_plans_that_are_alike_have_no_swings(demo):
    found = tornado_of(demo, demo)
    assert (found.title, found.swings, found.table().rows) == ("Demand does not differ", (), ())
    assert "<svg" in chart_svg(tornado_chart(found, width=640))


def test_causes_of_other_data_are_refused(demo, tomato):
    with pytest.raises(OtherSnapshot, match="compare them by family"):
        tornado_of(demo, tomato)


def test_what_is_too_much_shares_a_line_and_nothing_is_lost():
    swings = [Swing(f"s{n}", -float(n), 2.0 * n) for n in range(1, 21)]
    found = ranked(swings, most=6)
    assert [swing.name for swing in found] == ["s20", "s19", "s18", "s17", "s16", "15 others"]
    assert sum(swing.net for swing in found) == sum(swing.net for swing in swings)


def test_the_table_says_what_the_chart_draws(demo, pushed):
    found = margin_tornado(demo, pushed, a_name="June", b_name="Push")
    table, svg = found.table(), chart_svg(tornado_chart(found, width=640))
    assert table.heads == ("What", "Buckets that lose", "Buckets that gain", "Together", "Revenue", "Fill rate, points")
    for (name, lost, gained, *_), swing in zip(table.rows, found.swings, strict=True):
        assert (name, lost, gained) == (swing.name, signed_money("EUR", swing.down), signed_money("EUR", swing.up))
        assert all(f">{text}<" in svg for text in (name, lost, gained) if text != "0")


@pytest.mark.parametrize("width", [640, PHONE])
def test_bars_lie_on_the_side_of_their_sign_and_inside(width):
    spec = tornado_chart(TORNADO, width=width, is_titled=False).to_dict()
    layers = {layer["name"].removesuffix("_0"): spec["datasets"][layer["data"]["name"]] for layer in drawn(spec)}
    zero = layers["base"][0]["x"]
    assert [(row["x"] < zero, row["x2"] > zero) for row in layers["swings"]] == [
        (True, False), (False, True), (True, False), (True, False), (False, True)
    ]  # fmt: skip
    assert all(0 <= row["x"] <= row["x2"] <= width for row in layers["swings"])
    assert {row["color"] for row in layers["swings"]} == {LIGHT["gain"], LIGHT["loss"]}
    same_side = layers["swings"][2:4]
    assert same_side[0]["y2"] < same_side[1]["y"], "two bars on one side lie under each other"


def drawn(spec):
    return spec["vconcat"][0]["layer"]


@pytest.mark.parametrize("width", [640, PHONE])
def test_nothing_in_the_drawing_runs_and_names_cannot_break_out(width):
    svg = chart_svg(tornado_chart(TORNADO, width=width))
    assert "style=" not in svg and "<b>" not in svg
    assert ElementTree.fromstring(svg).get("aria-label").startswith(TORNADO.title)
    assert "Capacity: 10% lower −€20 k, 10% higher −€10 k" in describe(TORNADO).replace("\u00a0", " ")


def test_the_dark_drawing_has_dark_tokens():
    svg = ElementTree.fromstring(chart_svg(tornado_chart(TORNADO, width=640, dark=True)))
    colors = {element.get(side) for element in svg.iter() for side in ("fill", "stroke")} - {None, "none"}
    assert colors <= set(DARK.values())


def test_sensitivity_is_the_exact_difference_of_the_plans_it_makes(tomato):
    lever = Lever.of("Demand", DemandOverride(Amount("scale", -10.0)), DemandOverride(Amount("scale", 10.0)))
    (swing,) = sensitivity(tomato, [lever]).swings
    for side, adjustment in ((swing.down, lever.lower), (swing.up, lever.higher)):
        again = compute_plan(tomato.snapshot, [adjustment])
        assert side == again.total("margin_gross_amount") - tomato.total("margin_gross_amount")
    assert swing.down < 0 < swing.up


def test_sensitivity_ranks_by_the_widest_swing_and_tells_it(tomato):
    found = sensitivity(tomato, by=5.0)
    assert [swing.name for swing in found.swings][:2] == ["Net price", "Demand"]
    assert found.swings[0].up == pytest.approx(0.05 * tomato.total("revenue_amount"), rel=0.01)
    assert "5% lower" in found.title and signed_money("USD", found.swings[0].up)[1:] in found.title
    assert np.diff([swing.span for swing in found.swings]).max() <= 0
    assert all(len(row) == len(found.table().heads) == 7 for row in found.table().rows)


def test_a_lever_that_moves_nothing_is_left_out(tomato):
    nothing = Lever.of("Nothing", ChangePrice(Amount("scale", 0.0)), ChangePrice(Amount("scale", 0.0)))
    found = sensitivity(tomato, [nothing])
    assert (found.swings, found.title) == ((), "No lever moves margin")


def test_levers_lie_on_top_of_what_the_plan_holds(tomato):
    held = compute_plan(tomato.snapshot, [Adjustment("p", ChangePrice(Amount("set", 40.0)), seq=7)])
    found = sensitivity(held, [lever for lever in standard_levers(held) if lever.name == "Net price"])
    assert found.swings[0].up == pytest.approx(0.1 * held.total("revenue_amount"), rel=0.01)


def test_a_title_of_the_standalone_chart_is_the_finding():
    spec = tornado_chart(replace(TORNADO, title="Short"), width=640).to_dict()
    assert spec["title"]["text"] == ["Short"]


@pytest.mark.parametrize("width", [640, PHONE])
def test_the_drawing_begins_at_its_left_edge_and_is_as_wide_as_asked(width):
    lost = replace(TORNADO, swings=(Swing("120,000 in total on Dish care, Feb 2027 to Mar 2027", -742_000.0, 0.0),))
    drawing = ElementTree.fromstring(chart_svg(tornado_chart(lost, width=width, is_titled=False)))
    assert width <= float(drawing.get("width")) <= width + 2
    assert drawing[0].get("transform") == "translate(0,0)"
