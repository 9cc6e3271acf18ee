"""What prices and finance add to the data dictionary."""

from equipoise.core.measure import Grain, Measure, OverTime, Term, Unit


def _price(name: str, grain: Grain, label: str, meaning: str, *, nullable: bool = False) -> Measure:
    return Measure(name, grain, Unit.PRICE, "prices", label, meaning, OverTime.NONE, nullable=nullable)


PRICE_MEASURES: tuple[Measure, ...] = (
    _price(
        "sales_net_price",
        Grain.DEMAND,
        "Net price",
        "Net invoiced price less rebate, after changes of price; unknown where no price is given.",
        nullable=True,
    ),
    _price(
        "cost_backlog_price",
        Grain.DEMAND,
        "Backlog cost per unit",
        "Cost of a unit late at the end of a bucket: by market, else by item, else the price.",
    ),
    _price(
        "cost_lost_price",
        Grain.DEMAND,
        "Lost sale cost per unit",
        "Cost of a unit never served: by market, else by item, else the price.",
    ),
    _price(
        "cost_standard_price",
        Grain.STOCK,
        "Standard cost",
        "Standard cost per unit, which values stock and sales; unknown where none is given.",
        nullable=True,
    ),
    _price(
        "cost_holding_price",
        Grain.STOCK,
        "Holding cost per unit",
        "Cost of a unit in stock for a bucket: holding_cost, else a rate of standard cost, else of 60 % of price.",
    ),
    _price(
        "cost_shortfall_price",
        Grain.STOCK,
        "Price of missing safety stock",
        "Price of a unit of safety stock not held for a bucket; a penalty, not a cost.",
    ),
    _price(
        "make_unit_price",
        Grain.MAKE,
        "Unit cost of the source",
        "Variable cost per unit started on a route, or the unit cost of a subcontractor or supplier.",
    ),
    _price("make_order_price", Grain.MAKE, "Cost of an order", "Cost of placing an order with the supplier."),
    _price("flow_unit_price", Grain.FLOW, "Freight per unit", "Unit cost of the lane; 0 where no lane is listed."),
    _price("resource_regular_price", Grain.RESOURCE, "Regular pay per hour", "Regular pay per clock hour."),
    _price("resource_overtime_price", Grain.RESOURCE, "Overtime pay per hour", "Overtime pay per clock hour used."),
    _price("resource_hire_price", Grain.RESOURCE, "Hiring cost per person", "Cost of hiring one person."),
    _price("resource_layoff_price", Grain.RESOURCE, "Layoff cost per person", "Cost of laying off one person."),
    _price(
        "resource_shift_price",
        Grain.RESOURCE,
        "Extra shift per hour",
        "Cost of an extra shift over the clock hours that it adds.",
    ),
    _price(
        "resource_rate_up_price",
        Grain.RESOURCE,
        "Cost of raising the rate",
        "Cost of a clock hour used more than in the bucket before.",
    ),
    _price(
        "resource_rate_down_price",
        Grain.RESOURCE,
        "Cost of lowering the rate",
        "Cost of a clock hour used less than in the bucket before.",
    ),
    _price(
        "resource_idle_price",
        Grain.RESOURCE,
        "Cost of an idle hour",
        "Cost of a clock hour that a workforce is paid for and does not work, beside its pay.",
    ),
)


def _cost(name: str, grain: Grain, label: str, meaning: str, *factors: str) -> Measure:
    return Measure(name, grain, Unit.MONEY, "finance", label, meaning, factors=factors)


COST_PARTS: tuple[Measure, ...] = (
    _cost(
        "cost_regular_amount",
        Grain.RESOURCE,
        "Regular pay",
        "Regular clock hours paid × regular pay per hour.",
        "capacity_paid_hours",
        "resource_regular_price",
    ),
    _cost(
        "cost_overtime_amount",
        Grain.RESOURCE,
        "Overtime pay",
        "Overtime clock hours × overtime pay per hour.",
        "overtime_hours",
        "resource_overtime_price",
    ),
    _cost(
        "cost_hire_amount",
        Grain.RESOURCE,
        "Hiring",
        "People hired × hiring cost per person.",
        "hire_count",
        "resource_hire_price",
    ),
    _cost(
        "cost_layoff_amount",
        Grain.RESOURCE,
        "Layoff",
        "People laid off × layoff cost per person.",
        "layoff_count",
        "resource_layoff_price",
    ),
    _cost(
        "cost_shift_amount",
        Grain.RESOURCE,
        "Extra shifts",
        "Clock hours of extra shifts × cost of an extra shift per hour.",
        "shift_hours",
        "resource_shift_price",
    ),
    _cost(
        "cost_idle_amount",
        Grain.RESOURCE,
        "Idle hours",
        "Regular clock hours paid and not worked × cost of an idle hour, beside the pay.",
        "idle_hours",
        "resource_idle_price",
    ),
    Measure(
        "cost_rate_change_amount",
        Grain.RESOURCE,
        Unit.MONEY,
        "finance",
        "Changes of rate",
        "Cost of using more or fewer hours than in the bucket before.",
        terms=(Term("cost_rate_up_amount"), Term("cost_rate_down_amount")),
    ),
    _cost(
        "cost_material_amount",
        Grain.MAKE,
        "Variable production cost",
        "Units started on own routes × variable cost of the route.",
        "production_started_qty",
        "make_unit_price",
    ),
    _cost(
        "cost_subcontract_amount",
        Grain.MAKE,
        "Subcontracting",
        "Units from subcontractors × unit cost.",
        "subcontract_qty",
        "make_unit_price",
    ),
    _cost(
        "cost_purchase_amount",
        Grain.MAKE,
        "Purchases",
        "Units bought × unit cost.",
        "purchase_qty",
        "make_unit_price",
    ),
    _cost(
        "cost_order_amount",
        Grain.MAKE,
        "Orders",
        "Orders placed × cost of an order; only where lots are planned whole.",
        "lot_number",
        "make_order_price",
    ),
    _cost(
        "cost_transport_amount",
        Grain.FLOW,
        "Transport",
        "Units shipped × freight per unit of the lane.",
        "shipment_qty",
        "flow_unit_price",
    ),
    _cost(
        "cost_holding_amount",
        Grain.STOCK,
        "Holding",
        "Stock × holding cost per unit and bucket; closing stock, or the average of opening and closing stock where "
        "the policy knob holding_on says so. Notional: not in the profit and loss statement.",
    ),
    _cost(
        "cost_backlog_amount",
        Grain.DEMAND,
        "Backlog",
        "Closing backlog × backlog cost per unit and bucket. Notional.",
        "backlog_closing_qty",
        "cost_backlog_price",
    ),
    _cost(
        "cost_lost_amount",
        Grain.DEMAND,
        "Lost sales",
        "Units never served × lost sale cost per unit. Notional.",
        "lost_qty",
        "cost_lost_price",
    ),
)
"""The parts of `cost_total_amount`, which the optimizer minimizes."""

RATE_PARTS: tuple[Measure, ...] = (
    _cost(
        "cost_rate_up_amount",
        Grain.RESOURCE,
        "Raising the rate",
        "Clock hours used more than in the bucket before × cost of raising the rate.",
        "rate_up_hours",
        "resource_rate_up_price",
    ),
    _cost(
        "cost_rate_down_amount",
        Grain.RESOURCE,
        "Lowering the rate",
        "Clock hours used less than in the bucket before × cost of lowering the rate.",
        "rate_down_hours",
        "resource_rate_down_price",
    ),
)
"""The parts of `cost_rate_change_amount`."""

MEASURES: tuple[Measure, ...] = (
    *COST_PARTS,
    *RATE_PARTS,
    Measure(
        "cost_total_amount",
        None,
        Unit.MONEY,
        "finance",
        "Total cost",
        "Cost of the plan: pay, hiring, layoff, extra shifts, idle hours, changes of rate, production, subcontracting, "
        "purchases, orders, transport, holding, backlog and lost sales. Standard cost and penalties are not in it.",
        terms=tuple(Term(part.name) for part in COST_PARTS),
    ),
    Measure(
        "penalty_total_amount",
        Grain.STOCK,
        Unit.MONEY,
        "finance",
        "Penalties",
        "Safety stock not held × its price per unit and bucket. Never part of the total cost.",
        factors=("inventory_shortfall_qty", "cost_shortfall_price"),
    ),
    Measure(
        "inventory_value_amount",
        Grain.STOCK,
        Unit.MONEY,
        "finance",
        "Stock value",
        "Closing stock × standard cost; unknown where stock has no standard cost, and without a count of stock at the "
        "start.",
        OverTime.LAST,
        factors=("inventory_closing_qty", "cost_standard_price"),
        nullable=True,
    ),
    Measure(
        "revenue_amount",
        Grain.DEMAND,
        Unit.MONEY,
        "finance",
        "Revenue",
        "Units served × net price of the bucket in which they are served; unknown where they have no price.",
        factors=("demand_served_qty", "sales_net_price"),
        nullable=True,
    ),
    Measure(
        "cost_of_sales_amount",
        Grain.DEMAND,
        Unit.MONEY,
        "finance",
        "Cost of sales",
        "Units arriving at the market × standard cost at the location they left, summed over the lanes.",
        nullable=True,
    ),
    Measure(
        "margin_gross_amount",
        Grain.DEMAND,
        Unit.MONEY,
        "finance",
        "Gross margin",
        "Revenue less cost of sales at standard.",
        terms=(Term("revenue_amount"), Term("cost_of_sales_amount", -1)),
        nullable=True,
    ),
    Measure(
        "budget_qty",
        Grain.DEMAND,
        Unit.QUANTITY,
        "finance",
        "Budget quantity",
        "Units in the chosen budget version; totals of nodes and long periods are spread by the baseline's profile.",
        nullable=True,
    ),
    Measure(
        "budget_revenue_amount",
        Grain.DEMAND,
        Unit.MONEY,
        "finance",
        "Budget revenue",
        "Revenue in the chosen budget version; totals of nodes and long periods are spread by the profile of the "
        "baseline at net price.",
        nullable=True,
    ),
    Measure(
        "budget_gap_amount",
        Grain.DEMAND,
        Unit.MONEY,
        "finance",
        "Gap to budget",
        "Revenue, to date and to go, less budget revenue; below 0 where the plan falls short.",
        terms=(Term("revenue_amount"), Term("revenue_to_date_amount"), Term("budget_revenue_amount", -1)),
        nullable=True,
    ),
    Measure(
        "margin_plan_amount",
        None,
        Unit.MONEY,
        "finance",
        "Plan margin",
        "Revenue less total cost of the plan, notional holding, backlog and lost sale costs included.",
        terms=(Term("revenue_amount"), Term("cost_total_amount", -1)),
        nullable=True,
    ),
)
