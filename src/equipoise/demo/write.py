"""Write the demo company as a dataset folder that any company could have sent."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl

from equipoise.core.grid import FloatArray
from equipoise.core.tables import table
from equipoise.demo.company import ENDED, HISTORY, HORIZON, LAUNCH, START, Item, make_items, month_start, size_named
from equipoise.demo.frames import Rows
from equipoise.demo.history import PROMOTION, make_past
from equipoise.demo.market import BUDGET_ABOVE_TRUTH_PCT, SALES_BIAS_PCT, contributions, market_tables
from equipoise.demo.story import story_tables
from equipoise.demo.supply import capacity_of, line_load, supply_tables, surfactant_limits, working_days

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
    tables = {
        **market_tables(items, chosen, past, rng),
        **supply_tables(items, chosen, past),
        **story_tables(items, chosen, past, rng),
    }
    for name, rows in tables.items():
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
        "surfactant_limit_kg": surfactant_limits(items, past)[1],
        "capacity_hours_per_working_day": capacity,
        "overloaded": {line: months for line, months in _overloaded(items, load, capacity).items() if months},
        "demand_next_months": {
            item.code: [round(float(q), 3) for q in past.truth[row, :, HISTORY:].sum(axis=0)]
            for row, item in enumerate(items)
        },
    }
    _write_json(folder / "truth.json", truth)
    _write_json(folder / "adjustments.json", {"adjustments": contributions(), "rulings": []})
    return folder


def _overloaded(
    items: list[Item], load: Mapping[str, FloatArray], capacity: Mapping[str, float]
) -> dict[str, list[str]]:
    """Months in which the true load of a line is above its rated hours, overhauls aside."""
    days = {item.line: working_days(item.family.plant) for item in items}
    return {
        line: [month_start(t).isoformat() for t in np.flatnonzero(hours > capacity[line] * days[line]).tolist()]
        for line, hours in load.items()
    }


def _write_table(folder: Path, name: str, rows: Rows) -> None:
    frame = rows if isinstance(rows, pl.DataFrame) else pl.from_dicts(list(rows), infer_schema_length=None)
    frame.select(column for column in table(name).names if column in frame.columns).write_csv(folder / f"{name}.csv")


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
