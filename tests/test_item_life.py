"""The life of items through the whole plan: a launch slips, a successor takes over, an end empties the stock."""

import json
from datetime import date

import numpy as np
import pytest

from equipoise import compute_plan, explain
from equipoise.cli.main import run
from equipoise.codec import adjustment_as_json, adjustment_from_json, question_of
from equipoise.core.adjustment import Adjustment, Amount, Scope, WrongAdjustment
from equipoise.core.dataset import DatasetHead
from equipoise.core.snapshot import Snapshot, conformed
from equipoise.core.tables import table
from equipoise.portfolio.changes import MoveEnd, MoveLaunch, ResizeLaunch

START, BASELINE = date(2027, 1, 1), "demand_baseline_qty"


def rows(columns, *values):
    names = columns.split()
    return {name: [row[place] for row in values] for place, name in enumerate(names)}


def months_before(item, market, quantities):
    first = 2027 * 12 - len(quantities)
    return [(item, market, date((first + n) // 12, (first + n) % 12 + 1, 1), q) for n, q in enumerate(quantities)]


def shop(**tables):
    """The old mop sells 100 a month in the north and 50 in the south, made at 2 hours each; the new one costs 10."""
    sold = [*months_before("old", "north", [100.0] * 24), *months_before("old", "south", [50.0] * 24)]
    given = {
        "items": rows(
            "item family uom lifecycle launch_date end_date successor",
            ("new", "mops", "piece", "launch", date(2027, 3, 1), None, ""),
            ("old", "mops", "piece", "active", None, None, ""),
        ),
        "markets": {"market": ["north", "south"], "name": ["North", "South"], "region": ["all", "all"]},
        "locations": {"location": ["plant"], "name": ["Plant"], "type": ["plant"]},
        "sales_history": rows("item market date ordered_qty", *sold),
        "resources": {"resource": ["line"], "location": ["plant"], "name": ["Line"], "type": ["machine"]},
        "routings": rows(
            "item location resource hours_per_unit", ("old", "plant", "line", 2.0), ("new", "plant", "line", 2.0)
        ),
        "prices": rows("item market price", ("old", "", 8.0), ("new", "", 10.0)),
        "costs": rows("item location standard_cost", ("old", "", 5.0), ("new", "", 6.0)),
        "inventory": rows("item location on_hand", ("old", "plant", 0.0), ("new", "plant", 0.0)),
        **tables,
    }
    given["items"]["name"] = given["items"]["item"]
    head = DatasetHead.of(
        name="mops", currency="EUR", bucket="month", start=START, horizon=6, policy={"safety_stock": "none"}
    )
    return Snapshot(head, {name: conformed(table(name), columns) for name, columns in given.items()})


LAUNCH = rows(
    "item market launch_date steady_qty ramp gate cannibalized cannibalization_pct",
    ("new", "", date(2027, 3, 1), 90.0, "50", "approved", "old", 20.0),
)


@pytest.fixture(scope="module")
def launched():
    return shop(launches=LAUNCH)


def slip(day=date(2027, 5, 1), **scope):
    return Adjustment("slip", MoveLaunch(day), Scope(item="new", **scope), function="product", author="pia")


def totals(plan, name, **nodes):
    return plan.by_bucket(name, **nodes).round(3).tolist()


def test_a_launch_reaches_its_markets_like_the_family_and_takes_from_it(launched):
    """90 a month, 45 in March: 60 and 30 by market; a fifth of it is taken from the old mop."""
    plan = compute_plan(launched)
    assert totals(plan, BASELINE, item="new") == pytest.approx([0, 0, 45, 90, 90, 90], abs=0.01)
    assert totals(plan, BASELINE, item="new", market="north") == pytest.approx([0, 0, 30, 60, 60, 60], abs=0.01)
    assert totals(plan, BASELINE, item="old") == pytest.approx([150, 150, 141, 132, 132, 132], abs=0.01)
    assert totals(plan, BASELINE, item="old", market="south") == pytest.approx([50, 50, 47, 44, 44, 44], abs=0.01)


def test_a_launch_slip_moves_demand_production_and_revenue(launched):
    """Two months later: 45 + 90 + 90 + 90 become 45 + 90, the old mop keeps 27 + 9 more... each at its price."""
    plan, late = compute_plan(launched), compute_plan(launched, [slip()])
    assert totals(late, BASELINE, item="new") == pytest.approx([0, 0, 0, 0, 45, 90], abs=0.01)
    assert totals(late, BASELINE, item="old") == pytest.approx([150, 150, 150, 150, 141, 132], abs=0.01)
    assert plan.total("production_qty", item="new") == pytest.approx(315, abs=0.1)
    assert late.total("production_qty", item="new") == pytest.approx(135, abs=0.1)
    lost, kept = 180 * 10.0, 36 * 8.0
    assert late.total("revenue_amount") - plan.total("revenue_amount") == pytest.approx(kept - lost, abs=0.5)
    hours = late.total("capacity_load_hours") - plan.total("capacity_load_hours")
    assert hours == pytest.approx(2 * (36 - 180), abs=0.1)
    assert late.axes.keys.keys() == plan.axes.keys.keys() and late.snapshot_id == plan.snapshot_id


def test_a_slip_in_one_market_moves_only_that_market(launched):
    late = compute_plan(launched, [slip(market="south")])
    assert totals(late, BASELINE, item="new", market="north") == pytest.approx([0, 0, 30, 60, 60, 60], abs=0.01)
    assert totals(late, BASELINE, item="new", market="south") == pytest.approx([0, 0, 0, 0, 15, 30], abs=0.01)


def test_a_slip_and_its_withdrawal_leave_the_plan_as_it_was(launched):
    assert compute_plan(launched, []).digest == compute_plan(launched).digest
    assert compute_plan(launched, [slip()]).fingerprint != compute_plan(launched).fingerprint


def test_explain_names_the_row_of_launches_and_who_moved_it(launched):
    late = compute_plan(launched, [slip()])
    node = explain(late, "demand_consensus_qty", bucket="Jun 2027", item="new", market="north").node
    texts = [found.text for found in node.walk()]
    assert any(text.startswith("table launches: item new, market all, launch_date 2027-03-01") for text in texts)
    assert any("Product (pia): launch date" in text and "2027-05-01" in text for text in texts)
    taken = explain(late, BASELINE, bucket="Jun 2027", item="old", market="north").node
    assert sum(child.value for child in taken.children) == pytest.approx(taken.value)
    (cannibalized,) = [child for child in taken.children if child.text.startswith("taken by the launch of new")]
    assert cannibalized.value == pytest.approx(-12, abs=0.01)
    assert "cannibalization_pct 20" in cannibalized.children[0].text


def with_end(**row):
    """The old mop ends with April, the new one follows it."""
    items = rows(
        "item family uom lifecycle launch_date end_date successor",
        ("new", "mops", "piece", "launch", date(2027, 5, 1), None, ""),
        ("old", "mops", "piece", "phase_out", None, date(2027, 4, 30), "new"),
    )
    return shop(items=items, **row)


def test_a_successor_takes_over_and_explains_from_whom():
    plan = compute_plan(with_end())
    assert totals(plan, BASELINE, item="old") == pytest.approx([150] * 4 + [0] * 2, abs=0.01)
    assert totals(plan, BASELINE, item="new") == pytest.approx([0] * 4 + [150] * 2, abs=0.01)
    node = explain(plan, BASELINE, bucket="May 2027", item="new", market="south").node
    texts = [found.text for found in node.walk()]
    assert any(text.startswith("passed on by old, which new in south succeeds") for text in texts)
    assert any("item old, lifecycle phase_out, end_date 2027-04-30, successor new" in text for text in texts)


def test_history_continued_is_named_in_the_explanation():
    """Ended with December: the forecast of the new mop was made from the sales of the old one."""
    items = rows(
        "item family uom end_date successor",
        ("new", "mops", "piece", None, ""),
        ("old", "mops", "piece", date(2026, 12, 31), "new"),
    )
    plan = compute_plan(shop(items=items))
    assert totals(plan, BASELINE, item="new") == pytest.approx([150] * 6, abs=0.01)
    node = explain(plan, BASELINE, bucket=0, item="new", market="north").node
    assert any("table sales_history: item old" in found.text for found in node.walk())


def test_the_end_moves_and_the_stock_shows_it():
    """700 on hand and 600 wanted by April: 100 stay. Ending with February, 400 do."""
    stock = rows("item location on_hand", ("old", "plant", 700.0), ("new", "plant", 0.0))
    snapshot = with_end(inventory=stock)
    plan = compute_plan(snapshot)
    assert totals(plan, "inventory_runout_qty", item="old") == pytest.approx([100] * 6, abs=0.1)
    early = compute_plan(snapshot, [Adjustment("end", MoveEnd(date(2027, 2, 28)), Scope(item="old"))])
    assert totals(early, BASELINE, item="old") == pytest.approx([150, 150, 0, 0, 0, 0], abs=0.01)
    assert totals(early, "inventory_runout_qty", item="old") == pytest.approx([400] * 6, abs=0.1)
    assert early.total("production_qty", item="old") == 0
    assert [f.count for f in early.findings if f.code == "PF112"] == [61]


def test_nothing_is_made_beyond_the_end_for_a_safety_stock():
    """40 are to lie in stock while the item goes on; with its last bucket nothing is left of them."""
    policy = rows("item location safety_stock_qty", ("old", "plant", 40.0))
    head = with_end(inventory_policy=policy)
    plan = compute_plan(Snapshot(DatasetHead.of(
        name="mops", currency="EUR", bucket="month", start=START, horizon=6, policy={"safety_stock": "policy"}
    ), head.tables))  # fmt: skip
    assert totals(plan, "inventory_safety_qty", item="old") == [40, 40, 40, 0, 0, 0]
    assert totals(plan, "inventory_closing_qty", item="old")[3:] == pytest.approx([0, 0, 0], abs=0.01)
    assert plan.total("production_qty", item="old") == pytest.approx(600, abs=0.1)


CHANGES = (
    {"kind": "launch_date", "launch_date": "2027-05-01", "scope": {"item": "new", "market": "south"}},
    {"kind": "launch", "amount": "+10%", "ramp": "20;50", "scope": {"item": "new"}},
    {"kind": "launch", "amount": 120, "scope": {"item": "new"}},
    {"kind": "end_date", "end_date": "2027-03-31", "scope": {"item": "old"}},
)


@pytest.mark.parametrize("raw", CHANGES, ids=lambda raw: raw["kind"])
def test_changes_go_through_json_and_back(raw):
    adjustment = adjustment_from_json(raw)
    again = adjustment_from_json(json.loads(json.dumps(adjustment_as_json(adjustment))))
    assert again == adjustment
    assert question_of(again) == question_of(adjustment)


def test_json_is_read_as_what_it_is():
    assert adjustment_from_json(CHANGES[0]).change == MoveLaunch(date(2027, 5, 1))
    assert adjustment_from_json(CHANGES[1]).change == ResizeLaunch(Amount("scale", 10.0), "20;50")
    with pytest.raises(WrongAdjustment, match="launch_date 'May' is not a date; write it as 2027-04-30"):
        adjustment_from_json({"kind": "launch_date", "launch_date": "May"})
    with pytest.raises(WrongAdjustment, match="end_date needs end_date"):
        adjustment_from_json({"kind": "end_date"})


def test_a_launch_slips_from_the_command_line(launched, tmp_path, capsys):
    """`equipoise plan --adjust FILE.json`: 15 and 30 units less in March, 30 and 15 in April and May in the south."""
    folder = tmp_path / "mops"
    folder.mkdir()
    head = 'name = "mops"\ncurrency = "EUR"\nbucket = "month"\nstart = 2027-01-01\nhorizon = 6\n'
    (folder / "dataset.toml").write_text(head, encoding="utf-8")
    for name, frame in launched.tables.items():
        frame.write_csv(folder / f"{name}.csv")
    (tmp_path / "slip.json").write_text(json.dumps(CHANGES[0]), encoding="utf-8")
    answers = []
    for more in ([], ["--adjust", str(tmp_path / "slip.json")]):
        assert run(["plan", str(folder), "--json", *more]) in (0, 1)
        answers.append(json.loads(capsys.readouterr().out))
    plan, late = answers
    assert plan["snapshot"] == late["snapshot"] and plan["fingerprint"] != late["fingerprint"]
    moved = np.subtract(late["by_bucket"][BASELINE], plan["by_bucket"][BASELINE])
    assert moved == pytest.approx([0, 0, -15 + 3, -30 + 6, -15 + 3, 0], abs=0.01)  # a fifth stays with the old mop
    assert late["revenue_amount"] - plan["revenue_amount"] == pytest.approx(-60 * 10 + 12 * 8, abs=0.5)
    assert late["production_qty"] < plan["production_qty"]
