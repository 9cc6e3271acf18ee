"""Working days and feasts that move: what they do to the demand of each family, where that is proven.

A bucket with more working days than the same bucket of other years usually sells more, and Easter takes its sales along
from April to March. Both are regressors apart from the season, x = value less its mean over the same bucket of all
years of history (Bell & Hillmer 1983; Findley et al., J. Bus. Econ. Stat. 16 (1998) 127-177, section 2.1):

    ln y = season + trend + β ln(working days) + Σ γ_h (share of the window of feast h) + u.

All working days count alike: one elasticity β, not one for each day of the week; with a few years of buckets no more
can be told. β and γ are estimated on the index of each family in the markets of one calendar (`family_index`,
`effect_fit`), kept where their t-value is beyond chance, shrunk, and used where they lower the error of forecasts made
at earlier dates (`effect_trial`). Otherwise nothing changes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.core.finding import Finding
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.core.stage import Inputs
from equipoise.demand.effect_findings import (
    CALENDAR_EFFECT,
    CALENDAR_ENDS,
    CALENDAR_NOT_USED,
    CALENDAR_SHORT,
    HISTORY_SHORT,
)
from equipoise.demand.effect_fit import critical_t, fit_jointly, shrunk, whiten
from equipoise.demand.effect_trial import LEAST_YEARS, REACH, Trial, Verdict, judge, reference_start
from equipoise.demand.effects import HOLIDAY, WORKING_DAYS, Effect
from equipoise.demand.family_index import FamilyIndex, family_indices_of
from equipoise.demand.market_calendar import MarketCalendar, calendars_of_markets, read_market_calendar

CHANCE = 0.01
"""Probability of keeping any feast of a calendar where none has an effect; likewise the working days."""
LEAST_GAIN = 0.02
"""Share of the error at earlier dates that effects must take away."""
LEAST_MARGIN = 1.0
"""That gain must also be this many times its own standard error over those dates."""
LEAST_SPREAD = 0.005
"""A regressor that varies by less (standard deviation) tells nothing."""
MOST_ELASTIC = 1.5
"""Working days move demand by at most this power of their number, up or, where people buy at weekends, down."""
MOST_FEAST = float(np.log(2.0))
"""A feast at most doubles or halves the demand of its window's bucket."""


@dataclass(frozen=True, eq=False)
class _Regressors:
    """Of one calendar: what may move demand, apart from the season."""

    calendar: MarketCalendar
    causes: tuple[str, ...]
    x: FloatArray
    """[R + W, k], R the buckets of the window (`reference_start`)."""
    since: int
    """First column that the calendar knows."""


@dataclass(frozen=True, eq=False)
class _Case:
    """A family in the markets of one calendar whose index moves with something."""

    index: FamilyIndex
    regressors: _Regressors
    z: FloatArray
    x: FloatArray
    """[len(z), k] the columns that are kept."""
    kept: IntArray
    """[k] their numbers among the regressors."""
    period: int

    def effect(self, origin: int) -> tuple[FloatArray, FloatArray]:
        """What was known at an earlier date, and what it said of the buckets then ahead."""
        told = self.x[: origin + REACH] @ self.elasticities(origin)
        ahead = np.zeros(REACH)
        ahead[: len(told) - origin] = told[origin:]
        return told[:origin], ahead

    def elasticities(self, origin: int) -> FloatArray:
        """[k] estimated from the first `origin` buckets."""
        beta, t = fit_jointly(whiten(self.z[:origin], self.period), self.x[:origin])
        return _bounded(shrunk(beta, t), self.causes)

    @property
    def causes(self) -> tuple[str, ...]:
        """[k] of the columns that are kept."""
        return tuple(self.regressors.causes[number] for number in self.kept.tolist())


def calendar_effects(
    inputs: Inputs, y: FloatArray, family: IntArray, *, first: int, end: int
) -> tuple[list[Effect], list[Finding]]:
    """Effects in history y [N, H] of the buckets first..end−1 and in the buckets from `end` to the end of the plan."""
    axes, table = inputs.axes, inputs.table("calendars")
    names, of_market = calendars_of_markets(axes, table)
    if not names or y.shape[1] == 0:
        return [], []
    period, last = axes.calendar.periods_per_year, axes.horizon
    # A fixed window: what is usual must not depend on how old the oldest item of some other family is.
    since = reference_start(axes, end)
    read = [read_market_calendar(axes, table, name, first=since, last=last) for name in names]
    findings: list[Finding] = []
    usable: dict[int, _Regressors] = {}
    for number, calendar in enumerate(read):
        known = int(calendar.is_known[: end - since].sum())
        if known < LEAST_YEARS * period:
            text = f"it knows {known} buckets of history, {LEAST_YEARS * period} are needed"
            findings.append(CALENDAR_SHORT.found(f"calendar {calendar.name}", text))
            continue
        missing = int((~calendar.is_known[end - since :]).sum())
        if missing:
            text = f"the last {missing} buckets of the plan lie beyond it"
            findings.append(CALENDAR_ENDS.found(f"calendar {calendar.name}", text, count=missing))
        usable[number] = _regressors(calendar, period, history=end - since)
    group = _groups(family, of_market[axes.keys[Grain.DEMAND].column("market")], len(names))
    indices = [one for one in family_indices_of(y, group, period) if len(one.z) >= LEAST_YEARS * period]
    if usable and not indices:
        text = f"no family has {LEAST_YEARS * period} buckets of steady sales up to the last closed one"
        findings.append(HISTORY_SHORT.found("table calendars", text))
    cases = list(_cases(indices, usable, len(names), period, history=end - since))
    verdicts = judge([Trial(case.z, case.effect) for case in cases], period)
    effects = [
        effect
        for case, verdict in zip(cases, verdicts, strict=True)
        if _is_earned(verdict)
        for effect in _effects(case, np.flatnonzero(group == case.index.group), since=since, first=first, end=end)
    ]
    families = axes.groups(Grain.DEMAND, "family")[1]
    findings += _told(cases, verdicts, families, len(names))
    return effects, findings


def _groups(family: IntArray, calendar: IntArray, calendars: int) -> IntArray:
    """Number of family and calendar of each row, −1 where either is missing."""
    groups: IntArray = np.where((family >= 0) & (calendar >= 0), family * calendars + calendar, -1)
    return groups


def _regressors(calendar: MarketCalendar, period: int, *, history: int) -> _Regressors:
    """Columns that vary apart from the season."""
    named = [(WORKING_DAYS, np.log(np.maximum(calendar.days, 0.5)))]
    named += [(HOLIDAY + name, share) for name, share in calendar.holidays]
    causes, columns = [], []
    for cause, values in named:
        apart = _less_season(values, calendar.is_known, period, history)
        if apart[:history].std() >= LEAST_SPREAD:
            causes.append(cause)
            columns.append(apart)
    x = np.stack(columns, axis=1) if columns else np.zeros((len(calendar.days), 0))
    unknown = np.flatnonzero(~calendar.is_known[:history])
    return _Regressors(calendar, tuple(causes), x, int(unknown[-1]) + 1 if unknown.size else 0)


def _less_season(values: FloatArray, is_known: BoolArray, period: int, history: int) -> FloatArray:
    """Values less their mean over the same bucket of all known years of history; 0 where they are not known."""
    season = (np.arange(len(values)) - history) % period
    past = is_known & (np.arange(len(values)) < history)
    count = np.bincount(season[past], minlength=period)
    total = np.bincount(season[past], weights=values[past], minlength=period)
    mean = total / np.maximum(count, 1)
    apart: FloatArray = np.where(is_known & (count[season] > 0), values - mean[season], 0.0)
    return apart


def _cases(
    indices: Sequence[FamilyIndex], usable: dict[int, _Regressors], calendars: int, period: int, *, history: int
) -> Iterator[_Case]:
    """Groups with a history long enough in which some regressor is beyond chance."""
    for index in indices:
        regressors = usable.get(index.group % calendars)
        if regressors is None:
            continue
        span = min(len(index.z), history - regressors.since)
        if span < LEAST_YEARS * period or not regressors.causes:
            continue
        z, x = index.z[-span:], regressors.x[history - span : history]
        kept = _beyond_chance(z, x, regressors.causes, period)
        if kept.size:
            yield _Case(index, regressors, z, x[:, kept], kept, period)


def _beyond_chance(z: FloatArray, x: FloatArray, causes: tuple[str, ...], period: int) -> IntArray:
    """Columns left when the weakest is dropped until none could be chance (backward elimination)."""
    white = whiten(z, period)
    kept = np.arange(x.shape[1])
    feasts = sum(1 for cause in causes if cause != WORKING_DAYS)
    needed = np.array(
        [critical_t(CHANCE / (1 if cause == WORKING_DAYS else feasts), white.freedom - len(causes)) for cause in causes]
    )
    while kept.size:
        _, t = fit_jointly(white, x[:, kept])
        strength = np.abs(t) / needed[kept]
        weakest = int(strength.argmin())
        if strength[weakest] >= 1.0:
            break
        kept = np.delete(kept, weakest)
    return kept


def _bounded(beta: FloatArray, causes: tuple[str, ...]) -> FloatArray:
    """Elasticities within what is believed at all."""
    is_days = np.array([cause == WORKING_DAYS for cause in causes])
    most = np.where(is_days, MOST_ELASTIC, MOST_FEAST)
    return np.clip(beta, -most, most)


def _is_earned(verdict: Verdict) -> bool:
    return verdict.gain >= LEAST_GAIN and verdict.margin >= LEAST_MARGIN


def _effects(case: _Case, rows: IntArray, *, since: int, first: int, end: int) -> Iterator[Effect]:
    beta = case.elasticities(len(case.z))
    for number, strength in zip(case.kept.tolist(), beta.tolist(), strict=True):
        moved = case.regressors.x[:, number] * strength
        if moved.any():
            past = np.zeros(end - first)  # older buckets than the window stay as they are
            known = moved[max(first - since, 0) : end - since]
            past[len(past) - len(known) :] = known
            yield Effect(case.regressors.causes[number], rows, past, moved[end - since :])


def _told(
    cases: Sequence[_Case], verdicts: Sequence[Verdict], families: tuple[str, ...], calendars: int
) -> Iterator[Finding]:
    """Which effects are used, how strong they are and what they gain; and which are not, and why."""
    for case, verdict in zip(cases, verdicts, strict=True):
        beta = case.elasticities(len(case.z))
        said = [_words(cause, value) for cause, value in zip(case.causes, beta.tolist(), strict=True)]
        code = CALENDAR_EFFECT if _is_earned(verdict) else CALENDAR_NOT_USED
        name = families[case.index.group // calendars]
        where = f"family {name}, calendar {case.regressors.calendar.name}"
        yield code.found(where, f"{'; '.join(said)}: {verdict.words}")


def _words(cause: str, value: float) -> str:
    if cause == WORKING_DAYS:
        return f"10 % more working days move {100 * (1.1**value - 1):+.1f} %"
    return f"{cause.removeprefix(HOLIDAY)} moves {100 * (np.exp(value) - 1):+.1f} %"
