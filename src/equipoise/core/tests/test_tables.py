"""The declared tables keep the promises that readers, templates and docs build on."""

import re

import pytest

from equipoise.core.table import Column, ColumnType, Inheritance, Table, UnknownName
from equipoise.core.tables import TABLE_NAMES, TABLES, table

COLUMNS = [pytest.param(t, c, id=f"{t.name}.{c.name}") for t in TABLES for c in t.columns]

# Names and order are the contract with everybody's files: changing one of these breaks their imports.
FROZEN = {
    "items": (
        "item name family subfamily category brand uom lifecycle launch_date end_date predecessor successor "
        "fulfillment decimals shelf_life_days unit_volume_m3 unit_weight_kg"
    ),
    "markets": "market name region channel customer priority unmet sales_owner",
    "sales_history": (
        "item market location date ordered_qty on_time_qty booked_qty shipped_qty returned_qty revenue_amount "
        "cost_amount stockout"
    ),
    "forecast": "item market date quantity period",
    "plan_archive": "made_date measure item location market date quantity",
    "inventory": "item location lot on_hand blocked in_transit expiry_date",
    "inventory_policy": (
        "item location safety_stock_qty safety_days fill_rate_pct service_level_pct target_days max_days max_qty "
        "lot_size min_lot review_days shortfall_cost closing_min_qty"
    ),
    "resources": (
        "resource location name type calendar capacity_hours capacity_per units shifts_per_day hours_per_shift "
        "utilization_pct efficiency_pct max_overtime_hours regular_cost_per_hour overtime_cost_per_hour workers "
        "hours_per_worker max_overtime_hours_per_worker hire_cost layoff_cost hire_lead_days min_workers max_workers "
        "extra_shift_hours extra_shift_cost idle_cost_per_hour rate_up_cost rate_down_cost historical_share_pct"
    ),
    "routings": (
        "item location route resource hours_per_unit setup_hours offset_days skill variable_cost yield_pct min_lot "
        "lot_multiple lead_time_days preference"
    ),
    "subcontracting": (
        "item location supplier valid_from unit_cost max_qty lead_time_days min_qty preference resource"
    ),
    "lanes": (
        "item from_location to valid_from lead_time_days unit_cost max_qty min_lot lot_multiple capacity_uom share_pct "
        "preference calendar transfer_price"
    ),
    "costs": (
        "item location valid_from standard_cost holding_cost holding_rate_pct backlog_cost lost_sale_cost currency"
    ),
}

FROZEN_KEYS = {
    "order_lines": "order line schedule",
    "forecast_archive": "made_date source item market date",
    "planning_bills": "parent item market valid_from",
    "inventory": "item location lot",
    "production_history": "item date",
    "sales_history": "item market date",
    "subcontracting": "item location supplier valid_from",
    "routings": "item location route resource",
    "lanes": "item from_location to valid_from",
    "exchange_rates": "currency rate_type date",
    "accounts": "account version company item market date",
    "targets": "measure item market year",
}

ORDER = (
    "items uoms locations markets calendars sales_history order_lines open_orders forecast forecast_archive "
    "plan_archive commitments events launches pipeline pipeline_history planning_bills indicators inventory "
    "inventory_history inventory_policy resources resource_calendar routings production_history subcontracting bom "
    "purchasing receipts lanes fences prices costs service_costs budget accounts terms exchange_rates targets levers"
)

# Codes are unique across levels, so a node column is named for its dimension or says in words what it is.
NODE_NAMES = {
    ColumnType.ITEM_NODE: {"item", "cannibalized"},
    ColumnType.MARKET_NODE: {"market"},
    ColumnType.LOCATION_NODE: {"location"},
}


def test_the_tables_and_their_order_are_the_contract() -> None:
    assert " ".join(TABLE_NAMES) == ORDER


@pytest.mark.parametrize("name", FROZEN)
def test_columns_are_frozen(name: str) -> None:
    assert " ".join(table(name).names) == FROZEN[name]


@pytest.mark.parametrize("name", FROZEN_KEYS)
def test_keys_are_frozen(name: str) -> None:
    assert " ".join(table(name).keys) == FROZEN_KEYS[name]


@pytest.mark.parametrize("declared", TABLES, ids=TABLE_NAMES)
def test_a_table_is_well_formed(declared: Table) -> None:
    assert table(declared.name) is declared
    assert len(set(declared.names)) == len(declared.names)
    assert declared.keys
    for sentence in filter(None, (declared.meaning, declared.default)):
        assert sentence.endswith(".") and sentence[0].isupper()
    assert declared.meaning


@pytest.mark.parametrize(("declared", "column"), COLUMNS)
def test_a_column_is_well_formed(declared: Table, column: Column) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", column.name)
    assert column.meaning and not column.meaning.endswith("."), "a meaning is a phrase, without a period"
    assert len(set(column.choices)) == len(column.choices) != 1
    assert all(re.fullmatch(r"[a-z_]+", choice) for choice in column.choices)
    if column.choices:
        assert column.type is ColumnType.CODE
    if column.minimum is not None or column.maximum is not None:
        assert column.type.is_number
    if column.minimum is not None and column.maximum is not None:
        assert column.minimum < column.maximum


@pytest.mark.parametrize(("declared", "column"), COLUMNS)
def test_names_tell_types(declared: Table, column: Column) -> None:
    expected = {"_pct": ColumnType.PERCENT, "_amount": ColumnType.MONEY, "_date": ColumnType.DATE}
    expected |= {"_days": ColumnType.DAYS, "_cost": ColumnType.MONEY, "_hours": ColumnType.HOURS}
    expected |= {"_qty": ColumnType.QUANTITY}
    for suffix, kind in expected.items():
        if column.name.endswith(suffix):
            assert column.type is kind
    if column.type in NODE_NAMES:
        assert column.name in NODE_NAMES[column.type]


@pytest.mark.parametrize(("declared", "column"), COLUMNS)
def test_a_key_may_be_blank_only_where_blank_means_something(declared: Table, column: Column) -> None:
    may_be_blank = {"valid_from", "lot", "route"} | {"order_lines": {"schedule"}, "bom": {"location"}}.get(
        declared.name, {"company"} if declared.name == "accounts" else set()
    )
    blank_has_meaning = "node" in column.type.value or column.name in may_be_blank
    if column.is_key:
        assert column.required is not blank_has_meaning
        is_plain = declared.name == "routings" or column.name in {"schedule", "company"}
        assert column.required or is_plain or "blank" in column.meaning or "else" in column.meaning


@pytest.mark.parametrize("declared", [t for t in TABLES if t.inheritance is Inheritance.RATE], ids=lambda t: t.name)
def test_rates_are_dated_by_their_key_and_never_negative(declared: Table) -> None:
    for dated in {"valid_from", "date"} & set(declared.names):
        assert dated in declared.keys
    bounded = [c for c in declared.columns if c.type.is_number and c.name not in {"preference", "opening_cash"}]
    assert bounded and all(c.minimum is not None and c.minimum >= 0 for c in bounded)


@pytest.mark.parametrize("declared", [t for t in TABLES if t.inheritance is Inheritance.TOTAL], ids=lambda t: t.name)
def test_totals_stand_at_a_node(declared: Table) -> None:
    assert ColumnType.ITEM_NODE in {c.type for c in declared.columns}


@pytest.mark.parametrize("declared", [t for t in TABLES if t.inheritance is Inheritance.HISTORY], ids=lambda t: t.name)
def test_histories_are_dated_and_may_be_negative(declared: Table) -> None:
    assert "date" in declared.keys
    assert all(c.minimum is None and c.maximum is None for c in declared.columns)


def test_stock_on_hand_may_be_negative() -> None:
    assert table("inventory").column("on_hand").minimum is None
    assert table("inventory").column("blocked").minimum == 0.0


@pytest.mark.parametrize(
    ("name", "column"), [("routings", "yield_pct"), ("uoms", "factor"), ("exchange_rates", "rate")]
)
def test_what_is_divided_by_is_positive(name: str, column: str) -> None:
    minimum = table(name).column(column).minimum
    assert minimum is not None and minimum > 0


def test_required_tables_say_so_and_defaults_are_told() -> None:
    assert [t.name for t in TABLES if t.default == "The table is required."] == ["items", "markets"]
    for name in ("inventory", "resources", "prices", "lanes", "costs", "open_orders"):
        assert table(name).default


def test_an_unknown_table_is_told_its_neighbors() -> None:
    with pytest.raises(UnknownName, match=r"no table 'resource'; did you mean .*\bresources\b"):
        table("resource")
    with pytest.raises(UnknownName, match="there are items, uoms, "):
        table("zzz")
