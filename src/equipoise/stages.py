"""The ten stages in their order: what each reads, which knobs and changes it obeys, what it comes after.

`compute_plan` folds over this tuple; the readiness board, the cache keys and the docs read it.
"""

from equipoise.core.stage import Stage
from equipoise.demand.plan_baseline import plan_baseline
from equipoise.demand.plan_demand import plan_demand
from equipoise.finance.plan_finance import check_cash, check_finance, plan_finance
from equipoise.finance.plan_prices import plan_prices
from equipoise.inventory.plan_inventory import check_inventory, plan_inventory
from equipoise.inventory.plan_targets import plan_targets
from equipoise.kpi.plan_kpis import plan_kpis
from equipoise.portfolio.plan_portfolio import plan_portfolio
from equipoise.supply.plan_sourcing import plan_sourcing
from equipoise.supply.plan_supply import plan_supply

STAGES = (
    Stage(
        "portfolio",
        plan_portfolio,
        tables=("items", "launches", "sales_history"),
        kinds=("launch_date", "launch", "end_date"),
        title="Portfolio",
    ),
    Stage(
        "prices",
        plan_prices,
        tables=(
            "prices",
            "costs",
            "service_costs",
            "exchange_rates",
            "inventory_policy",
            "resources",
            "routings",
            "subcontracting",
            "purchasing",
            "lanes",
            "events",
        ),
        kinds=("price", "exchange_rate"),
        after=("portfolio",),
        title="Prices and costs",
    ),
    Stage(
        "baseline",
        plan_baseline,
        tables=("sales_history", "forecast", "launches", "events", "planning_bills", "items", "uoms"),
        knobs=("baseline", "demand_capture", "cleansing"),
        after=("portfolio",),
        title="Baseline forecast",
    ),
    Stage(
        "demand",
        plan_demand,
        tables=(
            "open_orders",
            "sales_history",
            "forecast_archive",
            "fences",
            "items",
            "events",
            "commitments",
            "planning_bills",
        ),
        knobs=(
            "weight_sales_pct",
            "weight_marketing_pct",
            "weight_product_pct",
            "weight_finance_pct",
            "bias_correction_sales",
            "bias_correction_marketing",
            "bias_correction_product",
            "bias_correction_finance",
            "consume_back",
            "consume_forward",
        ),
        kinds=("promotion", "demand_input", "demand_override", "demand_hold"),
        after=("portfolio", "baseline"),
        title="Demand and consensus",
    ),
    Stage(
        "sourcing",
        plan_sourcing,
        tables=("lanes", "inventory", "inventory_policy", "routings"),
        knobs=("lead_time_rounding",),
        after=("prices", "demand"),
        title="Sourcing",
    ),
    Stage(
        "stock_targets",
        plan_targets,
        tables=(
            "inventory",
            "inventory_policy",
            "purchasing",
            "routings",
            "subcontracting",
            "lanes",
            "items",
            "receipts",
            "bom",
        ),
        knobs=("safety_stock", "service_level_pct", "lead_time_rounding"),
        after=("portfolio", "baseline", "demand", "sourcing"),
        title="Inventory targets",
    ),
    Stage(
        "supply",
        plan_supply,
        tables=(
            "resources",
            "resource_calendar",
            "calendars",
            "routings",
            "subcontracting",
            "bom",
            "purchasing",
            "receipts",
            "lanes",
            "inventory",
            "inventory_policy",
            "production_history",
            "plan_archive",
            "fences",
            "markets",
            "items",
            "locations",
            "uoms",
        ),
        knobs=(
            "workforce",
            "unmet_demand",
            "closing_backlog",
            "capacity",
            "lead_time_rounding",
            "holding_on",
            "end_condition",
            "tier",
        ),
        kinds=("capacity", "overtime"),
        after=("prices", "demand", "sourcing", "stock_targets"),
        needs_base=True,
        title="Supply plan",
        effort=30,
    ),
    Stage(
        "inventory",
        plan_inventory,
        tables=("inventory", "inventory_policy", "items"),
        after=("portfolio", "demand", "sourcing", "stock_targets", "supply"),
        title="Inventory projection",
        checks=(check_inventory,),
    ),
    Stage(
        "finance",
        plan_finance,
        tables=("budget", "accounts", "terms", "exchange_rates", "sales_history", "receipts"),
        knobs=("holding_on", "budget_version"),
        after=("portfolio", "prices", "baseline", "demand", "sourcing", "supply", "inventory"),
        title="Financials",
        checks=(check_finance, check_cash),
    ),
    Stage(
        "kpis",
        plan_kpis,
        tables=(
            "forecast_archive",
            "sales_history",
            "order_lines",
            "plan_archive",
            "production_history",
            "fences",
            "inventory_policy",
            "resources",
            "resource_calendar",
            "calendars",
            "routings",
        ),
        after=("prices", "baseline", "demand", "sourcing", "stock_targets", "supply", "inventory", "finance"),
        title="KPIs",
    ),
)
