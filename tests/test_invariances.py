"""Invariances: the same company told another way, on another day or with more of it, has the same plan.

Cheap, and they catch most real errors: each test changes the question in a way that may not change the answer.
Supply plans tie, so where a plan is solved anew from other numbers it is compared by totals, service and cost.
"""

from datetime import date

import numpy as np
import polars as pl
import pytest
from tests.retold import (
    budgeted_by_year,
    by_week,
    cheaper_at,
    counted_in,
    due_and_received,
    gone_as_planned,
    imported_by_month,
    in_fractions,
    over_a_dock,
    told_otherwise,
    unbound,
    with_order,
    with_row,
    with_rows,
)

from equipoise import compute_plan, gather, read_dataset
from equipoise.codec import adjustment_from_json
from equipoise.core.measure import Grain
from equipoise.testing import assert_plans_equal

SMALLEST = 0.01
"""Units or money: what rounding to the grid may make of a sum."""


@pytest.fixture(scope="module")
def base(demo_snapshot):
    return compute_plan(demo_snapshot)


@pytest.fixture(scope="module")
def untied(demo_snapshot):
    """The company with stock a little cheaper to hold at the plants."""
    return cheaper_at(demo_snapshot, ("plant-west", "plant-east"))


# (a) What happened to date went as planned: the month and its end stay, whether they are told before or in its middle.

MIDDLE = date(2026, 11, 15)
BEHIND = 10 / 21
"""Part of November's working days that has passed on the 15th."""


@pytest.fixture(scope="module")
def before(untied):
    return compute_plan(untied)


@pytest.fixture(scope="module")
def middle(untied, before):
    return compute_plan(gone_as_planned(untied, before, MIDDLE, BEHIND))


def test_a_month_that_goes_as_planned_keeps_its_demand(before, middle):
    to_date, to_go = (middle.measure(f"demand_{word}_qty").values for word in ("to_date", "required"))
    assert to_date[:, 0].sum() > 100_000
    assert not to_date[:, 1:].any()
    assert to_date + to_go == pytest.approx(before.measure("demand_required_qty").values, abs=SMALLEST)


def test_a_month_that_goes_as_planned_keeps_its_production_and_service(before, middle):
    made = before.measure("production_qty")
    by_place = {}
    for row in range(len(made.keys)):
        place = made.keys.labels(row)[:2]
        by_place[place] = by_place.get(place, 0.0) + made.values[row, 0]
    rest = middle.measure("production_qty")
    to_date = middle.measure("production_to_date_qty")
    for row in range(len(rest.keys)):
        by_place[rest.keys.labels(row)[:2]] -= rest.values[row, 0]
    for place, missing in by_place.items():
        row = to_date.keys.rows[place]
        assert missing == pytest.approx(to_date.values[row, 0], abs=1.0), place
    assert to_date.values[:, 0].sum() > 100_000
    served = middle.measure("demand_to_date_qty").values + middle.measure("demand_served_qty").values
    assert served[:, 0] == pytest.approx(before.measure("demand_served_qty").values[:, 0], abs=1.0)


def test_a_month_that_goes_as_planned_closes_as_planned(before, middle):
    closing = before.measure("inventory_closing_qty").values
    assert middle.measure("inventory_closing_qty").values[:, 0] == pytest.approx(closing[:, 0], abs=1.0)
    for name in ("inventory_safety_qty", "inventory_target_qty"):
        assert middle.measure(name).values == pytest.approx(before.measure(name).values, abs=SMALLEST), name
    backlog = before.measure("backlog_closing_qty").values
    assert middle.measure("backlog_closing_qty").values[:, 0] == pytest.approx(backlog[:, 0], abs=1.0)


def test_a_month_that_goes_as_planned_leaves_the_hours_of_its_days_to_go(before, middle):
    load = before.measure("capacity_load_hours").values[:, 0]
    assert middle.measure("capacity_load_hours").values[:, 0] == pytest.approx(load * (1 - BEHIND), abs=0.01)
    hours = before.measure("capacity_available_hours").values[:, 0]
    assert middle.measure("capacity_available_hours").values[:, 0] == pytest.approx(hours * (1 - BEHIND))


# (b) An order inside the forecast changes nothing, one above it adds only the excess.


HERE = ("PE-02", "south-grocery", date(2027, 3, 10))


@pytest.fixture(scope="module")
def free_forecast(base):
    """Forecast of PE-02 in south-grocery in March 2027 that no order has consumed."""
    row = base.axes.keys[Grain.DEMAND].rows["PE-02", "south-grocery"]
    return float(base.measure("demand_unconsumed_qty").values[row, 4])


def test_an_order_inside_the_forecast_changes_nothing(demo_snapshot, base, free_forecast):
    plan = compute_plan(with_order(demo_snapshot, *HERE, 0.4 * free_forecast))
    assert plan.total("demand_orders_qty") - base.total("demand_orders_qty") == pytest.approx(0.4 * free_forecast)
    for name in ("demand_required_qty", "production_qty", "inventory_closing_qty", "unmet_qty"):
        assert np.array_equal(plan.measure(name).values, base.measure(name).values), name
    assert plan.total("cost_total_amount") == base.total("cost_total_amount")


def test_an_order_above_the_forecast_adds_only_the_excess(demo_snapshot, base, free_forecast):
    plan = compute_plan(with_order(demo_snapshot, *HERE, free_forecast + 250.0))
    more = plan.measure("demand_required_qty").values - base.measure("demand_required_qty").values
    row = base.axes.keys[Grain.DEMAND].rows["PE-02", "south-grocery"]
    assert more[row, 4] == pytest.approx(250.0, abs=1e-5)
    more[row, 4] = 0.0
    assert not more.any()
    assert plan.total("production_qty", item="PE-02") - base.total("production_qty", item="PE-02") == pytest.approx(
        250.0, abs=1.0
    )


# (c) A purchase order received in its due bucket moves nothing.


@pytest.mark.parametrize("as_of", [date(2026, 10, 31), date(2026, 11, 13)], ids=["before", "inside"])
@pytest.mark.parametrize("is_kept", [True, False], ids=["closed_line", "no_line"])
def test_a_purchase_order_received_in_its_due_bucket_moves_nothing(demo_snapshot, as_of, is_kept):
    still_due, received, order = due_and_received(
        demo_snapshot, "PO-7101", date(2026, 11, 20), as_of=as_of, is_kept=is_kept
    )
    one, two = compute_plan(still_due), compute_plan(received)
    for name in ("production_qty", "inventory_closing_qty", "demand_served_qty", "purchase_qty"):
        assert np.array_equal(one.measure(name).values, two.measure(name).values), name
    assert one.total("cost_total_amount") == two.total("cost_total_amount")
    assert two.total("inventory_start_qty", item="RM-SURFACTANT") - one.total(
        "inventory_start_qty", item="RM-SURFACTANT"
    ) == pytest.approx(order["quantity"])


# (d) An item counted in another unit: money and hours stay.

PER_CASE = 480.0
ITEM = "LA-01"


@pytest.fixture(scope="module")
def by_cases_and_pieces(untied):
    """The plans of the company, without the co-packer, whose limit counts cases of several items together, and with
    fractions of LA-01 allowed, so that safety stock is not rounded to cases."""
    cases = told_otherwise(in_fractions(untied, ITEM), subcontracting=untied.table("subcontracting").clear())
    return compute_plan(cases), compute_plan(counted_in(cases, ITEM, PER_CASE, "piece"))


def test_an_item_in_other_units_has_the_same_money(by_cases_and_pieces):
    cases, pieces = by_cases_and_pieces
    for name in (
        "cost_total_amount",
        "revenue_amount",
        "margin_gross_amount",
        "cost_holding_amount",
        "cost_transport_amount",
        "penalty_total_amount",
    ):
        assert pieces.total(name) == pytest.approx(cases.total(name), rel=1e-6), name


def test_an_item_in_other_units_takes_the_same_hours(by_cases_and_pieces):
    """What is paid may differ by bucket: a worker more and less overtime can cost the same, to the cent."""
    cases, pieces = by_cases_and_pieces
    name = "capacity_load_hours"
    assert pieces.by_bucket(name) == pytest.approx(cases.by_bucket(name), rel=1e-6, abs=1e-3)
    paid = ("cost_regular_amount", "cost_overtime_amount", "cost_hire_amount", "cost_layoff_amount")
    assert sum(map(pieces.total, paid)) == pytest.approx(sum(map(cases.total, paid)), rel=1e-6)


def test_an_item_in_other_units_is_the_same_amount_of_it(by_cases_and_pieces):
    cases, pieces = by_cases_and_pieces
    for name in ("demand_required_qty", "inventory_safety_qty", "inventory_target_qty", "unmet_qty"):
        counted = pieces.by_bucket(name, item=ITEM) / PER_CASE
        assert counted == pytest.approx(cases.by_bucket(name, item=ITEM), rel=1e-6, abs=SMALLEST), name
    for name in ("demand_required_qty", "inventory_safety_qty"):
        assert np.array_equal(pieces.by_bucket(name, item="LA-02"), cases.by_bucket(name, item="LA-02")), name


# (e) The budget by year or by month: the same total of the year.


def test_a_budget_by_year_or_by_month_has_the_same_year(demo_snapshot, base):
    plan = compute_plan(budgeted_by_year(demo_snapshot, date(2027, 7, 1), date(2028, 6, 30)))
    for name in ("budget_qty", "budget_revenue_amount"):
        families, months = base.grouped(name, level="family")
        _, spread = plan.grouped(name, level="family")
        named = [number for number, family in enumerate(families) if family != "Raw materials"]
        assert months[named, 8:20].sum(axis=1) == pytest.approx(spread[named, 8:20].sum(axis=1), abs=SMALLEST), name
        assert months[named, 8:20].sum(axis=1).min() > 0
    assert not np.allclose(plan.by_bucket("budget_revenue_amount"), base.by_bucket("budget_revenue_amount"))


# (f) Months or weeks: fiscal totals of demand within 1 %.


@pytest.fixture(scope="module")
def by_month(demo_snapshot, base):
    """The company with its demand imported by month; fiscal 2027 is the calendar year, of 52 weeks."""
    return imported_by_month(demo_snapshot, base)


def year_of(plan, name, year, **nodes):
    calendar = plan.axes.calendar
    inside = [bucket for bucket in range(calendar.horizon) if calendar.fiscal_year(bucket) == year]
    return plan.by_bucket(name, **nodes)[inside].sum(), len(inside)


def test_months_or_weeks_have_the_same_fiscal_demand(by_month):
    months = compute_plan(by_month)
    weeks = compute_plan(by_week(by_month, date(2026, 11, 2), 64))
    for family in ("Laundry care", "Surface cleaners", "Oral care"):
        monthly, twelve = year_of(months, "demand_consensus_qty", 2027, family=family)
        weekly, fifty_two = year_of(weeks, "demand_consensus_qty", 2027, family=family)
        assert (twelve, fifty_two) == (12, 52)
        assert weekly == pytest.approx(monthly, rel=0.01), family


# (g) A horizon of 18 or 24 months: the first six within 1 %.


def test_a_shorter_horizon_leaves_the_first_six_months(demo_snapshot, base):
    shorter = compute_plan(told_otherwise(demo_snapshot, {"horizon": 18}))
    assert np.array_equal(
        shorter.measure("demand_required_qty").values, base.measure("demand_required_qty").values[:, :18]
    )
    for name in ("cost_total_amount", "revenue_amount"):
        assert shorter.by_bucket(name)[:6].sum() == pytest.approx(base.by_bucket(name)[:6].sum(), rel=0.01), name
    _, made = base.grouped("production_qty", level="family")
    _, again = shorter.grouped("production_qty", level="family")
    assert again[:, :6].sum() == pytest.approx(made[:, :6].sum(), rel=0.01)


def test_a_shorter_horizon_ends_like_the_longer_one(demo_snapshot):
    """No stock is sold off or built up for the last month of a plan, nor work moved into it or out of it.

    Of products, where the capsule line is quick enough for its peaks: of a material whose supplier is at his limit the
    longer plan keeps more, for a peak that the shorter one does not know.
    """
    resources = demo_snapshot.table("resources")
    quicker = pl.when(pl.col("resource") == "capsule-line").then(1.02 * pl.col("capacity_hours"))
    hours = quicker.otherwise(pl.col("capacity_hours"))
    company = told_otherwise(demo_snapshot, resources=resources.with_columns(capacity_hours=hours))
    longer, shorter = (compute_plan(told_otherwise(company, {"horizon": months})) for months in (24, 18))
    for name in ("production_qty", "inventory_closing_qty"):
        there, again = by_product(longer, name), by_product(shorter, name)
        assert np.abs(again - there[:, :18]).max() <= SMALLEST, name
        assert there.any(axis=1).sum() > 20


def test_a_line_at_its_limit_builds_ahead_for_a_peak_after_the_shorter_horizon(demo_snapshot, base):
    """That is the only thing the longer plan does otherwise: what the capsule line cannot make in its 19th month."""
    shorter = compute_plan(told_otherwise(demo_snapshot, {"horizon": 18}))
    safety = "inventory_safety_qty"
    assert np.array_equal(shorter.measure(safety).values, base.measure(safety).values[:, :18])
    line = base.axes.resources.position["capsule-line"]
    assert base.measure("capacity_shadow_price").values[line, 18] > 0
    assert base.measure("overtime_hours").values[line, 18] == pytest.approx(20.0)
    for name in ("production_qty", "inventory_closing_qty"):
        there, again = (dict(zip(*plan.grouped(name, level="family"), strict=True)) for plan in (base, shorter))
        for family in there.keys() - {"Raw materials", "Laundry care"}:
            assert again[family][:16] == pytest.approx(there[family][:16], abs=SMALLEST), (name, family)
        assert (there["Laundry care"][:16] >= again["Laundry care"][:16] - SMALLEST).all(), name
        assert by_product(shorter, name).sum() == pytest.approx(by_product(base, name)[:, :18].sum(), rel=0.01), name
    closing = by_product(base, "inventory_closing_qty").sum(axis=0)
    assert closing[-3:].max() < 1.1 * closing[-6:-3].max()


def by_product(plan, name):
    """A quantity of each case by month, without materials."""
    codes, values = plan.grouped(name, level="item")
    category = dict(zip(plan.axes.items.leaves, plan.axes.items.codes("category"), strict=True))
    return values[[category[code] != "Materials" for code in codes]]


# (h) Where nothing binds, the constrained plan is the unconstrained one.


def test_where_nothing_binds_constrained_is_unconstrained(demo_snapshot):
    plenty = unbound(demo_snapshot, stocked=["RM-SURFACTANT"], without=["west-packing"])
    infinite = adjustment_from_json({"kind": "set_policy", "knob": "tier", "value": "infinite"})
    constrained, unconstrained = compute_plan(plenty), compute_plan(plenty, [infinite])
    required = constrained.measure("demand_required_qty").values
    for plan in (constrained, unconstrained):
        assert np.array_equal(plan.measure("demand_served_qty").values, required)
        assert not plan.measure("backlog_closing_qty").values.any()
    # With whatever people it would take; here both keep those they have.
    parts = ("cost_material_amount", "cost_transport_amount", "cost_holding_amount", "penalty_total_amount")
    for name in parts:
        assert constrained.total(name) == pytest.approx(unconstrained.total(name), rel=1e-6, abs=1.0), name
    assert not np.nan_to_num(constrained.measure("capacity_shadow_price").values).any()


# (i) A lane split in two hops of no time: the same plan at the same cost.


def test_a_lane_in_two_hops_costs_the_same(untied):
    straight, hops = over_a_dock(untied, "plant-west", "dc-north")
    one, two = compute_plan(straight), compute_plan(hops)
    assert two.total("inventory_closing_qty", location="dock", family="Laundry care") == 0
    for name in ("cost_total_amount", "penalty_total_amount", "revenue_amount"):
        assert two.total(name) == pytest.approx(one.total(name), rel=1e-6), name
    for name in ("inventory_safety_qty", "inventory_target_qty"):
        assert two.by_bucket(name, family="Laundry care") == pytest.approx(one.by_bucket(name, family="Laundry care"))


def test_red_tomato_over_a_dock_costs_the_same(red_tomato):
    lanes = red_tomato.table("lanes")
    hops = told_otherwise(
        red_tomato,
        lanes=pl.concat([lanes.with_columns(to=pl.lit("dock")), lanes.with_columns(from_location=pl.lit("dock"))]),
        locations=with_row(red_tomato.table("locations"), location="dock", name="Dock", type="dc"),
    )
    one, two = compute_plan(red_tomato), compute_plan(hops)
    assert two.total("cost_total_amount") == pytest.approx(one.total("cost_total_amount"), abs=SMALLEST)
    assert two.by_bucket("demand_served_qty") == pytest.approx(one.by_bucket("demand_served_qty"))


# (j) Rows in another order: the same snapshot, the same plan.


def test_shuffled_rows_are_the_same_snapshot_and_plan(demo_folder, demo_snapshot, base, tmp_path):
    for file in demo_folder.iterdir():
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        if file.suffix == ".csv":
            order = np.random.default_rng(4).permutation(len(lines) - 1) + 1
            lines = [lines[0], *(lines[place] for place in order)]
        (tmp_path / file.name).write_text("".join(lines), encoding="utf-8")
    shuffled = gather(read_dataset(tmp_path))
    assert shuffled.id == demo_snapshot.id
    assert_plans_equal(compute_plan(shuffled), base)


# Stock counted three weeks before the plan begins, and rolled forward, is the stock counted on its eve.

EARLY = date(2026, 10, 10)
SHIPPED = 0.3
"""Part of October's forecast that was shipped by then."""


@pytest.fixture(scope="module")
def eve(by_month):
    """Imported demand, actuals closed in September."""
    sales = by_month.table("sales_history")
    return told_otherwise(
        by_month,
        {"history_to": date(2026, 9, 30)},
        sales_history=sales.filter(pl.col("date") < date(2026, 10, 1)),
    )


def counted_early(snapshot, *, on_order=5000.0, less=0.0):
    """The company on 10 October, with what it will sell until November in stock and 5 t of surfactant on its way."""
    november = snapshot.table("forecast").filter(pl.col("date") == date(2026, 11, 1))
    october = november.with_columns(date=pl.lit(date(2026, 10, 1)))
    shipped = october.select("item", "market", shipped_qty=pl.col("quantity") * SHIPPED, date=pl.lit(date(2026, 10, 5)))
    warehouse = (
        pl.when(pl.col("market").str.starts_with("north")).then(pl.lit("dc-north")).otherwise(pl.lit("dc-south"))
    )
    to_go = october.group_by("item", warehouse.alias("location"), maintain_order=True).agg(
        pl.col("quantity").sum() * (1 - SHIPPED)
    )
    inventory = snapshot.table("inventory").join(to_go, on=["item", "location"], how="left", maintain_order="left")
    is_part = pl.col("item") == "RM-SURFACTANT"
    inventory = inventory.with_columns(
        on_hand=pl.col("on_hand")
        + pl.col("quantity").fill_null(0.0)
        - pl.when(is_part).then(on_order).otherwise(0.0)
        - pl.when(pl.col("item") == "OR-01").then(less).otherwise(0.0)
    ).drop("quantity")
    receipt = (
        snapshot.table("receipts")
        .head(1)
        .with_columns(
            reference=pl.lit("PO-EARLY"),
            due_date=pl.lit(date(2026, 10, 20)),
            received_date=pl.lit(None, dtype=pl.Date),
            quantity=pl.lit(on_order),
        )
    )
    # A fence is counted from as_of: this one ends on the same day.
    sooner = (snapshot.head.as_of - EARLY).days
    fences = snapshot.table("fences").with_columns(pl.col("demand_days", "planning_days") + sooner)
    return told_otherwise(
        snapshot,
        {"as_of": EARLY},
        fences=fences,
        forecast=pl.concat([snapshot.table("forecast"), october]),
        sales_history=with_rows(snapshot.table("sales_history"), shipped),
        inventory=inventory,
        receipts=pl.concat([snapshot.table("receipts"), receipt]),
    )


def test_stock_counted_early_opens_as_stock_counted_on_the_eve(eve):
    late, early = compute_plan(eve), compute_plan(counted_early(eve))
    assert early.total("demand_until_start_qty", category="Body care") > 50_000
    for name in ("inventory_start_qty", "inventory_closing_qty", "production_qty", "demand_required_qty"):
        assert early.measure(name).values == pytest.approx(late.measure(name).values, abs=0.5), name
    assert early.total("cost_total_amount") == pytest.approx(late.total("cost_total_amount"), rel=1e-9)
    assert not early.measure("demand_not_covered_qty").values.any()
    posted = early.sections["stock_targets"].postings_of("inventory_start_qty")
    assert [posting.cause for posting in posted] == ["counted", "receipts until start", "demand until start"]
    assert posted[1].amounts.tolist() == [5000.0]


def test_what_stock_does_not_cover_until_the_start_is_overdue_then(eve):
    """9 000 of OR-01 less at each warehouse than the eve would need: stock opens at 0, the rest is backlog."""
    late, early = compute_plan(eve), compute_plan(counted_early(eve, less=9_000.0))
    opened = late.measure("inventory_start_qty")
    had = sum(opened.values[row, 0] for row in range(len(opened.keys)) if opened.keys.labels(row)[0] == "OR-01")
    start = early.measure("inventory_start_qty")
    has = sum(start.values[row, 0] for row in range(len(start.keys)) if start.keys.labels(row)[0] == "OR-01")
    missing = early.total("demand_not_covered_qty", item="OR-01")
    assert missing > 1000
    assert missing - has == pytest.approx(18_000.0 - had, abs=SMALLEST)
    assert early.total("demand_not_covered_qty", category="Home care") == 0
    assert "IV109" in {finding.code for finding in early.findings}
    asked = early.measure("demand_required_qty").values + early.measure("demand_not_covered_qty").values
    served, lost = early.measure("demand_served_qty").values, early.measure("lost_qty").values
    assert np.array_equal(np.cumsum(asked - served - lost, axis=1), early.measure("backlog_closing_qty").values)
