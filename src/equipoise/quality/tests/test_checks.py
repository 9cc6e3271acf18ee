"""Every check finds the fault planted for it, where it was planted, and nothing in data without fault."""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl
import pytest

from equipoise.quality import CHECKS, judge, judge_snapshot
from equipoise.quality.facts import Facts

PLANTS = {}


@dataclass(frozen=True)
class Expected:
    table: str
    count: int
    says: str
    amount: float | None
    plant: object


def plant(code, table, count, says, amount=None):
    """Register the fault that the function puts into the company, and what must be found of it."""

    def register(function):
        PLANTS.setdefault(code, []).append(Expected(table, count, says, amount, function))
        return function

    return register


@plant("QU101", "inventory", 1, "saw-1 / plant: on hand -40", 400.0)
def negative_stock(company):
    company.change("inventory", on_hand=-40, blocked=0)


@plant("QU102", "inventory", 1, "saw-2 / plant: 170 blocked of 150 on hand", 200.0)
def blocked_above(company):
    company.change("inventory", where={"item": "saw-2"}, blocked=170)


@plant("QU103", "inventory", 1, "saw-2 / plant: 140 units expired on 2026-12-31", 1400.0)
def expired(company):
    company.change("inventory", where={"item": "saw-2"}, expiry_date=date(2026, 12, 31))


@plant("QU104", "inventory", 2, "relic: 70 units")
def unwanted(company):
    company.add("items", item="relic", name="Relic", family="metal", uom="kg")
    company.add("inventory", item="relic", location="plant", on_hand=30)
    company.add("inventory", item="relic", location="plant", lot="2", on_hand=40)


@plant("QU105", "inventory", 1, "saw-3: 90 in stock, 150 in history", 600.0)
def two_stocks(company):
    company.change("inventory", where={"item": "saw-3"}, on_hand=90)


@plant("QU106", "inventory_history", 2, "saw-4: 160 units unexplained since Nov 2026", 1600.0)
def stock_identity(company):
    company.change("inventory_history", where={"item": "saw-4", "date": date(2026, 11, 30)}, on_hand=70)


@plant("QU111", "prices", 1, "saw-1 / west: no price above 0", 48000.0)
def zero_price(company):
    company.add("prices", item="saw-1", market="west", price=0)


@plant("QU112", "costs", 1, "saw-2: no standard cost above 0", 48000.0)
def zero_cost(company):
    company.change("costs", where={"item": "saw-2"}, standard_cost=0)


@plant("QU113", "prices", 2, "saw-3 / east: price 20, cost 25; saw-3 / west", 12000.0)
def price_below_cost(company):
    company.change("costs", where={"item": "saw-3"}, standard_cost=25)


@plant("QU114", "prices", 1, "saw-4 / 2026-01-01: from 20 to 200", 48000.0)
def price_jump(company):
    company.change("prices", where={"item": "saw-4", "valid_from": date(2026, 1, 1)}, price=200)


@plant("QU115", "prices", 2, "saw-5 / east: 1200 units sold in a year", 48000.0)
def price_missing(company):
    company.drop("prices", item="saw-5")


@plant("QU116", "costs", 1, "saw-5: no standard cost", 48000.0)
def cost_missing(company):
    company.drop("costs", item="saw-5")


@plant("QU117", "prices", 1, "saw-2 / west: price 30, invoiced 20 a unit", 12000.0)
def price_off_invoices(company):
    company.add("prices", item="saw-2", market="west", price=30)


@plant("QU118", "prices", 2, "GBP: no rate at the start")
def rate_missing(company):
    company.change("prices", where={"item": "saw-1"}, currency="GBP")


@plant("QU118", "accounts", 1, "USD: no rate at the start")
def rate_too_late(company):
    company.change("exchange_rates", where={"currency": "USD"}, date=date(2027, 2, 1))
    company.change("accounts", currency="USD")


@plant("QU119", "exchange_rates", 1, "USD / budget / 2025-01-01: rate 1.1 where 0.5 is usual")
def rate_turned_over(company):
    company.change("exchange_rates", where={"rate_type": "plan"}, rate=0.5)
    company.change("exchange_rates", where={"rate_type": "actual"}, rate=0.48)
    company.change("exchange_rates", where={"rate_type": "budget"}, rate=1.1)


@plant("QU120", "purchasing", 1, "steel / mill / plant: bought at 17, standard cost 1.8")
def purchase_cost(company):
    company.change("purchasing", unit_cost=17)


@plant("QU120", "subcontracting", 1, "saw-1 / friend / plant: bought at 31, standard cost 10", 50400.0)
def subcontract_cost(company):
    company.change("subcontracting", item="saw-1", unit_cost=31)


@plant("QU121", "items", 1, "saw-5: no source", 48000.0)
def source_missing(company):
    company.drop("routings", item="saw-5")
    company.rows["subcontracting"] = []


@plant("QU122", "bom", 5, "steel: no source, needed for 5 items", 240000.0)
def component_source_missing(company):
    company.rows["purchasing"] = []


@plant("QU123", "bom", 2, "saw-1: needs saw-2; saw-2: needs saw-1", 96000.0)
def bom_loop(company):
    company.add("bom", item="saw-1", component="saw-2", quantity_per=1)
    company.add("bom", item="saw-2", component="saw-1", quantity_per=1)


@plant("QU124", "bom", 1, "saw-3 / steel: 1500 where 1.5 is usual, perhaps × 1000", 1498.5 * 2400 * 1.8)
def bom_quantity(company):
    company.change("bom", where={"item": "saw-3"}, quantity_per=1500)


@plant("QU125", "routings", 1, "saw-1 / plant / crew: 30 h where 0.5 h are usual", 29.5 * 2400 * 30)
def hours_per_unit(company):
    company.change("routings", where={"item": "saw-1", "resource": "crew"}, hours_per_unit=30)


@plant("QU126", "routings", 5, "press: no capacity, used by 5 rows of routings")
def resource_without_capacity(company):
    company.change("resources", where={"resource": "press"}, capacity_hours=None)


@plant("QU127", "lanes", 1, "relics / plant / east: never wanted")
@plant("QU127", "routings", 1, "relic / plant / press: never wanted")
def unused_source(company):
    company.add("items", item="relic", name="Relic", family="relics", uom="kg")
    company.add("routings", item="relic", location="plant", resource="press", hours_per_unit=1)
    company.add("lanes", item="relics", from_location="plant", to="east", lead_time_days=1, unit_cost=1)


@plant("QU128", "lanes", 1, "plant / north: no demand there")
def idle_lane(company):
    company.add("markets", market="north", name="North", region="all-over")
    company.add("lanes", item="", from_location="plant", to="north", lead_time_days=1, unit_cost=1)
    company.rows["budget"] = []
    company.rows["launches"] = []


@plant("QU129", "resources", 1, "lathe: no routing", 2 * 150 * 20)
def unused_resource(company):
    company.add("resources", resource="lathe", workers=2, hours_per_worker=150, regular_cost_per_hour=20)


@plant("QU130", "resources", 1, "crew: 4 workers")
def workforce_without_hours(company):
    company.change("resources", where={"resource": "crew"}, hours_per_worker=None)


@plant("QU131", "resources", 1, "press: 160 h in buckets of 20 to 23 working days")
def constant_capacity(company):
    company.change("resources", where={"resource": "press"}, capacity_hours=160, capacity_per="bucket")


@plant("QU132", "calendars", 28, "works: buckets without a working day: 1")
def idle_calendar(company):
    for number in range(28):
        company.add("calendars", calendar="works", date=date(2027, 2, 1) + timedelta(days=number), working=0)


@plant("QU133", "lanes", 1, "plant / west: 182 days, the plan has 181")
def long_lead_time(company):
    company.change("lanes", where={"to": "west"}, lead_time_days=182)


@plant("QU134", "routings", 10, "yield_pct 0.98; saw-1 / plant / press")
def percent_as_fraction(company):
    for saw in {row["item"] for row in company["routings"]}:
        company.change("routings", where={"item": saw}, yield_pct=0.98)


@plant("QU135", "resources", 1, "crew: workers 4 above max_workers 3")
def crossed_workers(company):
    company.change("resources", where={"resource": "crew"}, max_workers=3)


@plant("QU135", "commitments", 1, "K-1: min_qty 100 above max_qty 50")
def crossed_commitment(company):
    company.change("commitments", max_qty=50)


@plant("QU136", "inventory_policy", 1, "saw-1 / plant: safety_stock_qty 90 above max_qty 80", 100.0)
def stock_policy(company):
    company.add("inventory_policy", item="saw-1", location="plant", safety_stock_qty=90, max_qty=80)


@plant("QU137", "inventory_policy", 1, "saw-1 / plant: service_level_pct 100")
def service_level(company):
    company.add("inventory_policy", item="saw-1", location="plant", service_level_pct=100)


@plant("QU138", "lanes", 1, "saw-1 / plant / east: 9 days on the way, lasts 7", 48000.0)
def short_shelf_life(company):
    company.change("items", shelf_life_days=7)
    company.add("lanes", item="saw-1", from_location="plant", to="east", lead_time_days=9, unit_cost=1)


@plant("QU141", "sales_history", 10, "Jun 2026: no row at all", 20000.0)
def history_hole(company):
    company.drop("sales_history", date=date(2026, 6, 1))


@plant("QU142", "sales_history", 2, "saw-1 / east: 2 of 24 buckets to Dec 2026 without a row", 4000.0)
def history_gap(company):
    company.drop("sales_history", item="saw-1", market="east", date=date(2026, 3, 1))
    company.drop("sales_history", item="saw-1", market="east", date=date(2026, 7, 1))


@plant("QU143", "production_history", 10, "last row: ends 2026-10-01, 2 buckets before history_to 2026-12-31")
def stale_feed(company):
    company.drop("production_history", date=date(2026, 11, 1))
    company.drop("production_history", date=date(2026, 12, 1))


@plant("QU144", "sales_history", 10, "to date: rows from 2026-12-01 on are not closed")
def open_history(company):
    company.head["history_to"] = date(2026, 11, 30)


@plant("QU145", "sales_history", 1, "after as_of: dated up to 2027-03-01, as_of is 2026-12-31")
def future_history(company):
    company.add("sales_history", item="saw-1", market="east", date=date(2027, 3, 1), ordered_qty=100)


@plant("QU146", "sales_history", 1, "saw-1 / east / May 2026: 10000 sold, 100 is usual, perhaps × 100", 198000.0)
def outlier_high(company):
    company.change(
        "sales_history", where={"item": "saw-1", "market": "east", "date": date(2026, 5, 1)}, ordered_qty=1e4
    )


@plant("QU146", "sales_history", 1, "saw-1 / east / May 2026: 10 sold, 100 is usual, perhaps ÷ 10", 1800.0)
def outlier_low(company):
    company.change("sales_history", where={"item": "saw-1", "market": "east", "date": date(2026, 5, 1)}, ordered_qty=10)


@plant("QU147", "sales_history", 6, "saw-2 / west: 180 a bucket, 100 in the season a year ago", 9600.0)
def level_break(company):
    for month in range(7, 13):
        cell = {"item": "saw-2", "market": "west", "date": date(2026, month, 1)}
        company.change("sales_history", where=cell, ordered_qty=180)


@plant("QU148", "items", 1, "saw-4: last sold in May 2026", 20000.0)
def sleeping_item(company):
    for month in range(6, 13):
        company.drop("sales_history", item="saw-4", date=date(2026, month, 1))
    company.drop("open_orders", item="saw-4")


@plant("QU149", "sales_history", 3, "saw-3 / west: outside its life from 2026-10-01 to 2026-12-01", 6000.0)
def sales_outside_life(company):
    company.change("items", where={"item": "saw-3"}, end_date=date(2026, 9, 30))
    company.drop("sales_history", item="saw-3", market="east")
    company.drop("open_orders", item="saw-3")


@plant("QU149", "open_orders", 1, "saw-3 / east: outside its life from 2027-01-15 to 2027-01-15")
def orders_outside_life(company):
    company.change("items", where={"item": "saw-3"}, launch_date=date(2027, 2, 1))
    company.drop("sales_history", item="saw-3")


@plant("QU150", "sales_history", 24, "saw-1 / west: 2640 shipped, 2400 ordered", 4800.0)
def shipped_above_ordered(company):
    company.change("sales_history", where={"item": "saw-1", "market": "west"}, shipped_qty=110)


@plant("QU151", "sales_history", 1, "saw-1 / east: 5 units too many, first on 2025-01-01", 100.0)
def on_time_above_ordered(company):
    company.change("sales_history", on_time_qty=105)


@plant("QU152", "sales_history", 1, "saw-1 / east / Jan 2025: -30 ordered", 600.0)
def negative_sales(company):
    company.change("sales_history", ordered_qty=-30, on_time_qty=0)


@plant("QU161", "items", 2, "Saw number 1: is the name of saw-1, saw-2", 96000.0)
def one_name(company):
    company.change("items", where={"item": "saw-2"}, name=" SAW  number 1")


@plant("QU162", "items", 1, "saw-3: no subfamily in family saws", 48000.0)
def hierarchy_hole(company):
    company.change("items", where={"item": "saw-3"}, subfamily="")


@plant("QU163", "items", 5, "saws: units dozen, piece", 240000.0)
def mixed_units(company):
    company.change("items", where={"item": "saw-3"}, uom="dozen")


@plant("QU164", "items", 1, "saw-3: in piece, no factor to box", 48000.0)
def volume_factor(company):
    company.head["volume_uom"] = "box"
    company.drop("uoms", item="saw-3")


@plant("QU165", "uoms", 1, "saw-1 / piece: is the base unit, yet has factor 12", 48000.0)
def base_unit_factor(company):
    company.add("uoms", item="saw-1", uom="piece", factor=12)


@plant("QU165", "uoms", 1, "saw-2 / box: 0.1 where 10 is usual, perhaps ÷ 100", 48000.0)
def reciprocal_factor(company):
    company.change("uoms", where={"item": "saw-2"}, factor=0.1)


@plant("QU166", "commitments", 1, "K-1: valid_from 2027-01-01 after valid_to 2026-06-30")
def reversed_dates(company):
    company.change("commitments", valid_to=date(2026, 6, 30))


@plant("QU167", "items", 1, "saw-1: successor saw-2, which names saw-5 before it", 48000.0)
def succession(company):
    company.change("items", where={"item": "saw-1"}, successor="saw-2")
    company.change("items", where={"item": "saw-2"}, predecessor="saw-5")


@plant("QU171", "open_orders", 1, "SO-saw-1 / 1: 20 units of saw-1 wanted on 2025-12-30", 400.0)
def old_order(company):
    company.change("open_orders", requested_date=date(2025, 12, 30))


@plant("QU172", "open_orders", 1, "saw-1 / east: 20 units on 2027-01-15 in orders SO-9, SO-saw-1", 400.0)
def order_twice(company):
    company.add("open_orders", **{**company["open_orders"][0], "order": "SO-9"})


@plant("QU173", "open_orders", 1, "SO-saw-1 / 1: 20 units open, 20 of 20 done", 400.0)
def order_already_shipped(company):
    company.change("order_lines", shipped_qty=15, cancelled_qty=5)


@plant("QU174", "open_orders", 1, "SO-saw-1 / 1: 1300 units of saw-1, 1200 sold in a year", 26000.0)
def huge_order(company):
    company.change("open_orders", quantity=1300)


@plant("QU175", "receipts", 1, "PO-3 / 1: 900 of steel due 2026-09-01, late by 91 to 365 days", 900 * 1.8)
def overdue_receipt(company):
    company.change("receipts", where={"reference": "PO-3"}, due_date=date(2026, 9, 1))


@plant("QU176", "receipts", 1, "PO-3 / 1: a purchase without supplier", 900 * 1.8)
def receipt_contradiction(company):
    company.change("receipts", where={"reference": "PO-3"}, supplier="")


@plant(
    "QU177", "purchasing", 1, "steel / mill / plant: 50 days on average of 3 orders (std 0, 100 % late), master says 30"
)
def lead_time_not_met(company):
    for row in company["receipts"][:3]:
        row["received_date"] = row["ordered_date"] + timedelta(days=50)


@plant("QU181", "budget", 2, "AOP / saw-1: quantity a bucket is 900, last year 200")
def budget_off_history(company):
    company.change("budget", where={"item": "saw-1"}, quantity=900)


@plant("QU182", "budget", 1, "saws / 2027-01-01 / AOP: quantity 1100, its 2 parts 1170")
def parts_above_total(company):
    company.change("budget", where={"item": "saw-1", "date": date(2027, 1, 1)}, quantity=570)
    company.add("budget", version="AOP", item="saw-2", market="", date=date(2027, 1, 1), quantity=600)


@plant("QU182", "forecast", 1, "saw-1 / all-over / 2027-01-01: quantity 50, its 2 parts 60")
def forecast_parts(company):
    for market, quantity in (("all-over", 50), ("east", 30), ("west", 30)):
        company.add("forecast", item="saw-1", market=market, date=date(2027, 1, 1), quantity=quantity)


@plant("QU183", "forecast_archive", 5, "sales of 2027-01-05: forecasts 2026-12-01")
def hindsight(company):
    for row in company["forecast_archive"]:
        row["made_date"] = date(2027, 1, 5)


@plant("QU184", "accounts", 1, "Jan 2025: 20000 in history, 26000 in the ledger", 6000.0)
def ledger(company):
    company.change("accounts", amount=-26000)


@plant("QU185", "pipeline", 1, "deal: offer, decision due 2026-12-31", 2000.0)
def past_opportunity(company):
    company.change("pipeline", close_date=date(2026, 12, 31))


@plant("QU186", "launches", 1, "relic: launched 2026-06-01")
def quiet_launch(company):
    company.add("items", item="relic", name="Relic", family="metal", uom="kg")
    company.add("launches", item="relic", launch_date=date(2026, 6, 1), steady_qty=10)


@plant("QU200", "bom", 1, "saw-1 / steel: holds from 2026-06-01, another row without end", 6480.0)
def bom_overlap(company):
    company.add("bom", item="saw-1", component="steel", quantity_per=1.5, valid_from=date(2026, 6, 1))


@plant("QU201", "events", 1, "SPRING-2: promotion as SPRING from 2027-04-10 to 2027-04-30")
def event_overlap(company):
    days = {"start_date": date(2027, 4, 1), "end_date": date(2027, 4, 30)}
    company.add("events", event="SPRING", type="promotion", item="saws", market="", uplift_pct=10, **days)
    days = {"start_date": date(2027, 4, 10), "end_date": date(2027, 5, 9)}
    company.add("events", event="SPRING-2", type="promotion", item="saw-2", market="east", uplift_pct=10, **days)


@plant("QU202", "commitments", 1, "K-2: floor 50 beside 100 of K-1, not 150 together")
def commitment_overlap(company):
    company.add(
        "commitments",
        contract="K-2",
        item="saws",
        market="east",
        valid_from=date(2027, 3, 1),
        valid_to=date(2027, 12, 31),
        min_qty=50,
    )


@plant("QU203", "accounts", 1, "Dec 2026: 10000 in history, 12000 in the ledger", 2000.0)
def cost_ledger(company):
    company.change("accounts", where={"account": "cost_of_sales", "date": date(2026, 12, 1)}, amount=12000)


@plant("QU204", "budget", 1, "AOP / saw-1: buckets without a row before Apr 2027: 1")
def plan_gap(company):
    company.add("budget", version="AOP", item="saw-1", market="", date=date(2027, 4, 1), quantity=210)
    company.add("budget", version="AOP", item="saw-1", market="", date=date(2027, 2, 20), period="quarter", quantity=1)


@plant("QU204", "forecast", 2, "saw-1 / east: buckets without a row before May 2027: 2")
def forecast_gap(company):
    for month in (1, 2, 5):
        company.add("forecast", item="saw-1", market="east", date=date(2027, month, 1), quantity=100)


@plant("QU205", "forecast_archive", 5, "consensus: last forecast is for Nov 2026, closed buckets since then: 1")
def archive_stopped(company):
    for row in company["forecast_archive"]:
        row.update(source="consensus", made_date=date(2026, 10, 1), date=date(2026, 11, 1))


@plant("QU206", "calendars", 1, "works: last row 2026-05-01, the horizon ends 2027-06-30")
def calendar_gap(company):
    company.change("calendars", date=date(2026, 5, 1))


@plant("QU207", "items", 2, "saw-1: subfamily bench, last month hand; saw-2: family metal, last month saws", 96000.0)
def moved_item(company):
    company.change("items", where={"item": "saw-1"}, subfamily="bench")
    company.change("items", where={"item": "saw-2"}, family="metal", subfamily="")


@plant("QU208", "items", 1, "saw-3: box, last month piece", 48000.0)
def changed_unit(company):
    company.change("items", where={"item": "saw-3"}, uom="box")


CASES = [(code, expected) for code, several in sorted(PLANTS.items()) for expected in several]


def test_clean_data_are_without_findings_and_every_check_looked_at_them(company):
    quality = judge(company.snapshot(), last=company.snapshot())
    assert quality.findings == ()
    assert [run.code for run in quality.checks if not run.has_passed] == []
    assert (quality.score, set(quality.scores.values()), quality.amount) == (100.0, {100.0}, 0.0)


def test_every_check_has_a_fault_planted_for_it():
    assert sorted(PLANTS) == [check.code.code for check in CHECKS]


@pytest.mark.parametrize(("code", "expected"), CASES, ids=lambda value: getattr(value, "table", value))
def test_a_planted_fault_is_found_where_it_was_planted(company, code, expected, monkeypatch):
    last = company.snapshot()
    expected.plant(company)
    only = tuple(check for check in CHECKS if check.code.code == code)
    monkeypatch.setattr(judge_snapshot, "CHECKS", only)  # the others take most of the time, and find other things
    quality = judge(company.snapshot(), last=last)
    hits = [f for f in quality.findings if f.code == code and f.where == f"table {expected.table}"]
    assert len(hits) == 1, [(f.code, f.where, f.message) for f in quality.findings]
    found = hits[0]
    assert expected.says in found.message
    assert found.count == expected.count
    assert found.amount == (None if expected.amount is None else pytest.approx(expected.amount))
    assert quality.faults[code]["rows"].sum() >= found.count
    assert quality.scores[expected.table] < 100.0
    assert quality.score < 100.0


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code.code)
def test_the_example_of_a_check_is_what_it_says_of_the_fault_planted_for_it(company, check):
    expected = PLANTS[check.code.code][0]
    last = company.snapshot()
    expected.plant(company)
    told = check.faults(Facts(company.snapshot(), last)).filter(pl.col("table") == expected.table)
    assert check.example == ": ".join(told.select("table", "where", "says").row(0))


@pytest.mark.parametrize(("code", "expected"), CASES, ids=lambda value: getattr(value, "table", value))
def test_the_order_of_rows_does_not_matter(company, code, expected):
    last = [company.snapshot(reverse=reverse) for reverse in (False, True)]
    expected.plant(company)
    check = next(check for check in CHECKS if check.code.code == code)
    found = [check.faults(Facts(company.snapshot(reverse=reverse), last[reverse])) for reverse in (False, True)]
    assert found[0].equals(found[1])


def test_money_of_an_item_counts_once_though_many_of_its_rows_are_wrong(company):
    for market in ("east", "west"):
        company.add("prices", item="saw-1", market=market, price=0)
    zero = next(f for f in judge(company.snapshot()).findings if f.code == "QU111")
    assert (zero.count, zero.amount) == (2, 48000.0)


def test_a_message_names_four_faults_and_counts_the_rest(company):
    for row in company["inventory"]:
        row.update(on_hand=-1, blocked=0)
    below = next(f for f in judge(company.snapshot()).findings if f.code == "QU101")
    assert below.count == 6
    assert below.message.count("on hand -1") == 4
    assert "; and 2 more. It touches 52 EUR." in below.message


def test_json_says_what_was_looked_at(company):
    negative_stock(company)
    told = judge(company.snapshot()).as_json()
    assert told["checks"][0] == {"code": "QU101", "name": "Negative stock", "tables": ["inventory"], "found": 1}
    assert told["scores"]["inventory"] < told["scores"]["prices"] == 100.0
    assert told["amount"] == 1900.0  # the largest finding of inventory: -40 there, 150 counted, 190 × 10
