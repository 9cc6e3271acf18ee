"""Bias correction: what a function enters is read by what its earlier forecasts turned out to be worth.

    b = Σ(F − A) / ΣA over its last closed buckets at lag 1        f' = f / (1 + b), by ±30 % at most

Measured for each function and family × region, from table forecast_archive against what was *ordered*: shipments
would brand sales as optimists in a shortage. Of a number that equals the statistical forecast of the same day nothing
is learned: the function said nothing of its own (a fallback). A bias is significant where at least six closed buckets
are known, the mean error differs from 0 (Student's t, 5 %, two-sided), and the last six errors have one sign: a bias
that has turned is no bias to correct. Only what the function really entered is corrected, never the baseline or the
events that stand where it said nothing. A correction is one step toward the function, not a verdict: better inputs are
better than corrected ones, so policy bias_correction_FUNCTION is off until somebody decides.

Sources: Heizer, Render & Munson, Operations Management, chapter 4 (bias); Student, Biometrika 6 (1908); Goodwin &
Lawton, Int. J. Forecasting 19 (2003) 45-60 (debiasing judgmental forecasts).

>>> float(factor_of(np.array(0.25))), float(factor_of(np.array(1.0))), float(factor_of(np.array(-0.5)))
(0.8, 0.7, 1.3)
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.hierarchy import Hierarchy
from equipoise.core.measure import Grain
from equipoise.core.panel import Panel, sum_rows
from equipoise.demand.consensus import Ledger
from equipoise.demand.event import demand_rows
from equipoise.demand.findings import BIAS_CAPPED, BIAS_CORRECTED, BIAS_STANDS

LAG = 1
FEWEST, MOST = 6, 12
"""Closed buckets that a bias needs as evidence, and the latest so many that count."""
CAP = 0.3
"""Most that a correction moves an input, as a share of it."""
CRITICAL_T = {6: 2.571, 7: 2.447, 8: 2.365, 9: 2.306, 10: 2.262, 11: 2.228, 12: 2.201}
"""Student's t that is exceeded either way by chance once in twenty, by number of buckets (n − 1 degrees of freedom)."""
STATISTICAL = "statistical"


@dataclass(frozen=True, eq=False)
class Bias:
    """How a function's forecasts of an item node × market node compare with orders; buckets oldest first."""

    function: str
    item: str
    market: str
    rows: IntArray
    """Rows of grain demand below the nodes."""
    forecast: FloatArray
    """[n] units, at most the last twelve closed buckets."""
    actual: FloatArray
    """[n] units ordered in the same cells."""

    @property
    def ratio(self) -> float:
        """b = Σ(F − A) / ΣA, above 0 for a forecast too high; ±inf or NaN where nothing was ordered."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return float((self.forecast - self.actual).sum() / self.actual.sum())

    @property
    def t(self) -> float:
        """Student's t of the mean error; infinite where all errors are equal and not 0."""
        error = self.forecast - self.actual
        spread = float(np.std(error, ddof=1)) if error.size > 1 else 0.0
        mean = float(error.mean())
        if spread <= 1e-12 * abs(mean) or mean == 0.0:
            return 0.0 if mean == 0.0 else inf if mean > 0 else -inf
        return mean / (spread / sqrt(error.size))

    @property
    def is_significant(self) -> bool:
        """True for at least six buckets, a mean error that is no chance, and one sign in the last six."""
        error = self.forecast - self.actual
        if error.size < FEWEST or not np.isfinite(self.ratio) or abs(self.t) <= CRITICAL_T[error.size]:
            return False
        return bool((np.sign(error[-FEWEST:]) == np.sign(self.ratio)).all())

    @property
    def factor(self) -> float:
        """What an input is multiplied by: 1 / (1 + b) within the cap, 1 where the bias is not significant."""
        return float(factor_of(np.array(self.ratio))) if self.is_significant else 1.0

    @property
    def is_capped(self) -> bool:
        """True if the whole bias is more than a correction may be."""
        return self.is_significant and abs(1.0 / (1.0 + self.ratio) - 1.0) > CAP + 1e-12

    @property
    def words(self) -> str:
        """The evidence: `18.0 % too high in 12 closed buckets (F 118, A 100, t 25.1)`."""
        side = "high" if self.ratio > 0 else "low"
        sums = f"F {self.forecast.sum():,.0f}, A {self.actual.sum():,.0f}, t {self.t:.1f}"
        return f"{abs(100 * self.ratio):.1f} % too {side} in {self.forecast.size} closed buckets ({sums})"


def factor_of(bias: FloatArray) -> FloatArray:
    """1 / (1 + b) within 1 ± 0.3, elementwise; b above −1."""
    found: FloatArray = np.clip(1.0 / (1.0 + bias), 1.0 - CAP, 1.0 + CAP)
    return found


def correct_bias(ledger: Ledger, axes: Axes, measured: Sequence[Bias], *, switched_on: Sequence[str]) -> list[Finding]:
    """Correct what the functions of `switched_on` entered by what was measured, and say where others would be."""
    spoken = [function for function in ledger.weights if function in ledger.said]
    found = [bias for bias in measured if bias.function in spoken and bias.is_significant]
    findings: list[Finding] = []
    for function in spoken:
        mine = [bias for bias in found if bias.function == function]
        factor = np.ones(len(ledger.baseline))
        for bias in sorted(mine, key=lambda bias: _breadth(axes, bias)):
            factor[bias.rows] = bias.factor
        moved = ledger.correction(function, factor)
        is_on = function in switched_on
        if is_on:
            ledger.correct(function, moved)
        for bias in mine:
            findings += _told(bias, moved, is_on=is_on)
    return findings


def _breadth(axes: Axes, bias: Bias) -> tuple[int, int, str, str]:
    """Order of painting: the widest first, so that the more specific evidence holds."""
    item, market = axes.items.specificity(bias.item), axes.markets.specificity(bias.market)
    return item, market, bias.item, bias.market


def _told(bias: Bias, moved: FloatArray, *, is_on: bool) -> Iterator[Finding]:
    """Who is biased, by how much, on which evidence, and what that does to the inputs of now."""
    units = float(moved[bias.rows].sum())
    if not moved[bias.rows].any():
        return
    where = f"function {bias.function}"
    scope = f"{bias.item or 'all items'} in {bias.market or 'all markets'}"
    does = "takes" if units < 0 else "adds"
    what = f"correction {does} {abs(units):,.0f} units" if is_on else f"a correction would be {units:+,.0f} units"
    count = int((moved[bias.rows] != 0).sum())
    code = BIAS_CORRECTED if is_on else BIAS_STANDS
    yield code.found(where, f"{scope}: {bias.words}; {what}", count=count)
    if bias.is_capped and is_on:
        whole = 100 * (1.0 / (1.0 + bias.ratio) - 1.0)
        message = f"{scope}: {whole:+.0f} % would be the whole correction, {100 * (bias.factor - 1):+.0f} % was made"
        yield BIAS_CAPPED.found(where, message, count=count)


def measure_bias(
    axes: Axes, archive: pl.DataFrame, ordered: Panel, *, functions: Sequence[str], end: int
) -> list[Bias]:
    """Bias of each function by family × region, or by the nodes of its archive where these lie above.

    `ordered` is panel history_ordered_qty, `end` the first bucket that is not closed. A forecast is at lag 1 if it was
    made in the bucket before its own; of several the latest counts. A row at a node is the node's total: where one
    group and bucket hold rows of several levels, the highest counts.
    """
    orders = ordered["history_ordered_qty"]
    if not functions or not orders.any():
        return []  # where nobody states orders there is nothing to hold a forecast against
    rows = _spoken(_at_lag(axes, archive.filter(pl.col("source").is_in([*functions, STATISTICAL]))), functions)
    rows = rows.filter(pl.col("bucket").is_between(ordered.first, min(end, ordered.first + orders.shape[1]) - 1))
    if rows.height == 0:
        return []
    rows = _with_actuals(axes, rows, orders, ordered.first)
    group = ["source", "group_item", "group_market"]
    depth = pl.col("item_level") * (len(axes.markets.levels) + 1) + pl.col("market_level")
    rows = rows.filter(depth == depth.min().over([*group, "bucket"]))
    sums = rows.group_by([*group, "bucket"]).agg(pl.col("quantity").sort().sum(), pl.col("actual").sort().sum())
    found = []
    for (function, item, market), one in sums.sort([*group, "bucket"]).group_by(group, maintain_order=True):
        below = demand_rows(axes, str(item), str(market))
        last = one.tail(MOST)
        found.append(
            Bias(str(function), str(item), str(market), below, last["quantity"].to_numpy(), last["actual"].to_numpy())
        )
    return found


def _at_lag(axes: Axes, archive: pl.DataFrame) -> pl.DataFrame:
    """Rows of known nodes made one bucket ahead, with their `bucket`; of several for a cell the latest."""
    known = [
        pl.col(name).is_in([node for node in archive[name].unique().to_list() if hierarchy.knows(node)])
        for name, hierarchy in (("item", axes.items), ("market", axes.markets))
    ]
    made = pl.Series("made", axes.calendar.index_dates(archive["made_date"]), dtype=pl.Int64)
    bucket = pl.Series("bucket", axes.calendar.index_dates(archive["date"]), dtype=pl.Int64)
    rows = archive.with_columns(made, bucket).filter(*known, pl.col("bucket") - pl.col("made") == LAG)
    cell = ["source", "item", "market", "bucket"]
    return rows.sort("made_date", "date").unique(cell, keep="last", maintain_order=True).select(*cell, "quantity")


def _spoken(rows: pl.DataFrame, functions: Sequence[str]) -> pl.DataFrame:
    """Rows of the functions that are words of their own: not the statistical forecast of the same cell."""
    plain = rows.filter(pl.col("source") == STATISTICAL).select("item", "market", "bucket", plain="quantity")
    mine = rows.filter(pl.col("source").is_in(list(functions)))
    joined = mine.join(plain, on=["item", "market", "bucket"], how="left", maintain_order="left")
    return joined.filter(pl.col("quantity").ne_missing(pl.col("plain"))).drop("plain")


def _with_actuals(axes: Axes, rows: pl.DataFrame, orders: FloatArray, first: int) -> pl.DataFrame:
    """Beside each forecast what was ordered below its nodes, the group it is evidence for, and the levels it is at."""
    sides = [
        _nodes(hierarchy, rows[name].unique().sort().to_list(), name, level)
        for name, hierarchy, level in (("item", axes.items, "family"), ("market", axes.markets, "region"))
    ]
    for name, side in zip(("item", "market"), sides, strict=True):
        rows = rows.join(side, on=name, how="left", maintain_order="left")
    keys, parts = axes.keys[Grain.DEMAND], []
    for (item_level, market_level), some in rows.group_by(["item_level", "market_level"], maintain_order=True):
        items = _numbers(axes.items, int(str(item_level)))[keys.column("item")]
        markets = _numbers(axes.markets, int(str(market_level)))[keys.column("market")]
        width = int(markets.max(initial=0)) + 1
        pair = np.where((items < 0) | (markets < 0), -1, items * width + markets)
        summed = sum_rows(orders, pair, (int(items.max(initial=0)) + 1) * width)
        asked = some["item_number"].to_numpy() * width + some["market_number"].to_numpy()
        at = summed[asked, some["bucket"].to_numpy() - first]
        parts.append(some.with_columns(actual=pl.Series(at, dtype=pl.Float64)))
    return pl.concat(parts)


def _nodes(hierarchy: Hierarchy, nodes: Sequence[str], name: str, level: str) -> pl.DataFrame:
    """For each node its depth (0 for all), its number at that depth, and the node at `level` that it is evidence for:
    the one above it, or itself where it lies higher or has none."""
    rank, found = hierarchy.levels.index(level), []
    numbers = {depth: _numbers(hierarchy, depth) for depth in range(len(hierarchy.levels) + 1)}
    for node in nodes:
        depth, leaf = hierarchy.specificity(node), int(hierarchy.positions(node)[0])
        code = hierarchy.paths[leaf][rank] if depth > len(hierarchy.levels) - rank else ""
        group = (code if hierarchy.level_of(code) == level else f"{level}:{code}") if code else node
        found.append((node, depth, int(numbers[depth][leaf]), group))
    schema = {name: pl.String, f"{name}_level": pl.Int64, f"{name}_number": pl.Int64, f"group_{name}": pl.String}
    return pl.DataFrame(found, schema=schema, orient="row")


def _numbers(hierarchy: Hierarchy, depth: int) -> IntArray:
    """Number of each leaf's node at a depth, 0 the whole; −1 where it has none."""
    if depth == 0:
        return np.zeros(len(hierarchy), dtype=np.int64)
    return hierarchy.groups(hierarchy.levels[len(hierarchy.levels) - depth])
