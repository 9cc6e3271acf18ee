"""What the inventory room adds to the data dictionary."""

from equipoise.core.measure import Grain, Measure, OverTime, Term, Unit

MEASURES: tuple[Measure, ...] = (
    Measure(
        "inventory_start_qty",
        Grain.STOCK,
        Unit.QUANTITY,
        "stock_targets",
        "Stock at the start",
        "Usable stock when the plan begins, on hand less blocked, in the first bucket; 0 in all others. Counted before "
        "the eve of the plan: plus receipts until start less demand until start, each a posting.",
    ),
    Measure(
        "demand_not_covered_qty",
        Grain.DEMAND,
        Unit.QUANTITY,
        "stock_targets",
        "Overdue at start",
        "Demand until start that stock does not cover, in the first bucket: overdue when the plan begins.",
    ),
    Measure(
        "inventory_error_sd",
        Grain.STOCK,
        Unit.DEVIATION,
        "stock_targets",
        "Error over lead time (standard deviation)",
        "How far demand over lead time and review period, and the lead time itself, stray from the plan, one standard "
        "deviation: what past forecasts of so many buckets together missed by. 0 where no customer is served from "
        "stock; empty where no error is known.",
        over_time=OverTime.NONE,
        nullable=True,
    ),
    Measure(
        "inventory_exposed_sd",
        Grain.STOCK,
        Unit.DEVIATION,
        "stock_targets",
        "Error that stock is exposed to (standard deviation)",
        "How far demand from the start through the bucket, over no more than lead time and review period, and the "
        "lead time itself, stray from the plan, one standard deviation: what past forecasts of so many buckets "
        "together missed by. 0 where no customer is served from stock; empty where no error is known.",
        over_time=OverTime.NONE,
        nullable=True,
    ),
    Measure(
        "inventory_safety_qty",
        Grain.STOCK,
        Unit.QUANTITY,
        "stock_targets",
        "Safety stock",
        "Stock held at the close of the bucket against errors of the forecast: as stated, as days of coming demand, or "
        "by fill rate or service level from the forecast error over lead time and review period.",
        OverTime.LAST,
    ),
    Measure(
        "inventory_target_qty",
        Grain.STOCK,
        Unit.QUANTITY,
        "stock_targets",
        "Target stock",
        "Safety stock and half a lot or half the use of a review period; or the target days of coming demand, if more.",
        OverTime.LAST,
    ),
    Measure(
        "inventory_opening_qty",
        Grain.STOCK,
        Unit.QUANTITY,
        "inventory",
        "Opening stock",
        "Stock at the start of the bucket: the closing stock of the bucket before, in the first bucket stock at start.",
        OverTime.LAST,
        terms=(Term("inventory_start_qty"), Term("inventory_closing_qty", lag=1)),
    ),
    Measure(
        "inventory_inbound_qty",
        Grain.STOCK,
        Unit.QUANTITY,
        "inventory",
        "Inbound",
        "Good production, by-products, subcontracting, purchases, arrivals from other locations, scheduled receipts.",
    ),
    Measure(
        "inventory_outbound_qty",
        Grain.STOCK,
        Unit.QUANTITY,
        "inventory",
        "Outbound",
        "Shipments to markets and other locations, components used by production, and scrap.",
    ),
    Measure(
        "inventory_closing_qty",
        Grain.STOCK,
        Unit.QUANTITY,
        "inventory",
        "Closing stock",
        "Opening stock and inbound less outbound, exactly.",
        OverTime.LAST,
        terms=(
            Term("inventory_opening_qty"),
            Term("inventory_inbound_qty"),
            Term("inventory_outbound_qty", -1),
        ),
    ),
    Measure(
        "inventory_runout_qty",
        Grain.STOCK,
        Unit.QUANTITY,
        "inventory",
        "Stock without demand",
        "Of items that end within the horizon: closing stock, firm receipts and transfers still to come, less all that "
        "still leaves. What nothing will use: excess and obsolete once the item has ended.",
        OverTime.LAST,
    ),
    Measure(
        "inventory_excess_qty",
        Grain.STOCK,
        Unit.QUANTITY,
        "inventory",
        "Excess stock",
        "Closing stock above its maximum, or beyond what leaves within shelf life or until the item ends; stock that "
        "open orders wait for is none. 0 where no maximum, shelf life or end is stated.",
        OverTime.LAST,
    ),
    Measure(
        "stockout_chance_pct",
        Grain.STOCK,
        Unit.PERCENT,
        "inventory",
        "Chance of a stockout",
        "100 × P(demand through the bucket > what covers it): that an error of the forecast as large as closing stock "
        "less backlog and lost demand comes, by the distribution of past errors around the consensus, in units of the "
        "error that stock is exposed to. What was missed longer than lead time and review period ago counts as made "
        "up for. Empty where no customer is served from stock or no error is known.",
        over_time=OverTime.NONE,
        nullable=True,
    ),
    Measure(
        "shortage_expected_qty",
        Grain.STOCK,
        Unit.QUANTITY,
        "inventory",
        "Expected shortage",
        "E[max(demand through the bucket − what covers it, 0)]: units short at the close of the bucket in the mean of "
        "all outcomes, those without a shortage among them. 0 where no customer is served from stock; empty where no "
        "error is known.",
        OverTime.LAST,
        nullable=True,
    ),
)
