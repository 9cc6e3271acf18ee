"""What the KPI room adds to the data dictionary: archived forecasts against actuals, and the ratios of the plan.

A ratio is never stored and never averaged: at every level it is taken anew from the sums of its parts.
"""

from equipoise.core.measure import Grain, Measure, OverTime, Unit


def _compared(name: str, label: str, meaning: str) -> Measure:
    return Measure(name, Grain.DEMAND, Unit.QUANTITY, "kpis", label, meaning)


def _percent(
    name: str, grain: Grain, label: str, meaning: str, *, of: tuple[str, str], is_complement: bool = False
) -> Measure:
    return Measure(
        name,
        grain,
        Unit.PERCENT,
        "kpis",
        label,
        meaning,
        OverTime.NONE,
        ratio=of,
        scale=100.0,
        is_complement=is_complement,
        nullable=True,
    )


MEASURES: tuple[Measure, ...] = (
    _compared(
        "forecast_actual_qty",
        "Demand compared",
        "Units ordered in the closed buckets for which a forecast of the bucket before is archived; 0 elsewhere.",
    ),
    _compared(
        "forecast_error_qty",
        "Forecast error",
        "Forecast made in the bucket before less units ordered (F − A): above 0 where the forecast was too high.",
    ),
    _compared("forecast_error_abs_qty", "Absolute forecast error", "The forecast error without its sign, |F − A|."),
    _percent(
        "forecast_wape_pct",
        Grain.DEMAND,
        "Forecast error (WAPE)",
        "Σ|F − A| / ΣA of item and market at lag 1.",
        of=("forecast_error_abs_qty", "forecast_actual_qty"),
    ),
    _percent(
        "forecast_bias_pct",
        Grain.DEMAND,
        "Forecast bias",
        "Σ(F − A) / ΣA at lag 1: above 0 where forecasts were too high.",
        of=("forecast_error_qty", "forecast_actual_qty"),
    ),
    _percent(
        "forecast_accuracy_pct",
        Grain.DEMAND,
        "Forecast accuracy",
        "100 % less WAPE at lag 1; below 0 where the errors are larger than the demand.",
        of=("forecast_error_abs_qty", "forecast_actual_qty"),
        is_complement=True,
    ),
    _percent(
        "service_fill_pct",
        Grain.DEMAND,
        "Fill rate",
        "Units served in the bucket in which they are requested / units requested.",
        of=("demand_on_time_qty", "demand_required_qty"),
    ),
    _percent(
        "capacity_load_pct",
        Grain.RESOURCE,
        "Load",
        "Standard hours of the plan / standard hours available without overtime; empty where there is no limit.",
        of=("capacity_load_hours", "capacity_available_hours"),
    ),
    _percent(
        "capacity_overtime_pct",
        Grain.RESOURCE,
        "Overtime",
        "Overtime hours / regular hours paid.",
        of=("overtime_hours", "capacity_paid_hours"),
    ),
    _percent(
        "inventory_attainment_pct",
        Grain.STOCK,
        "Stock to target",
        "Closing stock / target stock.",
        of=("inventory_closing_qty", "inventory_target_qty"),
    ),
    _percent(
        "margin_gross_pct",
        Grain.DEMAND,
        "Gross margin",
        "Gross margin at standard cost / revenue.",
        of=("margin_gross_amount", "revenue_amount"),
    ),
    _percent(
        "budget_attainment_pct",
        Grain.DEMAND,
        "Revenue to budget",
        "Revenue of the plan / budget revenue.",
        of=("revenue_amount", "budget_revenue_amount"),
    ),
)
