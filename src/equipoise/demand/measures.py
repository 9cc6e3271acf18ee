"""What demand adds to the data dictionary."""

from equipoise.core.measure import Grain, Measure, OverTime, Term, Unit

FUNCTION_MEASURES = {
    "sales": "demand_sales_qty",
    "marketing": "demand_marketing_qty",
    "product": "demand_product_qty",
    "finance": "demand_finance_qty",
}
"""The measure that each function's inputs move."""


def _quantity(
    name: str, stage: str, label: str, meaning: str, *, is_posted: bool = False, terms: tuple[Term, ...] = ()
) -> Measure:
    return Measure(name, Grain.DEMAND, Unit.QUANTITY, stage, label, meaning, is_posted=is_posted, terms=terms)


def _money(name: str, label: str, meaning: str) -> Measure:
    return Measure(name, Grain.DEMAND, Unit.MONEY, "demand", label, meaning, is_posted=True)


MEASURES = (
    _quantity(
        "history_ordered_qty",
        "baseline",
        "Ordered",
        "Units ordered in a past bucket, by requested date, net of cancellations; only buckets that ended by "
        "history_to.",
    ),
    _quantity(
        "history_shipped_qty",
        "baseline",
        "Shipped",
        "Units shipped in a past bucket, by ship date; only buckets that ended by history_to.",
    ),
    _quantity(
        "history_cleansed_qty",
        "baseline",
        "Cleansed history",
        "Units that the forecast learns from: what was ordered, shipped or sold out in a past bucket (policy "
        "demand_capture), without the effect of known events, calendars and indicators and without outliers, on the "
        "level of today; where demand is not measured by orders, with what stockouts hid.",
        is_posted=True,
    ),
    _quantity(
        "demand_baseline_qty",
        "baseline",
        "Baseline forecast",
        "What demand would be if the past went on: the statistical forecast of the history with the effects of "
        "calendars and indicators, reconciled with those of totals where the policy says so, or the imported forecast; "
        "with launches, what they take from other items, and what ended items leave to their successors; 0 where the "
        "item may not be sold.",
    ),
    _quantity(
        "demand_overplanned_qty",
        "baseline",
        "Over-planned options",
        "The part of the baseline forecast that exceeds its parent's because the shares of a planning bill sum to "
        "more than 100.",
    ),
    _quantity(
        "demand_bridge_qty",
        "baseline",
        "Forecast until start",
        "Baseline forecast of the buckets that are open at as_of and lie before the plan; 0 where there are none.",
    ),
    Measure(
        "demand_error_sd",
        Grain.DEMAND,
        Unit.DEVIATION,
        "baseline",
        "Forecast error (standard deviation)",
        "Standard deviation of the error of the statistical forecast one bucket ahead, over the history; empty with "
        "fewer than three buckets of history.",
        over_time=OverTime.NONE,
        nullable=True,
    ),
    *(
        _quantity(
            name,
            "demand",
            f"{function.capitalize()} input",
            f"Demand as {function} sees it: the baseline with events, moved by the inputs of {function}.",
            is_posted=True,
        )
        for function, name in FUNCTION_MEASURES.items()
    ),
    _quantity(
        "demand_consensus_qty",
        "demand",
        "Consensus demand",
        "Unconstrained demand agreed by all functions: the baseline, events, the weighted differences of each "
        "function's input, the demand manager's overrides and holds, all within the limits of commitments.",
        is_posted=True,
    ),
    _money(
        "event_spend_amount",
        "Spend on events",
        "What the events ahead cost us (spend_amount), by the share of their days in the bucket, over their items and "
        "markets in proportion to the baseline.",
    ),
    _money(
        "event_funding_amount",
        "Funding of events",
        "What suppliers or partners pay toward the events ahead (funding_amount), spread as the spend on them.",
    ),
    _quantity(
        "demand_orders_qty",
        "demand",
        "Open orders",
        "Customer orders not yet shipped, in the bucket in which they are requested.",
    ),
    _quantity(
        "demand_unconsumed_qty",
        "demand",
        "Forecast not yet ordered",
        "Consensus demand that open orders and shipments to date have not consumed.",
    ),
    _quantity(
        "demand_required_qty",
        "demand",
        "Demand to serve",
        "What supply is asked for after as_of: open orders, and the consensus demand that neither they nor shipments "
        "to date have consumed.",
        terms=(Term("demand_orders_qty"), Term("demand_unconsumed_qty")),
    ),
    _quantity(
        "demand_overdue_qty",
        "demand",
        "Overdue orders",
        "Open orders requested before the first bucket: the opening backlog, on top of the demand to serve. Where "
        "the data stand before the eve of the plan they are part of the demand until it begins.",
    ),
    _quantity(
        "demand_to_date_qty",
        "demand",
        "Shipped to date",
        "Units shipped in the first bucket by as_of, in the first bucket: the part of its demand that is behind us.",
    ),
    _quantity(
        "demand_until_start_qty",
        "demand",
        "Demand until start",
        "Demand to go between as_of and the first bucket, overdue orders included, in the first bucket: it is served "
        "from stock on the way there.",
    ),
)
"""Measures of the stages baseline and demand."""
