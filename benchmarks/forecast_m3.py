"""Speed, accuracy and intervals on a competition set, ours beside the peer's, and on sets that chose no setting."""

from dataclasses import dataclass
from functools import partial
from statistics import median

from benchmarks.forecast_bands import BOUNDS, FANS, by_lag, fan_cells, lags_within
from benchmarks.forecast_peer import PEER, forecast_by_peer, models_of, quantiles_by_peer
from benchmarks.m3 import IntervalScore, Series, naive2_of, read_series, score, score_intervals
from benchmarks.measure import Disagreement, Side, Timing, measure
from benchmarks.subject import SMOKE, Comparison, Table
from equipoise.core.grid import FloatArray
from equipoise.demand.forecast import Forecast, forecast_series

SAMPLE = {SMOKE: 6, "small": 40, "medium": 100, "full": 100}
"""Series on which the peer is timed and its intervals are judged; in the full size its accuracy is that of all."""
ONCE = (("M1", "monthly"), ("M1", "quarterly"), ("Tourism", "monthly"), ("Tourism", "quarterly"))
"""Competitions that chose no setting; judged in the full size, without the peer."""
HEAD = ("", "series per CPU second", "sMAPE", "MASE", "OWA (Naive2 = 1)", "bias, %", "mean absolute bias, %")


@dataclass(frozen=True)
class Judged:
    """What one set gave."""

    comparison: Comparison
    tables: list[Table]
    owa: float
    owa_of_peer: float
    ratios: tuple[float, ...]
    """The peer's time over ours, of each run."""
    intervals: IntervalScore


def ours(series: Series) -> FloatArray:
    """Points of all series at once."""
    return forecast_series(series.past, series.season, series.horizon, levels=()).point


def ours_with_intervals(series: Series) -> Forecast:
    """Points, quantiles and the backtest at ten origins."""
    return forecast_series(series.past, series.season, series.horizon)


def per_thousand(took: Timing, count: int) -> Timing:
    """The same for 1,000 series instead of `count`: the two sides do not time the same number of them."""
    return Timing(tuple(1000.0 * seconds / count for seconds in took.seconds))


def check_complete(name: str, forecast: FloatArray, series: Series) -> None:
    """Disagreement unless there is a finite number for every bucket held out."""
    if forecast.shape != series.actual.shape or not (abs(forecast) < float("inf")).all():
        raise Disagreement(f"{name} did not forecast all {len(series.past)} series")


def judge(every: Series, size: str, repeat: int) -> Judged:
    """Time, accuracy and intervals of both sides on one set."""
    sample, models = every.sample(SAMPLE[size]), models_of(every.season)
    points, fans = ours(every), ours_with_intervals(every)  # and both are compiled and warm
    forecast_by_peer(sample.sample(2).past, models, every.horizon)
    sides: dict[str, Side] = {
        "ours": [partial(ours, every)],
        "fans": [partial(ours_with_intervals, every)],
        "peer": [partial(forecast_by_peer, sample.past, models, every.horizon)],
    }
    took = {name: one.whole for name, one in measure(sides, repeat).items()}
    mine, fan = per_thousand(took["ours"], len(every.past)), per_thousand(took["fans"], len(every.past))
    other = per_thousand(took["peer"], len(sample.past))

    scored = every if size == "full" else sample
    found = {
        "Equipoise": points if size == "full" else ours(scored),
        f"statsforecast {PEER}": forecast_by_peer(scored.past, models, every.horizon),
        "Naive2": naive2_of(scored),
    }
    for name, forecast in found.items():
        check_complete(name, forecast, scored)
    scores = {name: score(scored, forecast) for name, forecast in found.items()}
    owa = {name: s.owa(scores["Naive2"]) for name, s in scores.items()}
    speed = {"Equipoise": f"{1000.0 / mine.median:,.0f}", f"statsforecast {PEER}": f"{1000.0 / other.median:,.1f}"}
    rows = [
        [name, speed.get(name, ""), f"{s.smape:.2f}", f"{s.mase:.3f}", f"{owa[name]:.4f}", f"{s.bias:+.1f}",
         f"{s.absolute_bias:.1f}"]
        for name, s in scores.items()
    ]  # fmt: skip
    whole = score_intervals(every, fans.quantiles)
    beside: list[tuple[str, Series, IntervalScore]] = [
        ("Equipoise", every, whole),
        ("Equipoise", sample, score_intervals(sample, ours_with_intervals(sample).quantiles)),
        (f"statsforecast {PEER}", sample, score_intervals(sample, quantiles_by_peer(sample, models))),
    ]
    tables = [
        Table(f"Speed and accuracy on {every.name}, {len(scored.past):,} series", HEAD, rows),
        Table(
            f"Quantiles on {every.name} (ours with the backtest: {1000.0 / fan.median:,.0f} series per CPU second)",
            FANS,
            [[f"{name}, {len(s.past):,} series", *fan_cells(one)] for name, s, one in beside],
        ),
        *by_lag(every, whole),
    ]
    ratios = tuple(t / m for t, m in zip(other.seconds, mine.seconds, strict=True))
    compared = Comparison(f"1,000 series of {every.name}", mine, f"statsforecast {PEER}", other)
    return Judged(compared, tables, owa["Equipoise"], owa[f"statsforecast {PEER}"], ratios, whole)


def judge_once() -> Table:
    """Our accuracy on sets that no setting ever saw."""
    rows = []
    for competition, frequency in ONCE:
        series = read_series(competition, frequency)
        forecast = ours_with_intervals(series)
        mine, naive = score(series, forecast.point), score(series, naive2_of(series))
        s = score_intervals(series, forecast.quantiles)
        rows.append([series.name, f"{len(series.past)}", f"{mine.smape:.2f}", f"{mine.mase:.3f}",
                     f"{mine.owa(naive):.4f}", f"{mine.bias:+.1f}", *fan_cells(s)])  # fmt: skip
    head = ("", "series", "sMAPE", "MASE", "OWA (Naive2 = 1)", "bias, %", *FANS[1:])
    return Table("Equipoise on competitions that chose no setting (quarters were seen before the end)", head, rows)


GOALS = {"M3 monthly": (0.795, 0.803), "M3 quarterly": (0.875, 0.885)}
"""OWA: goal and floor."""


def reached(name: str, judged: Judged) -> list[list[str]]:
    """Rows of the table of goals: what, figure, goal, floor, reached."""
    goal, floor = GOALS[name]
    ratio, share, s = median(judged.ratios), judged.owa / judged.owa_of_peer, judged.intervals
    spread = f"{min(judged.ratios):,.0f} / {ratio:,.0f} / {max(judged.ratios):,.0f}"
    rows = [
        (f"{name}: OWA", f"{judged.owa:.4f}", f"≤ {goal}", f"{floor}", judged.owa <= goal),
        (f"{name}: OWA over the peer's", f"{share:.4f}", "≤ 0.985", "1.00", share <= 0.985),
        (f"{name}: times as fast, of each run", spread, "≥ 2,000", "500", ratio >= 2000),
        _whole(name, 80, s.covered_80),
        _whole(name, 95, s.covered_95),
        _lags(name, 80, s.by_lag_80),
        _lags(name, 95, s.by_lag_95),
    ]
    return [[*cells, "yes" if is_met else "no"] for *cells, is_met in rows]


def _whole(name: str, band: int, covered: float) -> tuple[str, str, str, str, bool]:
    low, high = BOUNDS[band]
    return f"{name}: within {band} %", f"{covered:.3f}", f"{low} to {high}", "", low <= covered <= high


def _lags(name: str, band: int, shares: tuple[float, ...]) -> tuple[str, str, str, str, bool]:
    count, (low, high) = lags_within(shares, band), BOUNDS[band]
    goal = f"all in {low} to {high}"
    return f"{name}: lags within {band} %", f"{count} of {len(shares)}", goal, "", count == len(shares)
