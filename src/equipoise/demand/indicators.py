"""Leading indicators: what is known today of the demand of the months to come, where that is proven.

An indicator that leads by L buckets moves demand by a power of itself,

    ln y_t = season + trend + β x_{t−L} + u_t,   x = ln of the indicator less its own season,

so 1 % more of it is β % more demand L buckets later, and its changes of the last L buckets are known changes of demand
ahead. Where an indicator has values of 0 or below, x is its distance from its mean in standard deviations. Beyond the
buckets that its last value reaches, x stays as it is: no further change is assumed (Clements & Hendry, Forecasting
Economic Time Series (1998), chapter 8; Fildes et al., Int. J. Forecasting 22 (2006) 529-551).

Every indicator is tried with every lag on every family, so the best of many looks good by chance. Three guards: only
the strongest pair of a family is tried; its t-value must exceed what chance alone would reach in *any* try on it
with probability `CHANCE` (Bonferroni), on an index without its memory (`effect_fit`); and forecasts made at earlier
dates, each with the lag and strength that were best then, must be better with it (`effect_trial`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.history import bucketed
from equipoise.core.measure import Grain
from equipoise.core.stage import Inputs
from equipoise.demand.effect_findings import HISTORY_SHORT, INDICATOR_REFUSED, INDICATOR_SHORT, INDICATOR_USED
from equipoise.demand.effect_fit import critical_t, fit_one_by_one, shrunk, whiten
from equipoise.demand.effect_trial import LEAST_YEARS, REACH, Trial, Verdict, judge, reference_start
from equipoise.demand.effects import INDICATOR, Effect
from equipoise.demand.family_index import FamilyIndex, family_indices_of
from equipoise.demand.forecast import seasonal_indices

CHANCE = 0.005
"""Probability that chance alone passes the t-value of any try on a family, before the trial."""
LEAST_GAIN = 0.02
"""Share of the error at earlier dates that an indicator must take away."""
LEAST_MARGIN = 1.0
"""That gain must also be this many times its own standard error over those dates."""
LONGEST_LAG = 12
MOST_DELAY = 3
"""Buckets by which the last value of an indicator may lag the last closed one."""
MOST_ELASTIC = 3.0
SHOWN = 5
"""Pairs that were refused and are named one by one."""


@dataclass(frozen=True, eq=False)
class Indicator:
    """One indicator over the closed buckets of the window (`reference_start`), R of them."""

    name: str
    x: FloatArray
    """[R]; NaN before its first value, its last value carried over a delay."""
    delay: int
    """Buckets since its last value: 0 where the last closed bucket has one."""
    is_log: bool

    def led(self, lag: int, ahead: int) -> FloatArray:
        """x of `lag` buckets before, over the window and `ahead` buckets, [R + ahead]; carried on at both ends."""
        place = np.arange(len(self.x) + ahead) - lag
        first = int(np.flatnonzero(np.isfinite(self.x))[0])
        return self.x[np.clip(place, first, len(self.x) - 1)]


@dataclass(frozen=True, eq=False)
class _Case:
    """A family and the indicator that is strongest in it."""

    index: FamilyIndex
    indicators: tuple[Indicator, ...]
    period: int
    needed: float
    """|t| beyond chance."""

    def best(self, origin: int) -> tuple[Indicator, int, float, float]:
        """Of the first `origin` buckets of the index: strongest indicator, its lag, elasticity and t-value."""
        z = self.index.z[:origin]
        tries = list(self._tries(len(self.index.z) - origin))
        if not tries:
            return self.indicators[0], LONGEST_LAG, 0.0, 0.0
        white = whiten(z, self.period)
        x = np.stack([one.led(lag, 0)[-len(self.index.z) :][:origin] for one, lag in tries], axis=1)
        beta, t = fit_one_by_one(white, x)
        strongest = int(np.abs(t).argmax())
        strength = float(np.clip(shrunk(beta, t)[strongest], -MOST_ELASTIC, MOST_ELASTIC))
        indicator, lag = tries[strongest]
        return indicator, lag, strength, float(t[strongest])

    def effect(self, origin: int) -> tuple[FloatArray, FloatArray]:
        """What was known at an earlier date, with the delay that it has today."""
        indicator, lag, strength, t = self.best(origin)
        span = len(self.index.z)
        if abs(t) < self.needed:
            return np.zeros(origin), np.zeros(REACH)
        known = indicator.x[: len(indicator.x) - (span - origin)].copy()
        if indicator.delay:
            known[-indicator.delay :] = known[-indicator.delay - 1]
        then = Indicator(indicator.name, known, indicator.delay, indicator.is_log)
        told = strength * then.led(lag, REACH)
        return told[-origin - REACH : -REACH], told[-REACH:]

    def _tries(self, back: int) -> Iterator[tuple[Indicator, int]]:
        """Indicators with the lags that reach ahead and were known at an origin `back` buckets ago."""
        for indicator in self.indicators:
            for lag in range(indicator.delay + 1, LONGEST_LAG + 1):
                if np.isfinite(indicator.x[: len(indicator.x) - back]).sum() > 2 * self.period:
                    yield indicator, lag


def indicator_effects(
    inputs: Inputs, y: FloatArray, family: IntArray, *, first: int, end: int
) -> tuple[list[Effect], list[Finding]]:
    """Effects in history y [N, H] of the buckets first..end−1 and in the buckets from `end` to the end of the plan."""
    axes = inputs.axes
    period, ahead = axes.calendar.periods_per_year, axes.horizon - end
    read, findings = read_indicators(axes, inputs.table("indicators"), first=reference_start(axes, end), end=end)
    if not read or y.shape[1] == 0:
        return [], findings
    window = len(read[0].x)
    indices = [
        FamilyIndex(one.group, one.z[-window:])
        for one in family_indices_of(y, family, period)
        if len(one.z) >= LEAST_YEARS * period
    ]
    tries = sum(LONGEST_LAG - one.delay for one in read)
    if not indices:
        text = f"no family has {LEAST_YEARS * period} buckets of steady sales up to the last closed one"
        return [], [*findings, HISTORY_SHORT.found("table indicators", text)]
    cases = []
    for index in indices:
        freedom = whiten(index.z, period).freedom - 1
        cases.append(_Case(index, read, period, critical_t(CHANCE / tries, freedom)))
    found = [case.best(len(case.index.z)) for case in cases]
    beyond = [number for number, (_, _, _, t) in enumerate(found) if abs(t) >= cases[number].needed]
    verdicts = dict(zip(beyond, judge([Trial(cases[n].index.z, cases[n].effect) for n in beyond], period), strict=True))
    families = axes.groups(Grain.DEMAND, "family")[1]
    effects, used, refused = [], list[Finding](), []
    for number, (case, (indicator, lag, strength, t)) in enumerate(zip(cases, found, strict=True)):
        verdict = verdicts.get(number)
        pair = f"{indicator.name}, {lag} ahead, on {families[case.index.group]}"
        if verdict is None or verdict.gain < LEAST_GAIN or verdict.margin < LEAST_MARGIN:
            refused.append((abs(t) / case.needed, f"{pair} ({_why(t, case.needed, verdict)})"))
            continue
        log = strength * indicator.led(lag, ahead)
        log -= log[: len(log) - ahead][-len(case.index.z) :].mean()
        past = log[: len(log) - ahead][-(end - first) :]
        past = np.concatenate([np.full(end - first - len(past), past[0]), past])
        rows = np.flatnonzero(family == case.index.group)
        effects.append(Effect(INDICATOR + indicator.name, rows, past, log[len(log) - ahead :]))
        unit = "1 % more of it is" if indicator.is_log else "a standard deviation more of it is"
        size = strength if indicator.is_log else 100 * (np.exp(strength) - 1)
        text = f"it leads by {lag} buckets, {unit} {size:+.2f} % demand; {verdict.words}"
        used.append(INDICATOR_USED.found(f"indicator {indicator.name}, family {families[case.index.group]}", text))
    return effects, [*findings, *used, *_refused(refused, tries * len(indices))]


def read_indicators(
    axes: Axes, rows: pl.DataFrame, *, first: int, end: int
) -> tuple[tuple[Indicator, ...], list[Finding]]:
    """Means of each indicator over the closed buckets first..end−1; later values are never read."""
    found, findings = [], []
    for name in sorted(set(rows["indicator"].to_list())):
        mine = rows.filter(pl.col("indicator") == name)
        one = np.zeros(mine.height, dtype=np.int64)
        total = bucketed(axes, mine, "value", one, 1, first=first, last=end)[0]
        counted = mine.with_columns(pl.col("value").is_not_null().cast(pl.Float64))
        count = bucketed(axes, counted, "value", one, 1, first=first, last=end)[0]
        values = np.where(count > 0, total / np.maximum(count, 1.0), np.nan)
        indicator = _as_regressor(name, values, axes.calendar.periods_per_year)
        if indicator is None:
            text = f"{int((count > 0).sum())} of {end - first} closed buckets have a value"
            findings.append(INDICATOR_SHORT.found(f"indicator {name}", text))
        else:
            found.append(indicator)
    return tuple(found), findings


def _as_regressor(name: str, values: FloatArray, period: int) -> Indicator | None:
    """x of an indicator's values [R], NaN where unknown; None where they are too few, too old or never change."""
    known = np.flatnonzero(np.isfinite(values))
    if known.size < LEAST_YEARS * period:
        return None
    delay = len(values) - 1 - int(known[-1])
    # A hole is filled with the value before it, as it would have been then.
    place = np.maximum.accumulate(np.where(np.isfinite(values), np.arange(len(values)), 0))
    whole = np.where(np.arange(len(values)) >= known[0], values[place], np.nan)
    past = whole[known[0] :]
    if delay > MOST_DELAY or past.std() == 0:
        return None
    is_log = bool((past > 0).all())
    if is_log:
        seasons = seasonal_indices(past[None, : len(past) - delay], period)[0]
        season = seasons[(np.arange(len(past)) - (len(past) - delay)) % period]
        past = np.log(past / season)
        if delay:
            past[-delay:] = past[-delay - 1]
    else:
        past = (past - past.mean()) / past.std()
    x = np.full(len(values), np.nan)
    x[known[0] :] = past
    return Indicator(name, x, delay, is_log)


def _why(t: float, needed: float, verdict: Verdict | None) -> str:
    if verdict is None:
        return f"t {t:.1f}, {needed:.1f} needed"
    return f"t {t:.1f}, but {verdict.words}"


def _refused(refused: Sequence[tuple[float, str]], tries: int) -> Iterator[Finding]:
    """How many were tried in vain, and those that came nearest."""
    if refused:
        nearest = [text for _, text in sorted(refused, key=lambda pair: (-pair[0], pair[1]))[:SHOWN]]
        text = f"{tries} pairs of lag, indicator and family were tried; nearest: {'; '.join(nearest)}"
        yield INDICATOR_REFUSED.found("table indicators", text, count=len(refused))
