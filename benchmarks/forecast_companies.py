"""Accuracy where it costs: real weekly orders of a consumer-goods maker, and the demo company, weighted by value.

SupplyGraph (Wasi, Islam & Akib 2024) is no part of the repository. It is looked for in ../shared/data/supplygraph
beside it, or where EQUIPOISE_SUPPLYGRAPH says (examples/supplygraph/README.md).
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.company import demo_snapshot, stage_inputs
from benchmarks.forecast_peer import PEER, forecast_by_peer, models_of
from benchmarks.subject import SMOKE, Table
from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast import forecast_series
from equipoise.demand.training import read_training
from equipoise.plan import compute_plan

BESIDE = Path(__file__).parents[2] / "shared" / "data" / "supplygraph"
ORDERS = Path("Temporal Data") / "Weight" / "Sales Order .csv"
LAST_WEEKS, WEEKS_AHEAD, WEEKS = (4, 8, 12), 4, 52
LAST_MONTHS, MONTHS_AHEAD, MONTHS = (6, 12), 6, 12
MOST = {SMOKE: 6, "small": 40}
"""Series in the small sizes; else all."""


@dataclass(frozen=True, eq=False)
class Case:
    """Histories of a company, and what a unit of each is worth."""

    title: str
    demand: FloatArray
    """[N, H]; NaN before the first sale."""
    value: FloatArray
    """[N] worth of a unit."""
    family: IntArray | None
    season: int
    held_back: Sequence[int]
    """Buckets not known at each date of forecasting."""
    ahead: int


def compare_companies(size: str) -> tuple[list[Table], list[str]]:
    """Tables of the companies that are there, and a sentence for one that is not."""
    cases, notes = [_demo(size)], []
    folder = Path(os.environ.get("EQUIPOISE_SUPPLYGRAPH") or BESIDE)
    if (folder / ORDERS).is_file():
        cases.insert(0, _supplygraph(folder, size))
    else:
        notes.append(
            "SupplyGraph was not on this machine, so no real company is in this run: its files belong in"
            " ../shared/data/supplygraph beside the repository, or where EQUIPOISE_SUPPLYGRAPH says."
        )
    return [_judge(case) for case in cases], notes


def _supplygraph(folder: Path, size: str) -> Case:
    """Tonnes ordered by product and whole week; days on which nothing was ordered of any product are unknown."""
    days = pl.read_csv(folder / ORDERS, try_parse_dates=True)
    items = [name for name in days.columns if name != "Date"]
    total = days.select(pl.sum_horizontal(items)).to_series()
    last = int(np.flatnonzero(total.to_numpy() > 0)[-1]) + 1  # orders end before the files do
    daily = days.select(items).to_numpy()[:last].astype(np.float64)
    daily = daily[len(daily) % 7 :]
    weekly = daily.reshape(-1, 7, len(items)).sum(axis=1).T
    weekly = weekly[weekly.sum(axis=1) > 0]
    known = np.cumsum(weekly, axis=1) > 0
    demand = np.where(known, weekly, np.nan)[: MOST.get(size)]
    title = f"SupplyGraph, {len(demand)} products, {demand.shape[1]} weeks, tonnes ordered in each of 4 weeks ahead"
    return Case(title, demand, np.ones(len(demand)), None, WEEKS, LAST_WEEKS, WEEKS_AHEAD)


def _demo(size: str) -> Case:
    """Orders of the small demo company by item and market and month, worth their net price."""
    plan = compute_plan(demo_snapshot("small"))
    training = read_training(stage_inputs(plan, "baseline"))
    price = plan.measure("sales_net_price").values[:, 0]
    rows = np.flatnonzero(np.isfinite(training.y).any(axis=1) & np.isfinite(price))[: MOST.get(size)]
    demand = training.y[rows]
    title = (
        f"Demo company, {len(rows)} items by market, {demand.shape[1]} months, each of 6 months ahead, at net prices"
    )
    return Case(title, demand, price[rows], training.family[rows], MONTHS, LAST_MONTHS, MONTHS_AHEAD)


def _judge(case: Case) -> Table:
    """Error and bias in value, over all dates of forecasting and all buckets ahead."""
    sides = {"Equipoise": _ours, f"statsforecast {PEER}": _theirs, "seasonal naive": _seasonal_naive}
    rows = []
    for name, forecast in sides.items():
        error, bias, sold, each = 0.0, 0.0, 0.0, []
        for back in case.held_back:
            span = case.demand.shape[1] - back
            actual = case.demand[:, span : span + case.ahead]
            able = np.isfinite(case.demand[:, :span]).any(axis=1, keepdims=True) & np.isfinite(actual)
            made = forecast(case, case.demand[:, :span])
            missed = np.where(able, made - actual, 0.0) * case.value[:, None]
            here, worth = float(np.abs(missed).sum()), float((np.where(able, actual, 0.0) * case.value[:, None]).sum())
            error, bias, sold = error + here, bias + float(missed.sum()), sold + worth
            each.append(f"{100.0 * here / worth:.1f}")
        rows.append([name, f"{100.0 * error / sold:.1f}", f"{100.0 * bias / sold:+.1f}", *each])
    dates = [f"WMAPE from {back} back, %" for back in case.held_back]
    return Table(case.title, ("", "WMAPE, %", "bias, %", *dates), rows)


def _ours(case: Case, past: FloatArray) -> FloatArray:
    return forecast_series(past, case.season, case.ahead, levels=(), family=case.family).point


def _theirs(case: Case, past: FloatArray) -> FloatArray:
    """The peer has no use for a season that no history holds twice, and none for fewer than five buckets."""
    season = case.season if past.shape[1] >= 2 * case.season else 1
    models, made = models_of(season), _seasonal_naive(case, past)
    for row, y in enumerate(past):
        known = y[np.isfinite(y)]
        if len(known) >= FEWEST_OF_PEER and np.ptp(known) > 0:
            made[row] = forecast_by_peer([known], models, case.ahead)[0]
    return made


FEWEST_OF_PEER = 5


def _seasonal_naive(case: Case, past: FloatArray) -> FloatArray:
    """The same bucket of last year; where no year is known, the last bucket."""
    span = past.shape[1]
    last = np.nan_to_num(past[:, -1])
    made = np.repeat(last[:, None], case.ahead, axis=1)
    for k in range(case.ahead):
        at = span - case.season + k % case.season
        if at >= 0:
            made[:, k] = np.where(np.isfinite(past[:, at]), past[:, at], last)
    return made
