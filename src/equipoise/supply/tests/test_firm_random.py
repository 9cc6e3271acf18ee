"""Planned production on random networks: several plants, bills, shelf life, lots, limits, whole workers.

Whatever people firm, there is a plan, what is firm is made exactly, and what is broken for it is priced.
"""

import os
from datetime import timedelta

import numpy as np
import pytest

from equipoise.core.adjustment import Adjustment, Amount, Scope
from equipoise.core.measure import Grain
from equipoise.supply.changes import ProductionOverride
from equipoise.supply.firm_production import ARRAY, last_starts
from equipoise.supply.network.network import read_network
from equipoise.supply.plan_supply import plan_supply
from equipoise.supply.tests.network_instance import random_network
from equipoise.supply.tests.oracle import START

SEEDS = range(40 if os.environ.get("EQUIPOISE_SOAK") else 8)


def orders(inputs, draw):
    """Up to five planned orders of cells in which something can be finished, and a total over all of an item."""
    axes, network = inputs.axes, read_network(inputs)
    keys, starts = axes.keys[Grain.MAKE], last_starts(network.routes)
    cells = np.argwhere(starts >= 0)
    found = []
    for number, at in enumerate(draw.choice(len(cells), size=min(5, len(cells)), replace=False).tolist()):
        row, bucket = cells[at].tolist()
        item, location, _ = keys.labels(row)
        days = {"first": axes.calendar.start_of(bucket), "last": axes.calendar.end_of(bucket)}
        size = float(draw.choice([0.0, 7.25, 60.0, 900.0]))
        change = ProductionOverride(Amount("set", size))
        found.append(Adjustment(f"a{number}", change, Scope(item=item, location=location, **days), seq=number))
    item = keys.labels(int(cells[0][0]))[0]
    span = {"first": START, "last": START + timedelta(days=13)}
    found.append(Adjustment("all", ProductionOverride(Amount("set", 40.0)), Scope(item=item, **span), seq=99))
    return tuple(found)


@pytest.mark.parametrize("tier", ["optimum", "heuristic", "infinite"])
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_firm_is_made_and_what_it_breaks_is_priced(inputs, seed, tier):
    tables, knobs, safety, horizon = random_network(seed)
    given = {"start": START, "horizon": horizon, "bucket": "week", "policy": knobs | {"tier": tier}, "safety": safety}
    free = inputs(tables, **given)
    base = plan_supply(free)
    adjustments = orders(free, np.random.default_rng(seed))
    section = plan_supply(inputs(tables, adjustments=adjustments, base=None if tier == "heuristic" else base, **given))
    firm = section.arrays[ARRAY]
    made = section.panel_of("production_qty")["production_qty"]
    fixed = ~np.isnan(firm)
    assert fixed.any()
    assert np.array_equal(made[fixed], firm[fixed])
    if tier == "optimum":
        worse = section.facts["penalty_amount"] - base.facts["penalty_amount"]
        cost = section.facts["objective_amount"] + section.facts["notional_amount"]
        least = base.facts["objective_amount"] + base.facts["notional_amount"]
        assert worse > 1e-6 or cost >= least - 1e-6 * max(1.0, abs(least))
    again = plan_supply(inputs(tables, adjustments=adjustments, base=None if tier == "heuristic" else base, **given))
    assert again.digest == section.digest
