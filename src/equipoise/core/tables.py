"""The planning tables: every table and column that Equipoise imports, declared once.

A dataset is a folder of these tables; `items`, `markets` and one source of demand are required, every other table that
is missing has a stated default. Reading, checks, templates and the reference page are made from `TABLES`. The notation
of the import contract translates so:

* ``*`` is `key`: together the keys name a row. Histories add rows of one key up, all others quarantine them.
* ``?`` is `optional`: the column may be absent or a cell blank. What is neither is `needed`.
* *node* is a type such as `ColumnType.ITEM_NODE`: the column is still called item, market or location and holds a code
  of that level or of any level above it, or is blank for all. Blank is therefore allowed even in a key.
* Other keys may be blank only where blank is a value of its own: no lot, the only route, valid from ever.
* Where the contract says "location or market node" or "resource or item node or market node", each has its own column.

Quantities are in the item's base unit, money in the dataset's currency and percentages 0-100 unless a column says
otherwise; limits are per bucket.

>>> table("prices").keys
('item', 'market', 'valid_from')
>>> table("prices").column("valid_from").required, table("prices").column("price").required
(False, True)
>>> table("receipt")
Traceback (most recent call last):
    ...
equipoise.core.table.UnknownName: there is no table 'receipt'; did you mean receipts?
"""

from difflib import get_close_matches

from equipoise.core.grid import QUANTITY_STEP
from equipoise.core.table import Column, ColumnType, Inheritance, Table, UnknownName, key, needed, optional

CODE = ColumnType.CODE
TEXT = ColumnType.TEXT
ITEM_NODE = ColumnType.ITEM_NODE
MARKET_NODE = ColumnType.MARKET_NODE
LOCATION_NODE = ColumnType.LOCATION_NODE
DATE = ColumnType.DATE
QUANTITY = ColumnType.QUANTITY
HOURS = ColumnType.HOURS
MONEY = ColumnType.MONEY
PERCENT = ColumnType.PERCENT
NUMBER = ColumnType.NUMBER
DAYS = ColumnType.DAYS
FLAG = ColumnType.FLAG

MASTER = Inheritance.MASTER
RATE = Inheritance.RATE
TOTAL = Inheritance.TOTAL
HISTORY = Inheritance.HISTORY

# Limits are inclusive: what other numbers are divided by must be at least one step of the grid.
POSITIVE = QUANTITY_STEP
PERIODS = ("bucket", "month", "quarter", "year")

# Columns that mean the same wherever they stand.
ITEM = key("item", CODE, "item code")
ITEM_OR_ABOVE = key("item", ITEM_NODE, "item or any node above it; blank for all items")
MARKET_OR_ABOVE = key("market", MARKET_NODE, "market, customer, channel or region; blank for all markets")
LOCATION_OR_ABOVE = key("location", LOCATION_NODE, "location or any node above it; blank for all locations")
VALID_FROM = key("valid_from", DATE, "first day on which the row holds; blank for always", blank=True)
CURRENCY = optional("currency", CODE, "currency of the row's money; blank for the dataset's")
PERIOD = optional("period", CODE, "length of time that the row covers; blank for one bucket", choices=PERIODS)
LEAD_TIME = optional("lead_time_days", DAYS, "calendar days from start or order to usable stock", minimum=0.0)
MIN_LOT = optional("min_lot", QUANTITY, "smallest lot, units per lot", minimum=0.0)
LOT_MULTIPLE = optional("lot_multiple", QUANTITY, "lots are whole multiples of this, units", minimum=0.0)
MAX_QTY = optional("max_qty", QUANTITY, "most that can be had, units per bucket; blank for no limit", minimum=0.0)
PREFERENCE = optional("preference", NUMBER, "rank among sources of equal cost, 1 first")
LIMITING_RESOURCE = optional("resource", CODE, "resource whose capacity this source uses, beside its own limits")


def _table(name: str, inheritance: Inheritance, meaning: str, *columns: Column, default: str = "") -> Table:
    return Table(name, inheritance, meaning, columns, default)


TABLES: tuple[Table, ...] = (
    _table(
        "items",
        MASTER,
        "What is sold, made, bought or stocked, with its place in the product hierarchy and its life cycle.",
        key("item", CODE, "item code, unique across all levels of the product hierarchy"),
        needed("name", TEXT, "name that people read"),
        needed("family", CODE, "product family, the level at which the executive plan is made"),
        optional("subfamily", CODE, "level between item and family"),
        optional("category", CODE, "level above family"),
        optional("brand", CODE, "brand under which the item is sold"),
        needed("uom", CODE, "base unit of measure: all quantities of the item are in it"),
        optional("lifecycle", CODE, "stage of the item's life", choices=("launch", "active", "phase_out", "obsolete")),
        optional("launch_date", DATE, "first day on which the item is sold"),
        optional("end_date", DATE, "last day on which the item is sold"),
        optional("predecessor", CODE, "item that this one replaces and whose history it continues"),
        optional("successor", CODE, "item that replaces this one"),
        optional(
            "fulfillment",
            CODE,
            "what an order is served from: stock, or production begun on the order",
            choices=("make_to_stock", "make_to_order", "assemble_to_order"),
        ),
        optional("decimals", NUMBER, "decimals a quantity may have; 0 where only whole units count", minimum=0.0),
        optional("shelf_life_days", DAYS, "days from production until the item can no longer be sold", minimum=0.0),
        optional("unit_volume_m3", NUMBER, "volume, cubic meters per unit", minimum=0.0),
        optional("unit_weight_kg", NUMBER, "weight, kilograms per unit", minimum=0.0),
        default="The table is required.",
    ),
    _table(
        "uoms",
        MASTER,
        "Conversion of other units of measure, such as cases or liters, into the item's base unit.",
        ITEM_OR_ABOVE,
        key("uom", CODE, "the other unit of measure"),
        needed("factor", NUMBER, "base units in one of this unit", minimum=POSITIVE),
        default="Quantities of different base units are not added up: such a cell stays empty, with a finding.",
    ),
    _table(
        "locations",
        MASTER,
        "Where items are made, stocked or bought. Suppliers named in other tables need not stand here.",
        key("location", CODE, "location code, unique across locations and markets"),
        needed("name", TEXT, "name that people read"),
        needed("type", CODE, "what the location is", choices=("plant", "dc", "store", "supplier", "subcontractor")),
        optional("region", CODE, "region to which the location belongs"),
        optional("company", CODE, "company that owns the location"),
        optional("currency", CODE, "currency in which the location keeps its books"),
        optional("calendar", CODE, "calendar of its working days"),
        optional("storage_capacity", QUANTITY, "most stock, in capacity_uom; blank for no limit", minimum=0.0),
        optional("capacity_uom", CODE, "unit of measure of storage_capacity"),
    ),
    _table(
        "markets",
        MASTER,
        "To whom items are sold: the lowest level at which demand is planned, with the levels above it.",
        key("market", CODE, "market code, unique across locations and markets"),
        needed("name", TEXT, "name that people read"),
        needed("region", CODE, "region, the highest level of the market hierarchy"),
        optional("channel", CODE, "sales channel, the level below region"),
        optional("customer", CODE, "customer, the level between channel and market"),
        optional("priority", NUMBER, "rank in which scarce supply is promised, 1 first"),
        optional("unmet", CODE, "whether demand not served waits or is lost", choices=("backlog", "lost")),
        optional("sales_owner", TEXT, "person who answers for the market's sales input"),
        default="The table is required.",
    ),
    _table(
        "calendars",
        MASTER,
        "Working days or working hours by calendar, from which capacity by bucket is made; demand may move with them.",
        key("calendar", CODE, "calendar code; that of a market, customer, channel or region says when it buys"),
        key("date", DATE, "the day"),
        needed("working", NUMBER, "1 for a working day and 0 for none, or the working hours of the day", minimum=0.0),
        optional("note", TEXT, "why the day differs: the name of a holiday, or a shutdown"),
    ),
    _table(
        "sales_history",
        HISTORY,
        "What was ordered, shipped, returned and invoiced. Between the first sale and history_to no row means zero.",
        ITEM,
        key("market", CODE, "market that ordered"),
        optional("location", CODE, "location that shipped"),
        key("date", DATE, "day of the row; each measure says which day counts"),
        needed("ordered_qty", QUANTITY, "units ordered, by requested date, net of cancellations"),
        optional("on_time_qty", QUANTITY, "part of that ordered_qty shipped by its requested date, units"),
        optional("booked_qty", QUANTITY, "units ordered, by the day the order was entered"),
        optional("shipped_qty", QUANTITY, "units shipped, by ship date, whatever the order's date"),
        optional("returned_qty", QUANTITY, "units returned"),
        optional("revenue_amount", MONEY, "net invoiced money, by ship date"),
        optional("cost_amount", MONEY, "cost of what was shipped, money"),
        optional("stockout", FLAG, "1 where the item was out of stock, so that sales were below demand"),
        default="Demand comes from order_lines or forecast, one of which must then be given.",
    ),
    _table(
        "order_lines",
        MASTER,
        "The order book by schedule line. Where it is present, sales_history and open_orders are computed from it.",
        key("order", CODE, "sales order number"),
        key("line", CODE, "line of the order"),
        key("schedule", CODE, "schedule line: one delivery of the line", blank=True),
        needed("item", CODE, "item ordered"),
        needed("market", CODE, "market that ordered"),
        optional("location", CODE, "location that ships"),
        needed("ordered_date", DATE, "day the order was entered"),
        needed("requested_date", DATE, "day the customer wants it"),
        optional("promised_date", DATE, "day promised to the customer"),
        optional("shipped_date", DATE, "day it left; blank while it is open"),
        needed("ordered_qty", QUANTITY, "units ordered"),
        optional("shipped_qty", QUANTITY, "units shipped so far"),
        optional("cancelled_qty", QUANTITY, "units cancelled"),
        optional("net_amount", MONEY, "net value of the ordered units, money"),
        CURRENCY,
        optional("abnormal", FLAG, "1 where the order is outside the forecast: it is added and consumes none of it"),
        default="Sales history and open orders are read from their own tables.",
    ),
    _table(
        "open_orders",
        MASTER,
        "Customer orders not yet shipped at as_of. They consume the forecast; those overdue are opening backlog.",
        key("order", CODE, "sales order number"),
        key("line", CODE, "line of the order"),
        needed("item", CODE, "item ordered"),
        needed("market", CODE, "market that ordered"),
        optional("location", CODE, "location that ships"),
        needed("requested_date", DATE, "day the customer wants it"),
        optional("promised_date", DATE, "day promised to the customer"),
        needed("quantity", QUANTITY, "units still open", minimum=0.0),
        optional("price", MONEY, "net price of the order, money per unit", minimum=0.0),
        optional("priority", NUMBER, "rank in which scarce supply is promised, 1 first"),
        optional("abnormal", FLAG, "1 where the order is outside the forecast: it is added and consumes none of it"),
        default="Opening backlog is 0.",
    ),
    _table(
        "forecast",
        TOTAL,
        "A forecast made elsewhere. It is the baseline where the policy knob baseline says imported.",
        ITEM_OR_ABOVE,
        MARKET_OR_ABOVE,
        key("date", DATE, "any day of the period forecast"),
        needed("quantity", QUANTITY, "units in the period, the total of the node", minimum=0.0),
        PERIOD,
        default="The baseline is forecast from history.",
    ),
    _table(
        "forecast_archive",
        TOTAL,
        "What each function forecast in earlier cycles, from which accuracy, bias and consensus weights are measured.",
        key("made_date", DATE, "day the forecast was made"),
        key(
            "source",
            CODE,
            "who or what made the forecast",
            choices=("naive", "statistical", "sales", "marketing", "product", "finance", "customer", "consensus"),
        ),
        ITEM_OR_ABOVE,
        MARKET_OR_ABOVE,
        key("date", DATE, "any day of the bucket forecast"),
        needed("quantity", QUANTITY, "units per bucket, the total of the node"),
    ),
    _table(
        "plan_archive",
        TOTAL,
        "What earlier published plans said, against which adherence and changes of plan are measured.",
        key("made_date", DATE, "day the plan was published"),
        key("measure", CODE, "measure of the plan, by its name in the data dictionary"),
        ITEM_OR_ABOVE,
        key("location", LOCATION_NODE, "location or node above it, for measures by location; else blank"),
        key("market", MARKET_NODE, "market or node above it, for measures by market; else blank"),
        key("date", DATE, "any day of the bucket planned"),
        needed("quantity", QUANTITY, "value per bucket in the measure's unit, the total of the node"),
    ),
    _table(
        "commitments",
        MASTER,
        "Contracts that set a floor or a cap on demand. They bind whatever the functions say and are never averaged.",
        key("contract", CODE, "contract number"),
        needed("market", MARKET_NODE, "market or node above it that is bound; blank for all"),
        needed("item", ITEM_NODE, "item or node above it that is covered; blank for all"),
        needed("valid_from", DATE, "first day of the contract"),
        needed("valid_to", DATE, "last day of the contract"),
        optional("min_qty", QUANTITY, "least that is taken, units per bucket, over all items covered", minimum=0.0),
        optional("max_qty", QUANTITY, "most that is taken, units per bucket; blank for no limit", minimum=0.0),
        optional("penalty", MONEY, "penalty for what stays below min_qty, money per unit", minimum=0.0),
    ),
    _table(
        "events",
        MASTER,
        "What makes demand differ from its pattern: promotions, price changes, campaigns, stockouts and one-offs.",
        key("event", CODE, "event code"),
        needed("type", CODE, "sort of event", choices=("promotion", "price", "campaign", "stockout", "one_off")),
        needed("item", ITEM_NODE, "item or node above it that is affected; blank for all"),
        needed("market", MARKET_NODE, "market or node above it that is affected; blank for all"),
        needed("start_date", DATE, "first day of the event"),
        needed("end_date", DATE, "last day of the event"),
        optional(
            "discount_pct",
            PERCENT,
            "percent off the price where prices does not lower it for the event; negative where it is raised",
            maximum=100.0,
        ),
        optional(
            "uplift_pct",
            PERCENT,
            "percent by which demand rises over the baseline, or falls; of a stockout what "
            "sales fell by, blank for all",
            minimum=-100.0,
        ),
        optional(
            "forward_buy_pct",
            PERCENT,
            "percent of the demand of each bucket after the event that is bought ahead",
            minimum=0.0,
            maximum=100.0,
        ),
        optional(
            "forward_buy_buckets", NUMBER, "buckets after the event from which demand is bought ahead", minimum=0.0
        ),
        optional("cannibalized", ITEM_NODE, "item or node above it that loses demand to the event; blank for none"),
        optional("cannibalization_pct", PERCENT, "percent of the uplift taken from them", minimum=0.0, maximum=100.0),
        optional(
            "halo_pct", PERCENT, "what the other items under the node above gain, percent of the uplift", minimum=0.0
        ),
        optional("spend_amount", MONEY, "what the event costs us, money for the whole event", minimum=0.0),
        optional("funding_amount", MONEY, "what suppliers or partners pay toward it, money for the event", minimum=0.0),
        optional("status", CODE, "how certain the event is", choices=("planned", "confirmed", "done")),
    ),
    _table(
        "launches",
        MASTER,
        "New items by market: when they start, how fast they ramp up and which items they take sales from.",
        ITEM,
        MARKET_OR_ABOVE,
        needed("launch_date", DATE, "first day of sales in the market"),
        optional("steady_qty", QUANTITY, "sales once the ramp is over, units per bucket", minimum=0.0),
        optional("like_item", CODE, "existing item whose history and seasons the new one follows"),
        optional("like_factor_pct", PERCENT, "sales expected as a percent of the like item's", minimum=0.0),
        optional("ramp", TEXT, "percent of steady sales in each bucket from the launch on, separated by semicolons"),
        optional("gate", TEXT, "stage gate of development that the launch has passed"),
        optional("cannibalized", ITEM_NODE, "item or node above it that loses sales to the launch; blank for none"),
        optional("cannibalization_pct", PERCENT, "percent of its sales taken from them", minimum=0.0, maximum=100.0),
    ),
    _table(
        "pipeline",
        TOTAL,
        "Sales opportunities not yet ordered, with their probability and the time of delivery.",
        key("opportunity", CODE, "opportunity number"),
        needed("market", CODE, "market that may order"),
        needed("item", ITEM_NODE, "item or node above it that may be ordered; blank for all"),
        optional("amount", MONEY, "value of the whole opportunity, money", minimum=0.0),
        optional("quantity", QUANTITY, "size of the whole opportunity, units", minimum=0.0),
        needed("stage", CODE, "stage of the sales process"),
        optional("probability_pct", PERCENT, "chance that it is won", minimum=0.0, maximum=100.0),
        needed("close_date", DATE, "day the customer is expected to decide"),
        optional("delivery_start", DATE, "first day of delivery; blank for the close date"),
        optional("delivery_buckets", NUMBER, "buckets over which delivery is spread", minimum=1.0),
        optional("owner", TEXT, "person who answers for the opportunity"),
    ),
    _table(
        "pipeline_history",
        HISTORY,
        "Stages that opportunities went through, from which the chance of winning from each stage is measured.",
        key("opportunity", CODE, "opportunity number"),
        key("date", DATE, "day it entered the stage"),
        key("stage", CODE, "stage of the sales process, also won or lost"),
        optional("amount", MONEY, "value of the opportunity on that day, money"),
    ),
    _table(
        "planning_bills",
        MASTER,
        "What share of a parent's demand falls on each item or option. Shares over 100 in sum over-plan options.",
        key("parent", CODE, "parent whose demand is forecast: a family or a model"),
        ITEM,
        MARKET_OR_ABOVE,
        VALID_FROM,
        needed("share_pct", PERCENT, "units of the item per 100 units of the parent", minimum=0.0),
    ),
    _table(
        "indicators",
        HISTORY,
        "Market signals such as an economic index, housing starts or sell-out, which may lead demand.",
        key("indicator", CODE, "indicator code"),
        key("date", DATE, "day or any day of the period observed"),
        needed("value", NUMBER, "value observed, in the indicator's own unit"),
    ),
    _table(
        "inventory",
        MASTER,
        "Stock at the end of as_of. Usable stock is on_hand less blocked.",
        ITEM,
        key("location", CODE, "location that holds the stock"),
        key("lot", CODE, "lot or batch; blank for none", blank=True),
        needed("on_hand", QUANTITY, "units in stock, blocked ones included"),
        optional("blocked", QUANTITY, "units of on_hand that may not be used", minimum=0.0),
        optional("in_transit", QUANTITY, "units on the way, where no transfer receipt says so", minimum=0.0),
        optional("expiry_date", DATE, "last day on which the lot can be sold"),
        default="Opening stock is the target stock, not 0, and the money of stock is withheld.",
    ),
    _table(
        "inventory_history",
        HISTORY,
        "Stock at the end of past days, from which turns and coverage of the past are measured.",
        ITEM,
        key("location", CODE, "location that held the stock"),
        key("date", DATE, "day at whose end the stock was counted"),
        needed("on_hand", QUANTITY, "units in stock"),
    ),
    _table(
        "inventory_policy",
        RATE,
        "Rules of stock. Safety stock follows the first given of quantity, days, fill rate and service level.",
        ITEM_OR_ABOVE,
        LOCATION_OR_ABOVE,
        optional("safety_stock_qty", QUANTITY, "safety stock, units; goes before every other rule", minimum=0.0),
        optional("safety_days", DAYS, "safety stock as days of coming demand", minimum=0.0),
        optional("fill_rate_pct", PERCENT, "percent of units to be served from stock", minimum=0.0, maximum=100.0),
        optional("service_level_pct", PERCENT, "percent of cycles without a stockout", minimum=0.0, maximum=100.0),
        optional("target_days", DAYS, "target stock as days of coming demand", minimum=0.0),
        optional("max_days", DAYS, "most stock as days of coming demand", minimum=0.0),
        optional("max_qty", QUANTITY, "most stock at the end of a bucket, units; blank for no limit", minimum=0.0),
        optional("lot_size", QUANTITY, "usual replenishment lot, units per lot", minimum=0.0),
        MIN_LOT,
        optional("review_days", DAYS, "days between two looks at the stock", minimum=0.0),
        optional("shortfall_cost", MONEY, "price of safety stock not held, money per unit and bucket", minimum=0.0),
        optional("closing_min_qty", QUANTITY, "least stock at the horizon's end, units", minimum=0.0),
        default="Safety stock follows the policy knob service_level_pct.",
    ),
    _table(
        "resources",
        MASTER,
        "What limits production: machines, crews, suppliers, storage and transport, with capacity and its cost.",
        key("resource", CODE, "resource code"),
        needed("location", CODE, "location where the resource stands"),
        needed("name", TEXT, "name that people read"),
        optional("type", CODE, "sort of resource", choices=("machine", "labor", "supplier", "storage", "transport")),
        optional("calendar", CODE, "calendar of its working days"),
        optional("capacity_hours", HOURS, "clock hours available per capacity_per; blank for no limit", minimum=0.0),
        optional("capacity_per", CODE, "time that capacity_hours cover", choices=("bucket", "working_day", "week")),
        optional("units", NUMBER, "machines or places that work side by side", minimum=0.0),
        optional("shifts_per_day", NUMBER, "shifts worked per working day", minimum=0.0),
        optional("hours_per_shift", HOURS, "clock hours per shift", minimum=0.0, maximum=24.0),
        optional("utilization_pct", PERCENT, "percent of clock hours that are worked", minimum=0.0, maximum=100.0),
        optional("efficiency_pct", PERCENT, "standard hours produced per 100 hours worked", minimum=0.0),
        optional("max_overtime_hours", HOURS, "most overtime, clock hours per bucket; blank for none", minimum=0.0),
        optional(
            "regular_cost_per_hour",
            MONEY,
            "regular pay, money per clock hour; with workers it is paid used or not, else per hour used",
            minimum=0.0,
        ),
        optional("overtime_cost_per_hour", MONEY, "overtime pay, money per clock hour used", minimum=0.0),
        optional("workers", NUMBER, "workers at the start; makes the resource a workforce", minimum=0.0),
        optional("hours_per_worker", HOURS, "regular clock hours per worker and bucket", minimum=0.0),
        optional(
            "max_overtime_hours_per_worker",
            HOURS,
            "most overtime, clock hours per worker and bucket; blank for none",
            minimum=0.0,
        ),
        optional("hire_cost", MONEY, "cost of hiring, money per worker", minimum=0.0),
        optional("layoff_cost", MONEY, "cost of laying off, money per worker", minimum=0.0),
        optional("hire_lead_days", DAYS, "calendar days from the decision to hire until work begins", minimum=0.0),
        optional("min_workers", NUMBER, "fewest workers in any bucket", minimum=0.0),
        optional("max_workers", NUMBER, "most workers in any bucket; blank for no limit", minimum=0.0),
        optional("extra_shift_hours", HOURS, "clock hours that an extra shift adds per bucket", minimum=0.0),
        optional("extra_shift_cost", MONEY, "cost of an extra shift, money per bucket", minimum=0.0),
        optional(
            "idle_cost_per_hour",
            MONEY,
            "money per clock hour that a workforce is paid for and does not work, beside its pay",
            minimum=0.0,
        ),
        optional("rate_up_cost", MONEY, "money per hour used more than in the bucket before", minimum=0.0),
        optional("rate_down_cost", MONEY, "money per hour used less than in the bucket before", minimum=0.0),
        optional(
            "historical_share_pct",
            PERCENT,
            "percent of all standard hours that it had in the past, for capacity planning by overall factors",
            minimum=0.0,
            maximum=100.0,
        ),
        default="Capacity is infinite and labeled so.",
    ),
    _table(
        "resource_calendar",
        MASTER,
        "Capacity of a resource in particular buckets, over that of table resources. Hours of one bucket's rows add.",
        key("resource", CODE, "resource code"),
        key("date", DATE, "any day of the bucket"),
        optional("capacity_hours", HOURS, "clock hours available in the bucket", minimum=0.0),
        optional("max_overtime_hours", HOURS, "most overtime, clock hours in the bucket", minimum=0.0),
        optional("hours_per_worker", HOURS, "regular clock hours per worker in the bucket, paid too", minimum=0.0),
        optional("reason", TEXT, "why capacity differs, such as maintenance or a new line"),
        default="Every bucket has the capacity of table resources.",
    ),
    _table(
        "routings",
        MASTER,
        "How an item is made at a location. All rows of a route are needed together, routes are alternatives.",
        key("item", ITEM_NODE, "item made, or a node above it whose bill serves items that have none"),
        key("location", CODE, "plant where it is made"),
        key("route", CODE, "alternative way of making it; blank for the only one", blank=True),
        key("resource", CODE, "resource that the route uses"),
        needed("hours_per_unit", HOURS, "standard hours per unit started", minimum=0.0),
        optional("setup_hours", HOURS, "standard hours per lot", minimum=0.0),
        optional("offset_days", DAYS, "calendar days before completion at which the resource is used", minimum=0.0),
        optional("skill", TEXT, "skill that the work asks for"),
        optional("variable_cost", MONEY, "variable production cost of the route, money per unit started", minimum=0.0),
        optional("yield_pct", PERCENT, "good units per 100 started on the route", minimum=POSITIVE, maximum=100.0),
        MIN_LOT,
        LOT_MULTIPLE,
        LEAD_TIME,
        PREFERENCE,
        default="Capacity is infinite and labeled so.",
    ),
    _table(
        "production_history",
        HISTORY,
        "What was made and the hours it took, from which demonstrated capacity and plan adherence are measured.",
        ITEM,
        optional("location", CODE, "location that made it"),
        optional("resource", CODE, "resource that made it"),
        key("date", DATE, "day it was reported finished"),
        needed("quantity", QUANTITY, "good units made"),
        optional("hours", HOURS, "clock hours it took"),
    ),
    _table(
        "subcontracting",
        RATE,
        "Items that another firm can make for us, delivered to one of our locations.",
        ITEM_OR_ABOVE,
        key("location", CODE, "location to which it is delivered"),
        key("supplier", CODE, "subcontractor"),
        VALID_FROM,
        needed("unit_cost", MONEY, "price paid to the subcontractor, money per unit", minimum=0.0),
        MAX_QTY,
        LEAD_TIME,
        optional("min_qty", QUANTITY, "least that must be taken, units per bucket", minimum=0.0),
        PREFERENCE,
        LIMITING_RESOURCE,
    ),
    _table(
        "bom",
        MASTER,
        "Bills of material: what goes into an item and what comes out beside it. Need counts units started.",
        key("item", CODE, "item made"),
        key("component", CODE, "item that goes in, or that comes out beside it"),
        key("location", CODE, "location where this bill holds; blank for all", blank=True),
        optional("type", CODE, "whether it goes in or comes out", choices=("component", "by_product", "co_product")),
        needed("quantity_per", QUANTITY, "units of the component per unit of the item started", minimum=0.0),
        optional("scrap_pct", PERCENT, "component lost on the way, percent added to quantity_per", minimum=0.0),
        key("valid_from", DATE, "first day on which the row holds; blank for always", blank=True),
        optional("valid_to", DATE, "last day on which the row holds; blank for ever"),
    ),
    _table(
        "purchasing",
        RATE,
        "Items that can be bought, by supplier and receiving location, with price, lead time and limits.",
        ITEM,
        key("supplier", CODE, "supplier"),
        key("location", CODE, "location that receives it"),
        VALID_FROM,
        needed("unit_cost", MONEY, "purchase price, money per unit", minimum=0.0),
        needed("lead_time_days", DAYS, "calendar days from order to usable stock", minimum=0.0),
        optional("lead_time_std_days", DAYS, "standard deviation of the lead time, days", minimum=0.0),
        optional("order_cost", MONEY, "money per order, whatever its size; where lots are planned whole", minimum=0.0),
        MAX_QTY,
        MIN_LOT,
        LOT_MULTIPLE,
        PREFERENCE,
        LIMITING_RESOURCE,
    ),
    _table(
        "receipts",
        MASTER,
        "Purchases, production and transfers under way. Firm and released ones are fixed, planned ones are re-planned.",
        key("reference", CODE, "number of the purchase, production or transfer order"),
        key("line", CODE, "line of the order"),
        needed("item", CODE, "item that arrives"),
        needed("location", CODE, "location where it arrives"),
        optional("from", CODE, "location it comes from, for transfers"),
        optional("route", CODE, "route it is made on, for production"),
        needed("due_date", DATE, "day it becomes usable stock"),
        needed("quantity", QUANTITY, "units still open", minimum=0.0),
        needed("type", CODE, "sort of order", choices=("purchase", "production", "transfer")),
        needed("status", CODE, "how fixed the order is", choices=("planned", "firm", "released", "in_transit")),
        optional("supplier", CODE, "supplier, for purchases"),
        optional("ship_date", DATE, "day it leaves where it comes from"),
        optional(
            "hours_remaining",
            HOURS,
            "standard hours left; blank for quantity × hours_per_unit",
            minimum=0.0,
        ),
        optional("components_issued", FLAG, "1 where its components have already left stock"),
        optional("ordered_date", DATE, "day it was ordered"),
        optional("received_date", DATE, "day it was received"),
    ),
    _table(
        "lanes",
        RATE,
        "Ways along which items move between locations and from locations to markets.",
        ITEM_OR_ABOVE,
        key("from_location", CODE, "location that ships"),
        key("to", CODE, "location or market that receives"),
        VALID_FROM,
        needed("lead_time_days", DAYS, "calendar days from shipping to arrival", minimum=0.0),
        needed("unit_cost", MONEY, "freight and handling, money per unit", minimum=0.0),
        optional("max_qty", QUANTITY, "most per bucket, in capacity_uom; blank for no limit", minimum=0.0),
        MIN_LOT,
        LOT_MULTIPLE,
        optional("capacity_uom", CODE, "unit of measure of max_qty; blank for the base unit"),
        optional("share_pct", PERCENT, "fixed split: percent of the receiver's need", minimum=0.0, maximum=100.0),
        PREFERENCE,
        optional("calendar", CODE, "calendar of the days on which the lane runs"),
        optional("transfer_price", MONEY, "price between companies, money per unit", minimum=0.0),
        default="Who stocks or makes the item serves every market, else all locations in equal shares, in zero days.",
    ),
    _table(
        "fences",
        RATE,
        "Time fences inside which the plan is changed only by request or not at all.",
        ITEM_OR_ABOVE,
        LOCATION_OR_ABOVE,
        needed("demand_days", DAYS, "days ahead in which the forecast changes only by request", minimum=0.0),
        needed("planning_days", DAYS, "days ahead in which the optimizer may not move production", minimum=0.0),
    ),
    _table(
        "prices",
        RATE,
        "Net invoiced price by item and market.",
        ITEM_OR_ABOVE,
        MARKET_OR_ABOVE,
        VALID_FROM,
        needed("price", MONEY, "net invoiced price, money per unit", minimum=0.0),
        optional("rebate_pct", PERCENT, "rebate paid afterwards, percent of the price", minimum=0.0, maximum=100.0),
        CURRENCY,
        default="The plan is in units only.",
    ),
    _table(
        "costs",
        RATE,
        "Standard cost, which values stock and sales, and the costs of holding stock and of not serving demand.",
        ITEM_OR_ABOVE,
        LOCATION_OR_ABOVE,
        VALID_FROM,
        needed("standard_cost", MONEY, "standard cost, money per unit", minimum=0.0),
        optional("holding_cost", MONEY, "cost of holding stock, money per unit and bucket", minimum=0.0),
        optional("holding_rate_pct", PERCENT, "cost of holding stock, percent of standard_cost a year", minimum=0.0),
        optional("backlog_cost", MONEY, "cost of serving late, money per unit and bucket", minimum=0.0),
        optional("lost_sale_cost", MONEY, "cost of a lost sale beside the price, money per unit", minimum=0.0),
        CURRENCY,
        default="Holding costs 20 % a year of standard cost, else of 60 % of price; backlog costs enough that no unit "
        "with positive contribution stays unserved while a listed source is free.",
    ),
    _table(
        "service_costs",
        RATE,
        "Costs of not serving demand by market, over those that table costs gives for a blank location.",
        ITEM_OR_ABOVE,
        MARKET_OR_ABOVE,
        VALID_FROM,
        optional("backlog_cost", MONEY, "cost of serving late, money per unit and bucket", minimum=0.0),
        optional("lost_sale_cost", MONEY, "cost of a lost sale beside the price, money per unit", minimum=0.0),
        default="The costs of table costs hold in every market.",
    ),
    _table(
        "budget",
        TOTAL,
        "The annual operating plan and its reforecasts, beside which the plan is shown; never an input to demand.",
        key("version", CODE, "AOP, or the name of a reforecast"),
        ITEM_OR_ABOVE,
        MARKET_OR_ABOVE,
        key("date", DATE, "any day of the period budgeted"),
        PERIOD,
        optional("quantity", QUANTITY, "units in the period, the total of the node"),
        optional("revenue_amount", MONEY, "net revenue in the period, money, the total of the node"),
        optional("margin_amount", MONEY, "gross margin in the period, money, the total of the node"),
        optional("operating_expense_amount", MONEY, "operating expense in the period, money, the total of the node"),
    ),
    _table(
        "accounts",
        TOTAL,
        "Lines of the ledger, such as fixed costs and operating expense, that complete the profit and loss statement.",
        key(
            "account",
            CODE,
            "ledger account; its code begins with revenue, cost_of_sales, capital_expenditure (or capex) or "
            "depreciation where it holds that, all others are operating expense",
        ),
        key("version", CODE, "what the amount is", choices=("actual", "budget", "forecast")),
        key("company", CODE, "company whose ledger it is", blank=True),
        key("item", ITEM_NODE, "item or node above it that the amount belongs to; blank for all"),
        key("market", MARKET_NODE, "market or node above it that the amount belongs to; blank for all"),
        key("date", DATE, "any day of the bucket"),
        needed("amount", MONEY, "amount per bucket, money; expense and expenditure are positive"),
        CURRENCY,
        default="Operating expense is that of table budget, else unknown.",
    ),
    _table(
        "terms",
        RATE,
        "When revenue is received and purchases are paid, by company, from which cash flow is made.",
        key("company", CODE, "company code"),
        key("date", DATE, "first day on which the terms hold"),
        needed("receivable_days", DAYS, "days from invoice until customers pay", minimum=0.0),
        needed("payable_days", DAYS, "days from receipt until suppliers are paid", minimum=0.0),
        optional("opening_cash", MONEY, "cash at the start of that day, money; below 0 for an overdraft"),
        default="Receivables, payables and cash are unknown.",
    ),
    _table(
        "exchange_rates",
        RATE,
        "Rates at which money in other currencies becomes money in the dataset's currency.",
        key("currency", CODE, "the other currency"),
        key("rate_type", CODE, "what the rate is for", choices=("budget", "plan", "actual")),
        key("date", DATE, "first day on which the rate holds"),
        needed("rate", NUMBER, "dataset currency for one unit of the other", minimum=POSITIVE),
    ),
    _table(
        "targets",
        TOTAL,
        "What strategy asks for by year: growth, share, margin, capacity, service.",
        key("measure", CODE, "measure with the target, by its name in the data dictionary"),
        ITEM_OR_ABOVE,
        MARKET_OR_ABOVE,
        key("year", NUMBER, "fiscal year"),
        needed("value", NUMBER, "target for the year, in the measure's unit"),
        optional("owner", TEXT, "person who answers for the target"),
    ),
    _table(
        "levers",
        MASTER,
        "Options for closing a gap between demand and supply, with their price and how soon they work.",
        key("option", CODE, "option code"),
        needed(
            "lever",
            CODE,
            "sort of option",
            choices=(
                "overtime",
                "extra_shift",
                "hire",
                "subcontract",
                "alternate_site",
                "alternate_supplier",
                "prebuild",
                "expedite",
                "redeploy_stock",
                "schedule_change",
                "capex",
                "promotion",
                "price",
                "ration",
            ),
        ),
        optional("resource", CODE, "resource on which the option works; blank for none"),
        optional("item", ITEM_NODE, "item or node above it on which the option works; blank for none"),
        optional("market", MARKET_NODE, "market or node above it on which the option works; blank for none"),
        needed("cost", MONEY, "cost, money per unit named in column unit", minimum=0.0),
        optional("fixed_cost", MONEY, "cost of using the option at all, money once", minimum=0.0),
        needed("unit", TEXT, "what cost and max_qty count: unit, hour, worker, shift"),
        needed("lead_time_days", DAYS, "calendar days from the decision until the option works", minimum=0.0),
        optional("max_qty", QUANTITY, "most per bucket, in what column unit counts; blank for no limit", minimum=0.0),
        optional("valid_from", DATE, "first day on which the option is open; blank for always"),
        optional("valid_to", DATE, "last day on which the option is open; blank for ever"),
        optional("note", TEXT, "what to know before choosing it"),
    ),
)
"""All planning tables, in the order in which templates and the reference page show them."""

TABLE_NAMES: tuple[str, ...] = tuple(declared.name for declared in TABLES)
"""Names of all planning tables, in the order of `TABLES`."""

_BY_NAME = {declared.name: declared for declared in TABLES}


def table(name: str) -> Table:
    """The planning table of that name; `UnknownName`, with the names that come near, if there is none.

    >>> table("inventory").column("lot").required
    False
    """
    if name in _BY_NAME:
        return _BY_NAME[name]
    near = get_close_matches(name, TABLE_NAMES, n=3)
    advice = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(TABLE_NAMES)}"
    raise UnknownName(f"there is no table {name!r}; {advice}")
