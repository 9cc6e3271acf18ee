"""What a plan promises: the same question has the same bytes, and every number adds up."""

import csv
import dataclasses
import random
import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from equipoise import compute_plan, gather, read_dataset, read_plan, write_plan
from equipoise.catalog import MEASURES
from equipoise.codec import adjustment_from_json
from equipoise.core.adjustment import Ruling, standing
from equipoise.core.grid import BeyondExact, is_on_grid
from equipoise.core.measure import Grain
from equipoise.plan import MemoryShelf, fingerprint
from equipoise.store_plans import DiskShelf
from equipoise.supply import solving
from equipoise.supply.program.blocks import independent_parts


def change(kind="demand_override", **fields):
    return adjustment_from_json({"id": "extra", "kind": kind, **fields}, seq=99)


def test_red_tomato_costs_what_the_textbook_says(red_tomato):
    plan = compute_plan(red_tomato)
    assert plan.total("cost_total_amount") == pytest.approx(422_275, abs=0.01)
    assert plan.total("revenue_amount") == 640_000


def test_whole_workers_cost_what_the_textbook_says(red_tomato):
    whole = adjustment_from_json({"kind": "set_policy", "knob": "workforce", "value": "integer"})
    plan = compute_plan(red_tomato, [whole])
    assert plan.total("cost_total_amount") == pytest.approx(422_660, abs=0.01)
    workers = plan.measure("workforce_count").values
    assert np.array_equal(workers, np.rint(workers))


def test_shuffled_rows_are_the_same_question_and_the_same_answer(demo_folder, demo_snapshot, tmp_path):
    shuffled = tmp_path / "shuffled"
    shutil.copytree(demo_folder, shuffled)
    draw = random.Random(7)
    for path in shuffled.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            head, *rows = list(csv.reader(file))
        draw.shuffle(rows)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([head, *rows])
    again = gather(read_dataset(shuffled))
    assert again.id == demo_snapshot.id
    first, second = compute_plan(demo_snapshot), compute_plan(again)
    assert (first.fingerprint, first.digest) == (second.fingerprint, second.digest)


def test_another_process_gives_the_same_bytes(demo_folder, demo_snapshot, demo_adjustments):
    code = (
        "import sys; from pathlib import Path\n"
        "from equipoise import compute_plan, gather, read_dataset\n"
        "from equipoise.codec import read_adjustments\n"
        "folder = Path(sys.argv[1])\n"
        "adjustments, _ = read_adjustments(folder / 'adjustments.json')\n"
        "print(compute_plan(gather(read_dataset(folder)), adjustments).digest)"
    )
    told = subprocess.run([sys.executable, "-c", code, str(demo_folder)], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == compute_plan(demo_snapshot, demo_adjustments).digest


def test_an_adjustment_and_its_withdrawal_leave_the_question_as_it_was(demo_snapshot, demo_adjustments):
    extra = change(amount="+10%", scope={"item": "Dish care"})
    before = fingerprint(demo_snapshot.id, demo_adjustments)
    with_it = standing([*demo_adjustments, extra])
    assert fingerprint(demo_snapshot.id, with_it) != before
    withdrawn = standing([*demo_adjustments, extra], [Ruling("extra", "accepted"), Ruling("extra", "withdrawn")])
    assert fingerprint(demo_snapshot.id, withdrawn) == before


def test_the_order_in_which_adjustments_are_given_is_not_part_of_the_question(demo_snapshot, demo_adjustments):
    late = adjustment_from_json({"id": "h", "kind": "demand_hold", "scope": {"item": "LA-01"}}, seq=1)
    early = adjustment_from_json({"id": "o", "kind": "demand_override", "amount": "+1%"}, seq=2)
    asked = [*demo_adjustments, late, early]
    assert fingerprint(demo_snapshot.id, asked) == fingerprint(demo_snapshot.id, asked[::-1])


def test_words_author_and_reason_are_not_part_of_the_question(demo_snapshot):
    plain = change(amount="+10%")
    told = change(amount="+10%", author="anna", reason="because")
    assert fingerprint(demo_snapshot.id, [plain]) == fingerprint(demo_snapshot.id, [told])


def test_what_was_solved_before_does_not_show(demo_snapshot, demo_adjustments):
    """The optimum is a function of the question: with a shelf that has seen another lever, the bytes are the same."""
    lever = change("capacity", scope={"resource": "capsule-line"}, amount="+10%")
    shelf = MemoryShelf()
    compute_plan(demo_snapshot, [*demo_adjustments, lever], shelf=shelf)
    compute_plan(demo_snapshot, [lever], shelf=shelf)
    assert compute_plan(demo_snapshot, demo_adjustments, shelf=shelf).digest == (
        compute_plan(demo_snapshot, demo_adjustments).digest
    )


def test_a_disk_shelf_and_a_published_plan_give_the_same_bytes(demo_plan, demo_snapshot, demo_adjustments, tmp_path):
    shelf = DiskShelf(tmp_path / "shelf", demo_plan.axes)
    compute_plan(demo_snapshot, demo_adjustments, shelf=shelf)
    from_shelf = compute_plan(demo_snapshot, demo_adjustments, shelf=shelf)
    write_plan(demo_plan, tmp_path / "plan")
    read = read_plan(tmp_path / "plan")
    assert from_shelf.digest == read.digest == demo_plan.digest
    assert read.fingerprint == demo_plan.fingerprint
    assert [f.as_json() for f in read.findings] == [f.as_json() for f in demo_plan.findings]


def test_publishing_twice_is_publishing_once_and_the_bytes_are_the_same(demo_plan, tmp_path):
    for name in ("one", "two"):
        write_plan(demo_plan, tmp_path / name)
    write_plan(demo_plan, tmp_path / "one")
    files = sorted(p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("*") if p.is_file())
    assert len(files) > 50
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_every_additive_measure_is_on_the_grid(demo_plan):
    for measure in MEASURES:
        if measure.is_additive and measure.grain and not measure.nullable:
            assert is_on_grid(demo_plan.measure(measure.name).values, measure.unit.step), measure.name


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (
            "100000m",
            r"demand_consensus_qty of tool / retail in \w+ 2027 comes to 2.375e\+10; numbers up to 8,589,934,592",
        ),
        ("20000m", r"capacity_load_hours of assembly in \w+ 2027 comes to 1.1e\+10; numbers up to 8,589,934,592"),
    ],
)
def test_a_number_too_large_to_be_exact_is_refused_where_it_arises(red_tomato, amount, words):
    with pytest.raises(BeyondExact, match=words):
        compute_plan(red_tomato, [change(amount=amount, scope={"item": "tool"})])


def test_postings_sum_to_their_measure_exactly(demo_plan):
    posted = {(s.stage, p.measure) for s in demo_plan.sections.values() for p in s.postings}
    assert ("demand", "demand_consensus_qty") in posted
    for stage, measure in posted:
        section = demo_plan.sections[stage]
        values = section.panel_of(measure)[measure]
        assert np.array_equal(sum(p.dense(values.shape) for p in section.postings_of(measure)), values), measure


def test_postings_name_the_adjustments_that_caused_them(demo_plan, demo_adjustments):
    causes = {p.cause for p in demo_plan.sections["demand"].postings_of("demand_consensus_qty")}
    rows_of_tables = {cause for cause in causes if cause.startswith(("event:", "commitment:"))}
    moved = {a.id for a in demo_adjustments if a.change.stage == "demand"}  # a launch moves the baseline
    assert causes - rows_of_tables == {"demand_baseline_qty", *moved}


@pytest.mark.parametrize("level", ["family", "item", "market", "region", "category"])
def test_totals_by_any_level_are_the_same_to_the_bit(demo_plan, level):
    whole = demo_plan.by_bucket("demand_consensus_qty")
    _, parts = demo_plan.grouped("demand_consensus_qty", level=level)
    assert np.array_equal(parts.sum(axis=0), whole)


def test_opening_and_flows_make_closing_to_the_bit(demo_plan):
    opening, inbound, outbound, closing = (
        demo_plan.measure(f"inventory_{word}_qty").values for word in ("opening", "inbound", "outbound", "closing")
    )
    assert np.array_equal(opening + inbound - outbound, closing)
    assert np.array_equal(opening[:, 1:], closing[:, :-1])
    assert (closing >= 0).all()


def test_backlog_is_what_was_wanted_and_not_served(demo_plan):
    required, served, lost, backlog = (
        demo_plan.measure(name).values
        for name in ("demand_required_qty", "demand_served_qty", "lost_qty", "backlog_closing_qty")
    )
    overdue = demo_plan.measure("demand_overdue_qty").values
    before = np.concatenate([np.zeros((len(backlog), 1)), backlog[:, :-1]], axis=1)
    assert np.array_equal(before + overdue + required - served - lost, backlog)


def test_without_adjustments_events_and_commitments_consensus_is_the_baseline(demo_snapshot):
    bare = {name: frame for name, frame in demo_snapshot.tables.items() if name not in ("events", "commitments")}
    plan = compute_plan(replace(demo_snapshot, tables=bare))
    consensus, baseline = (plan.measure(f"demand_{word}_qty").values for word in ("consensus", "baseline"))
    assert np.array_equal(consensus, baseline)


def test_more_capacity_never_costs_more(demo_snapshot):
    base = compute_plan(demo_snapshot).sections["supply"].facts
    more = (
        compute_plan(demo_snapshot, [change("capacity", scope={"resource": "capsule-line"}, amount="+25%")])
        .sections["supply"]
        .facts
    )
    assert more["objective_amount"] + more["notional_amount"] <= (
        base["objective_amount"] + base["notional_amount"] + 1.0
    )


def test_an_hour_is_worth_its_shadow_price(demo_snapshot):
    """One more hour of the overhauled capsule line in January changes the objective by the price that is shown."""
    base = compute_plan(demo_snapshot)
    january = {"resource": "capsule-line", "first": "2027-01-01", "last": "2027-01-31"}
    row = base.axes.keys[Grain.RESOURCE].rows[("capsule-line",)]
    price = base.measure("capacity_shadow_price").values[row, 2]
    changed = {
        amount: compute_plan(demo_snapshot, [change("capacity", scope=january, amount=amount)]).sections["supply"].facts
        for amount in ("+0.01", "-0.01")
    }
    facts = base.sections["supply"].facts

    def objective(found):
        return found["objective_amount"] + found["notional_amount"]

    assert price > 10
    assert (objective(facts) - objective(changed["+0.01"])) / 0.01 == pytest.approx(price, rel=0.02)
    assert (objective(changed["-0.01"]) - objective(facts)) / 0.01 == pytest.approx(price, rel=0.02)


def test_nothing_binds_constrained_is_unconstrained(demo_snapshot):
    infinite = adjustment_from_json({"kind": "set_policy", "knob": "tier", "value": "infinite"})
    plan = compute_plan(demo_snapshot, [infinite])
    assert plan.tier == "infinite"
    load = plan.grouped("capacity_load_hours", level="resource")
    available = plan.grouped("capacity_available_hours", level="resource")
    line = load[0].index("capsule-line")
    assert (load[1][line] > available[1][line]).any()


def test_progress_tells_each_stage_once(demo_snapshot):
    told = []
    compute_plan(demo_snapshot, progress=lambda title, done: told.append((title, done)))
    assert [title for title, _ in told][-1] == "Done"
    assert len(told) == 11
    assert [done for _, done in told] == sorted(done for _, done in told)


@pytest.fixture
def apart(demo_snapshot):
    """The company without limits of its warehouses' room, which all items share: its lines do not know each other."""
    locations = demo_snapshot.table("locations").with_columns(storage_capacity=pl.lit(None, dtype=pl.Float64))
    return dataclasses.replace(demo_snapshot, tables={**demo_snapshot.tables, "locations": locations})


def test_progress_moves_within_supply_also_while_the_base_plan_is_solved(apart, monkeypatch):
    monkeypatch.setattr(solving, "independent_parts", lambda program: independent_parts(program, least=1))
    told = []
    more = change(amount="+1%", scope={"item": "Dish care"})
    compute_plan(apart, [more], progress=lambda title, done: told.append((title, done)))
    shares = [done for _, done in told]
    assert shares == sorted(shares) and shares[-1] == 1.0
    supply = [done for title, done in told if title == "Supply plan"]
    begin, end = supply[0], next(done for title, done in told if title == "Inventory projection")
    # Both plants are on their own, so is the bottle line; the base plan comes first and takes half of the bar.
    assert len(supply) == 7
    assert supply[3] == pytest.approx((begin + end) / 2) and supply[6] == pytest.approx(end)


def test_a_company_in_blocks_costs_what_it_costs_in_one(apart, demo_adjustments, monkeypatch):
    whole = compute_plan(apart, demo_adjustments)
    monkeypatch.setattr(solving, "independent_parts", lambda program: independent_parts(program, least=1))
    parts = compute_plan(apart, demo_adjustments)
    assert parts.digest != whole.digest  # another optimum among equals
    one, other = whole.sections["supply"].facts, parts.sections["supply"].facts
    total = one["objective_amount"] + one["notional_amount"]
    assert other["objective_amount"] + other["notional_amount"] == pytest.approx(total, rel=1e-9)


def test_cases_and_kilograms_are_not_added(demo_plan):
    assert np.isnan(demo_plan.total("inventory_closing_qty"))
    assert demo_plan.total("inventory_closing_qty", family="Laundry care") > 0


def test_measures_of_a_plan_are_not_written_to_and_small_ones_hold_no_file_open(tmp_path, monkeypatch, demo_plan):
    from equipoise import store_plans

    write_plan(demo_plan, tmp_path / "plan")
    small = read_plan(tmp_path / "plan")
    monkeypatch.setattr(store_plans, "MAPPED", 1)
    mapped = read_plan(tmp_path / "plan")
    assert small.digest == mapped.digest
    for section in small.sections.values():
        for panel, name in section.measures():
            values = panel.measures[name]
            same = next(p.measures[name] for p in mapped.section_of(name).panels if name in p.measures)
            assert not values.flags.writeable and not same.flags.writeable
            assert isinstance(same, np.memmap) and not isinstance(values, np.memmap)
            assert np.array_equal(values, same, equal_nan=True)
