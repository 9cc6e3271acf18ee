"""Two tools in three shops, written out, so that the portfolio room is tested by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from equipoise.core.adjustment import Adjustment, Change, Scope
from equipoise.core.axes import Axes
from equipoise.core.dataset import DatasetHead
from equipoise.core.finding import Finding
from equipoise.core.knob import Policy
from equipoise.core.measure import Grain
from equipoise.core.section import Section
from equipoise.core.snapshot import Snapshot, conformed
from equipoise.core.stage import Inputs, Stage
from equipoise.core.tables import table
from equipoise.portfolio import CHANGES, build_axes, plan_portfolio

STAGE = Stage(
    "portfolio",
    plan_portfolio,
    tables=("items", "launches", "sales_history"),
    kinds=tuple(change.kind for change in CHANGES),
)
SHOPS = {"market": ["berlin", "madrid", "paris"], "name": ["B", "M", "P"], "region": ["north", "south", "south"]}


@dataclass(frozen=True)
class Answer:
    axes: Axes
    section: Section

    def row(self, measure: str, item: str, market: str = "berlin") -> list[float]:
        panel = self.section.panel_of(measure)
        return panel[measure][self.axes.keys[Grain.DEMAND].rows[item, market]].tolist()

    def column(self, measure: str, item: str, bucket: int) -> list[float]:
        """One bucket of an item in berlin, madrid and paris."""
        return [self.row(measure, item, market)[bucket] for market in SHOPS["market"]]

    def findings(self, code: str = "PF") -> list[Finding]:
        return [finding for finding in self.section.findings if finding.code.startswith(code)]


def rows(columns: str, *values: Sequence[object]) -> dict[str, list[object]]:
    """Columns of a table from its rows: `rows("item end_date", ("saw", day))`."""
    names = columns.split()
    return {name: [row[place] for row in values] for place, name in enumerate(names)}


def planned(
    tables: Mapping[str, Mapping[str, list[object]]],
    *changes: Change | tuple[Change, Scope],
    horizon: int = 6,
    start: date = date(2027, 1, 1),
    wanted: Sequence[str] = ("saw", "axe"),
    bucket: str = "month",
) -> Answer:
    """The stage on January to June 2027, or its weeks; the items `wanted` are sold everywhere by a forecast."""
    demand = rows(
        "item market date quantity", *((item, shop, start, 1.0) for item in wanted for shop in SHOPS["market"])
    )
    given = {"markets": SHOPS, **({"forecast": demand} if wanted else {}), **tables}
    frames = {name: conformed(table(name), columns) for name, columns in given.items()}
    head = DatasetHead.of(name="test", currency="EUR", bucket=bucket, start=start, horizon=horizon)
    snapshot = Snapshot(head, frames)
    pairs = [change if isinstance(change, tuple) else (change, Scope()) for change in changes]
    adjustments = tuple(Adjustment(f"a{n}", change, scope, seq=n) for n, (change, scope) in enumerate(pairs))
    axes = build_axes(snapshot)
    section = plan_portfolio(Inputs(STAGE, snapshot, axes, Policy.of({}), adjustments, {}))
    return Answer(axes, section)


def share(days: int, of: int) -> float:
    """A share of days as the stage computes it."""
    return float(np.float64(days) / np.float64(of))
