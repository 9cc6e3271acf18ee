"""Speed, accuracy and intervals on a competition set, ours beside the peer's, and on sets that chose no setting."""

from dataclasses import dataclass
from functools import partial
from statistics import median

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
FANS = ("", "within 80 %", "by lag", "within 95 %", "by lag", "MSIS 95 %")


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
            [[f"{name}, {len(s.past):,} series", *_fan(one)] for name, s, one in beside],
        ),
        Table(
            f"Share of the {len(every.past):,} held-out buckets of {every.name} inside our bands, by lag",
            ("within", *(str(lag + 1) for lag in range(every.horizon))),
            [[f"{band} %", *(f"{share:.3f}" for share in by_lag)]
             for band, by_lag in ((80, whole.by_lag_80), (95, whole.by_lag_95))],
        ),
    ]  # fmt: skip
    ratios = tuple(t / m for t, m in zip(other.seconds, mine.seconds, strict=True))
    compared = Comparison(f"1,000 series of {every.name}", mine, f"statsforecast {PEER}", other)
    return Judged(compared, tables, owa["Equipoise"], owa[f"statsforecast {PEER}"], ratios, whole)


def _fan(s: IntervalScore) -> list[str]:
    return [
        f"{s.covered_80:.3f}",
        f"{min(s.by_lag_80):.3f} to {max(s.by_lag_80):.3f}",
        f"{s.covered_95:.3f}",
        f"{min(s.by_lag_95):.3f} to {max(s.by_lag_95):.3f}",
        f"{s.msis:.2f}",
    ]


def judge_once() -> Table:
    """Our accuracy on sets that no setting ever saw."""
    rows = []
    for competition, frequency in ONCE:
        series = read_series(competition, frequency)
        forecast = ours_with_intervals(series)
        mine, naive = score(series, forecast.point), score(series, naive2_of(series))
        s = score_intervals(series, forecast.quantiles)
        rows.append([series.name, f"{len(series.past)}", f"{mine.smape:.2f}", f"{mine.mase:.3f}",
                     f"{mine.owa(naive):.4f}", f"{mine.bias:+.1f}", *_fan(s)])  # fmt: skip
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
        (f"{name}: within 80 %", f"{s.covered_80:.3f}", "0.78 to 0.82", "", 0.78 <= s.covered_80 <= 0.82),
        (f"{name}: within 95 %", f"{s.covered_95:.3f}", "0.94 to 0.96", "", 0.94 <= s.covered_95 <= 0.96),
        _lags(f"{name}: lags within 80 %", s.by_lag_80, 0.78, 0.82),
        _lags(f"{name}: lags within 95 %", s.by_lag_95, 0.94, 0.96),
    ]
    return [[*cells, "yes" if is_met else "no"] for *cells, is_met in rows]


def _lags(name: str, by_lag: tuple[float, ...], low: float, high: float) -> tuple[str, str, str, str, bool]:
    count = sum(low <= share <= high for share in by_lag)
    return name, f"{count} of {len(by_lag)}", f"all in {low} to {high}", "", count == len(by_lag)
