"""Service: what customers got of what they asked for, when they asked for it.

* fill rate of the plan = units served in the bucket requested / units requested
* realized fill rate = Σ on_time_qty / Σ ordered_qty, over the rows of sales_history that state both; shipped / ordered
  of a bucket is not service, since shipments may be for older orders
* OTIF = order lines of which everything wanted had left by the requested date / order lines wanted
* perfect order = orders all of whose lines were on time and in full / orders. Damage and papers are not in the data, so
  this is the most that the rate can be.

Sources: Chopra & Meindl, Supply Chain Management, safety inventory chapter (fill rate); ASCM SCOR, RL.1.1 Perfect Order
Fulfillment and RL.2.1 % of Orders Delivered in Full.

>>> fill_rate_pct(on_time=940.0, ordered=1000.0), round(perfect_order_pct([0.96, 0.98]), 2)
(94.0, 94.08)
"""

from collections.abc import Sequence
from math import prod

from equipoise.core.measure import Grain, Measure, Unit
from equipoise.kpi.declare import part, percent
from equipoise.kpi.entry import Direction, Kind, Kpi


def fill_rate_pct(*, on_time: float, ordered: float) -> float:
    """100 × units shipped by their requested date / units ordered; NaN if nothing was ordered."""
    return 100.0 * on_time / ordered if ordered > 0 else float("nan")


def perfect_order_pct(rates: Sequence[float]) -> float:
    """100 × the product of rates (0..1) of independent ways to fail: how the perfect order is estimated from its parts.

    Where order lines are known it is counted instead: `service_perfect_pct`.
    """
    return 100.0 * prod(rates)


MEASURES: tuple[Measure, ...] = (
    part(
        "service_ordered_qty",
        Grain.DEMAND,
        Unit.QUANTITY,
        "Ordered, service known",
        "Units ordered in closed buckets by rows of sales_history that state on_time_qty.",
    ),
    part(
        "service_on_time_qty",
        Grain.DEMAND,
        Unit.QUANTITY,
        "Shipped on time",
        "Part of those units that was shipped by its requested date.",
    ),
    part(
        "service_late_qty",
        Grain.DEMAND,
        Unit.QUANTITY,
        "Not shipped on time",
        "Those units less the part shipped by its requested date.",
    ),
    part(
        "service_lines_number",
        Grain.DEMAND,
        Unit.NUMBER,
        "Order lines due",
        "Order lines wanted in closed buckets, in the bucket of their last requested date; cancelled ones are not.",
    ),
    part(
        "service_otif_number",
        Grain.DEMAND,
        Unit.NUMBER,
        "Order lines on time in full",
        "Those of which everything wanted had left by the requested date.",
    ),
    part(
        "service_orders_number",
        Grain.DEMAND,
        Unit.NUMBER,
        "Orders due",
        "Orders wanted in closed buckets, in the bucket of their last requested date; an order counts in equal parts "
        "for its lines.",
    ),
    part(
        "service_perfect_number",
        Grain.DEMAND,
        Unit.NUMBER,
        "Perfect orders",
        "Those of which every line was on time and in full.",
    ),
    percent(
        "service_fill_pct",
        Grain.DEMAND,
        "Fill rate",
        "Units served in the bucket in which they are requested / units requested.",
        of=("demand_on_time_qty", "demand_required_qty"),
    ),
    percent(
        "service_realized_pct",
        Grain.DEMAND,
        "Realized fill rate",
        "Units shipped by their requested date / units ordered, in closed buckets.",
        of=("service_on_time_qty", "service_ordered_qty"),
    ),
    percent(
        "service_otif_pct",
        Grain.DEMAND,
        "On time in full (OTIF)",
        "Order lines of which everything had left by the requested date / order lines due.",
        of=("service_otif_number", "service_lines_number"),
    ),
    percent(
        "service_perfect_pct",
        Grain.DEMAND,
        "Perfect order",
        "Orders with every line on time and in full / orders due; damage and papers are not known.",
        of=("service_perfect_number", "service_orders_number"),
    ),
)

_LINES = "table order_lines with shipped_date"

KPIS: tuple[Kpi, ...] = (
    Kpi(
        "Fill rate",
        "service_fill_pct",
        "units served in the bucket requested / units requested",
        "supply",
        95.0,
        Direction.UP,
        Kind.LEADING,
        "family",
        Unit.PERCENT,
        shared_with=("sales", "operations", "executive"),
        needs="demand in the horizon, in one unit (volume_uom where units differ)",
    ),
    Kpi(
        "Realized fill rate",
        "service_realized_pct",
        "Σ on_time_qty / Σ ordered_qty of closed buckets",
        "supply",
        95.0,
        Direction.UP,
        Kind.LAGGING,
        "family",
        Unit.PERCENT,
        shared_with=("sales", "operations", "executive"),
        needs="column on_time_qty in table sales_history; shipped / ordered is not service",
    ),
    Kpi(
        "On time in full",
        "service_otif_pct",
        "order lines of which everything had left by the requested date / order lines due",
        "supply",
        95.0,
        Direction.UP,
        Kind.LAGGING,
        "family",
        Unit.PERCENT,
        shared_with=("sales", "operations"),
        needs=_LINES,
    ),
    Kpi(
        "Perfect order",
        "service_perfect_pct",
        "orders with every line on time and in full / orders due (damage and papers not known)",
        "sales",
        90.0,
        Direction.UP,
        Kind.LAGGING,
        "region",
        Unit.PERCENT,
        shared_with=("supply", "operations", "executive"),
        needs=_LINES,
    ),
    Kpi(
        "Backlog",
        "backlog_closing_qty",
        "units requested so far and not yet served",
        "supply",
        0.0,
        Direction.DOWN,
        Kind.LEADING,
        "family",
        Unit.QUANTITY,
        shared_with=("sales", "operations"),
        needs="items in one unit (volume_uom where units differ)",
    ),
)
