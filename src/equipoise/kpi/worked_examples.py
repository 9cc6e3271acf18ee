"""The formulas of KPIs as worked examples name them: plain numbers and lists in, plain numbers out (see `formulas`)."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.kpi import adherence, capacity, inventory, money, service, variance
from equipoise.kpi.accuracy import ErrorSums, naive_scale
from equipoise.kpi.one_sided import OneSided


def forecast_errors(
    actual: Sequence[float], forecast: Sequence[float], history: Sequence[float] = ()
) -> dict[str, float]:
    """WMAPE, accuracy, bias (F − A), MAPE, RMSE, and MASE scaled by the history before.

    >>> forecast_errors([100, 200], [110, 180], history=[80, 100, 90])["mase"]
    1.0
    """
    before = np.array([*history, *actual], dtype=np.float64)[None, :]
    compared = np.arange(before.shape[1])[None, :] >= len(history)
    sums = ErrorSums.of(_row(actual), _row(forecast), scale=naive_scale(before, compared)).summed()
    return {
        "wape_pct": float(sums.wape_pct),
        "accuracy_pct": float(sums.accuracy_pct),
        "bias_pct": float(sums.bias_pct),
        "mape_pct": float(sums.mape_pct),
        "rmse": float(sums.rmse),
        "mase": float(sums.mase),
    }


def one_sided_forecast(actual: Sequence[float], forecast: Sequence[float]) -> dict[str, Any]:
    """RSFE and tracking signal (A − F) over all buckets, t and p of the mean error, and whether it is biased."""
    test = OneSided.of(np.ones((1, len(actual))), _row(actual) - _row(forecast), lambda cells: cells.sum(axis=1))
    return {
        "rsfe": float(test.rsfe[0]),
        "mad": float(test.mad[0]),
        "tracking_signal": float(test.tracking_signal[0]),
        "t": float(test.t[0]),
        "p": float(test.p[0]),
        "is_biased": bool(test.is_biased[0]),
    }


def forecast_value_added(actual: Sequence[float], steps: Mapping[str, Sequence[float]]) -> dict[str, dict[str, float]]:
    """WMAPE of each step in its order, what it took from the step before, and from the first; a pair with a null counts
    in no step."""
    a = _row(actual)
    rows = {name: _row(values) for name, values in steps.items()}
    shared = np.isfinite(a) & np.all([np.isfinite(row) for row in rows.values()], axis=0)
    wape = {
        name: float(ErrorSums.of(np.where(shared, a, np.nan), row, scale=np.full(1, np.nan)).summed().wape_pct)
        for name, row in rows.items()
    }
    errors = list(wape.values())
    return {
        name: {
            "wape_pct": error,
            "value_added_pct": errors[number - 1] - error if number else float("nan"),
            "to_first_pct": errors[0] - error if number else float("nan"),
        }
        for number, (name, error) in enumerate(wape.items())
    }


def days_of_supply(
    stock: Sequence[float], demand: Sequence[float], days: Sequence[int], per_year: int = 12
) -> list[float]:
    """Days that the closing stock of each bucket lasts, walked forward through the demand that follows."""
    bucket_days = np.array(days, dtype=np.int64)
    lasts: list[float] = inventory.days_of_supply(_row(stock), _row(demand), bucket_days, per_year=per_year)[0].tolist()
    return lasts


def plan_adherence(planned: Sequence[float], made: Sequence[float]) -> float:
    """100 max(0, 1 − Σ|A − P| / ΣP)."""
    return adherence.adherence_pct(_row(planned), _row(made))


def plan_change(old: Sequence[float], new: Sequence[float]) -> float:
    """100 Σ|new − old| / Σold."""
    return adherence.change_pct(_row(old), _row(new))


def _row(values: Sequence[float]) -> FloatArray:
    return np.array([values], dtype=np.float64)


KPI_FORMULAS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "cash_to_cash_days": money.cash_to_cash_days,
        "days_in_inventory": inventory.days_in_inventory,
        "days_of_supply": days_of_supply,
        "days_on_hand": variance.days_on_hand,
        "days_outstanding": money.days_outstanding,
        "efficiency": capacity.efficiency_pct,
        "fill_rate": service.fill_rate_pct,
        "financial_variance": money.financial_variance_pct,
        "forecast_errors": forecast_errors,
        "forecast_value_added": forecast_value_added,
        "gmroi": money.gmroi,
        "inventory_turns": inventory.turns,
        "one_sided_forecast": one_sided_forecast,
        "perfect_order": service.perfect_order_pct,
        "plan_adherence": plan_adherence,
        "plan_change": plan_change,
        "utilization": capacity.utilization_pct,
    }
)
