"""Companies whose demand moves with working days, Easter or an indicator by known strengths."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from equipoise.core.dataset import DatasetHead
from equipoise.core.finding import Finding
from equipoise.core.knob import Policy
from equipoise.core.measure import Grain
from equipoise.core.snapshot import Snapshot, conformed
from equipoise.core.stage import Inputs
from equipoise.core.tables import table
from equipoise.demand.indicators import indicator_effects
from equipoise.demand.market_calendar import MarketCalendar, read_market_calendar
from equipoise.demand.tests.company import BASELINE, Answer, axes_of, planned

START = date(2027, 1, 1)
BACK = 24
"""Buckets by which indicators begin before sales."""
EASTERS = (
    (2014, 4, 20), (2015, 4, 5), (2016, 3, 27), (2017, 4, 16), (2018, 4, 1), (2019, 4, 21), (2020, 4, 12),
    (2021, 4, 4), (2022, 4, 17), (2023, 4, 9), (2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2028, 4, 16),
)  # fmt: skip
FIXED = ((1, 1, "New Year"), (5, 1, "Labor Day"), (10, 3, "National Day"), (12, 25, "Christmas"), (12, 26, "Christmas"))


def days_off(name: str = "home", years: Sequence[int] = range(2014, 2029)) -> dict[str, list]:
    """Table calendars: five fixed days off, Good Friday to Easter Monday."""
    rows = [(date(year, month, day), note) for year in years for month, day, note in FIXED]
    for easter in (date(*given) for given in EASTERS if given[0] in years):
        rows += [(easter + timedelta(days=day), "Easter") for day in (-2, 0, 1)]
    rows.sort()
    return {
        "calendar": [name] * len(rows),
        "date": [day for day, _ in rows],
        "working": [0.0] * len(rows),
        "note": [note for _, note in rows],
    }


def calendar_of(
    first: int, last: int, rows: Mapping[str, list] | None = None, *, bucket: str = "month", start: date = START
) -> MarketCalendar:
    """The calendar `home` over the buckets first..last−1."""
    head = DatasetHead.of(name="t", currency="EUR", bucket=bucket, start=start, horizon=max(last, 1))
    axes = axes_of(head, {"saw": "tools"}, {"shop": "home"})
    return read_market_calendar(axes, conformed(table("calendars"), rows or days_off()), "home", first=first, last=last)


@dataclass(frozen=True, eq=False)
class Made:
    """Sales that were made up, and what is going to be sold."""

    items: dict[str, str]
    tables: dict[str, dict[str, list]]
    truth: np.ndarray
    """[items, T]."""
    head: Mapping[str, object] = field(default_factory=lambda: {"bucket": "month", "start": START})

    def plan(self, *, tables: Sequence[str] = (), **more) -> Answer:
        """The plan from sales and the tables named."""
        chosen = {name: self.tables[name] for name in ("sales_history", *tables)}
        return planned(items=self.items, tables=chosen, **{"horizon": self.truth.shape[1], **self.head, **more})

    def indicator_findings(self) -> list[Finding]:
        """What is found of indicators, without the rest of the plan."""
        horizon = self.truth.shape[1]
        head = DatasetHead.of(name="t", currency="EUR", bucket="month", start=START, horizon=horizon)
        axes = axes_of(head, self.items, {"shop": "home"})
        snapshot = Snapshot(head, {"indicators": conformed(table("indicators"), self.tables["indicators"])})
        y = np.array(self.tables["sales_history"]["ordered_qty"]).reshape(len(self.items), -1)
        order = [list(self.items).index(axes.keys[Grain.DEMAND].labels(row)[0]) for row in range(len(y))]
        inputs = Inputs(BASELINE, snapshot, axes, Policy.of({}), (), {})
        family = axes.groups(Grain.DEMAND, "family")[0]
        return indicator_effects(inputs, y[order], family, first=-y.shape[1], end=0)[1]

    def error(self, answer: Answer) -> float:
        """WMAPE over the horizon."""
        rows = [answer.row(item, "shop") for item in self.items]
        return float(np.abs(answer["demand_baseline_qty"][rows] - self.truth).sum() / self.truth.sum())


def make(
    seed: int,
    *,
    history: int = 72,
    horizon: int = 12,
    families: int = 2,
    per_family: int = 6,
    noise: float = 0.04,
    working_days: float = 0.0,
    easter: float = 0.0,
    indicators: int = 0,
    elasticity: float = 0.0,
    lag: int = 3,
    bucket: str = "month",
    start: date = START,
) -> Made:
    """Seasonal items that wander a little. `working_days` is an elasticity, `easter` the logarithm of what its window
    sells more, `elasticity` that of the first indicator, which leads by `lag` buckets; the others lead nothing."""
    rng = np.random.default_rng(seed)
    span = history + horizon
    head = DatasetHead.of(name="t", currency="EUR", bucket=bucket, start=start, horizon=horizon)
    days = [head.calendar.start_of(number) for number in range(-history - BACK, horizon)]
    period = head.calendar.periods_per_year
    season_of = np.arange(-history, horizon) % period
    calendar = calendar_of(-history, horizon, bucket=bucket, start=start)
    moved = working_days * np.log(np.maximum(calendar.days, 1)) + easter * dict(calendar.holidays)["Easter"]
    index = [100.0 * np.exp(np.cumsum(rng.normal(0.0, 0.02, span + BACK))) for _ in range(indicators)]
    if elasticity:
        moved = moved + elasticity * np.log(index[0][BACK - lag : BACK - lag + span] / 100.0)
    items, sold = {}, []
    for family in range(families):
        season = rng.normal(0.0, 0.15, period)
        for number in range(per_family):
            items[f"item-{family}-{number}"] = f"family-{family}"
            wander = np.cumsum(rng.normal(0.0, 0.005, span)) + rng.normal(0.0, noise, span)
            sold.append(np.exp(np.log(rng.uniform(50, 2000)) + season[season_of] + wander + moved))
    whole = np.array(sold)
    tables = {
        "sales_history": {
            "item": [item for item in items for _ in range(history)],
            "market": ["shop"] * (history * len(items)),
            "date": days[BACK : BACK + history] * len(items),
            "ordered_qty": whole[:, :history].ravel().tolist(),
        },
        "calendars": days_off(),
        "indicators": {
            "indicator": [f"index-{number}" for number in range(indicators) for _ in range(span + BACK)],
            "date": days * indicators,
            "value": np.array(index).ravel().tolist(),
        },
    }
    return Made(items, tables, whole[:, history:], {"bucket": bucket, "start": start})
