"""Write the demo company as a dataset folder that any company could have sent."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from equipoise.core.tables import table
from equipoise.demo.company import ENDED, HISTORY, HORIZON, LAUNCH, START, make_items, month_start, size_named
from equipoise.demo.history import PROMOTION, make_past
from equipoise.demo.market import BUDGET_ABOVE_TRUTH_PCT, SALES_BIAS_PCT, contributions, market_tables
from equipoise.demo.supply import capacity_of, line_load, supply_tables, surfactant_limit

SEED = 20261101

HEAD = f"""name = "Kestrel Home Care"     # invented; see truth.json for what the numbers were made from
currency = "EUR"
bucket = "month"
start = {START.isoformat()}
horizon = {HORIZON}
fiscal_year_start = "07-01"
"""


def write_demo(folder: Path, *, size: str = "small", seed: int = SEED) -> Path:
    """Write dataset.toml, a CSV per table, adjustments.json and truth.json into `folder`; returns it.

    The same size and seed give the same bytes. UnknownSize if there is no such size.
    """
    chosen = size_named(size)
    rng = np.random.default_rng(seed)
    items = make_items(chosen, rng)
    past = make_past(items, chosen, rng)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dataset.toml").write_text(HEAD, encoding="utf-8")
    for name, rows in {**market_tables(items, chosen, past, rng), **supply_tables(items, chosen, past)}.items():
        _write_table(folder, name, rows)
    load = line_load(items, past)
    capacity = capacity_of(items, past)
    truth = {
        "seed": seed,
        "sales_bias_pct": {"region": "North", "value": SALES_BIAS_PCT},
        "promotion": PROMOTION,
        "budget_above_truth_pct": BUDGET_ABOVE_TRUTH_PCT,
        "launch": LAUNCH,
        "phase_out": ENDED,
        "surfactant_limit_kg": surfactant_limit(items, past),
        "capacity_hours": capacity,
        "overloaded": {
            line: [month_start(t).isoformat() for t in range(HORIZON) if hours[t] > capacity[line]]
            for line, hours in load.items()
            if (hours > capacity[line]).any()
        },
        "demand_next_months": {
            item.code: [round(float(q), 3) for q in past.truth[row, :, HISTORY:].sum(axis=0)]
            for row, item in enumerate(items)
        },
    }
    _write_json(folder / "truth.json", truth)
    _write_json(folder / "adjustments.json", {"adjustments": contributions(), "rulings": []})
    return folder


def _write_table(folder: Path, name: str, rows: Iterable[dict[str, object]]) -> None:
    given = list(rows)
    used = [column for column in table(name).names if any(column in row for row in given)]
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, used, lineterminator="\n")
        writer.writeheader()
        writer.writerows(given)


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
