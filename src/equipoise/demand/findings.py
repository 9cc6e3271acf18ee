"""What the demand room finds wrong or assumes: DE1 for the baseline, DE2 for demand."""

from equipoise.core.finding import FindingCode, Severity
from equipoise.demand.cleansing_findings import FINDING_CODES as CLEANSING_CODES
from equipoise.demand.effect_findings import FINDING_CODES as EFFECT_CODES
from equipoise.demand.life_findings import FINDING_CODES as LIFE_CODES

NO_HISTORY = FindingCode(
    "DE101",
    Severity.WARNING,
    "Series without history have a baseline of 0",
    "Add rows to sales_history, import a forecast, or enter the demand as an input.",
)
SHIPPED_FOR_ORDERED = FindingCode(
    "DE102",
    Severity.WARNING,
    "Ordered quantities are missing: shipped ones train the forecast",
    "Fill ordered_qty in sales_history: shipments hide the demand that was not served.",
)
ORDERED_FOR_SHIPPED = FindingCode(
    "DE103",
    Severity.WARNING,
    "Shipped quantities are missing: ordered ones train the forecast",
    "Fill shipped_qty in sales_history, or set policy demand_capture to orders.",
)
NEGATIVE_HISTORY = FindingCode(
    "DE104",
    Severity.NOTE,
    "Buckets below zero (returns above orders) train the forecast as 0",
    "Book returns in returned_qty, so that they do not hide demand.",
)
STRANGE_HISTORY = FindingCode(
    "DE105",
    Severity.WARNING,
    "History of items and markets that the plan does not have",
    "Add the item or market, or correct its code in sales_history.",
)
INACTIVE_DEMAND = FindingCode(
    "DE106",
    Severity.NOTE,
    "Forecast of buckets in which the item may not be sold was taken out",
    "Check launch_date, end_date and lifecycle in table items.",
)
NO_IMPORTED_FORECAST = FindingCode(
    "DE107",
    Severity.WARNING,
    "No forecast to import: the baseline is forecast from history",
    "Add table forecast, or set policy baseline to statistical.",
)
FORECAST_FOR_HISTORY = FindingCode(
    "DE108",
    Severity.NOTE,
    "No closed history: table forecast is the baseline",
    "Add table sales_history, or set policy baseline to imported.",
)
NO_DEMAND_SOURCE = FindingCode(
    "DE109",
    Severity.ERROR,
    "Neither history nor forecast: the baseline is 0",
    "Add table sales_history, order_lines or forecast.",
)
STRANGE_FORECAST = FindingCode(
    "DE110",
    Severity.ERROR,
    "Imported forecast for a node below which the plan has no series",
    "Correct the item or market code in table forecast.",
)
PARTS_ABOVE_TOTAL = FindingCode(
    "DE111",
    Severity.WARNING,
    "Parts of an imported forecast are above the total of the node over them",
    "Raise the total or lower the parts; the parts were kept.",
)
PARTS_BELOW_TOTAL = FindingCode(
    "DE112",
    Severity.WARNING,
    "All parts of an imported total are given and sum to less",
    "Correct the total or the parts; the parts were raised in proportion.",
)
FORECAST_HOLES = FindingCode(
    "DE113",
    Severity.WARNING,
    "Buckets without an imported forecast have a baseline of 0",
    "Extend table forecast to the whole horizon and all items, or set policy baseline to statistical.",
)
ERROR_BORROWED = FindingCode(
    "DE114",
    Severity.NOTE,
    "The error of the imported forecast is taken from our statistical forecast",
    "None needed; safety stock follows the errors of our own forecast of the same history.",
)
OPEN_BUCKET = FindingCode(
    "DE115",
    Severity.NOTE,
    "Sales of buckets that had not ended at history_to are left out",
    "None needed; a part of a bucket never trains a forecast.",
)
HISTORY_GAP = FindingCode(
    "DE116",
    Severity.NOTE,
    "History ends before the first planning bucket: the buckets between are forecast too",
    "Import newer actuals, or correct history_to.",
)
PIN_TOO_SHORT = FindingCode(
    "DE117",
    Severity.WARNING,
    "The history is too short for the method that was pinned: the forecast is as it was found",
    "Pin another method, or narrow the scope of the pin to series that the method can forecast.",
)
PIN_ON_IMPORT = FindingCode(
    "DE118",
    Severity.NOTE,
    "Methods and seasons are pinned, but the baseline is imported",
    "Set policy baseline to statistical, or withdraw the pins.",
)
WRONG_EVENT = FindingCode(
    "DE120",
    Severity.ERROR,
    "An event cannot be used",
    "Correct its row in table events; the plan was computed without it.",
)
EVENT_WITHOUT_EFFECT = FindingCode(
    "DE121",
    Severity.NOTE,
    "Events ahead change no demand",
    "State uplift_pct or forward_buy_pct, or check that the items may be sold and are not held; a stockout ahead is "
    "a matter of supply.",
)
PLANNED_PAST = FindingCode(
    "DE122",
    Severity.NOTE,
    "Events of closed history still have the status planned: history is cleaned as if they had taken place",
    "Set their status to done, or remove those that did not take place.",
)
DONE_AHEAD = FindingCode(
    "DE123",
    Severity.NOTE,
    "Events of status done last beyond the closed history: they add no demand there",
    "Correct end_date, or set the status to confirmed.",
)
STOCKOUT_KEPT = FindingCode(
    "DE124",
    Severity.NOTE,
    "Stockouts do not change a history of orders",
    "None needed: orders are demand, and a shortage inflates them rather; to restore lost sales set policy "
    "demand_capture to shipments or sell_out.",
)
STOCKOUT_RESTORED = FindingCode(
    "DE125",
    Severity.NOTE,
    "Demand that stockouts hid was restored before forecasting",
    "See history_cleansed_qty; policy cleansing = none leaves history as it was.",
)
HISTORY_CLEANED = FindingCode(
    "DE126",
    Severity.NOTE,
    "History was cleaned of known events before forecasting",
    "See history_cleansed_qty; policy cleansing = none leaves history as it was.",
)
NOTHING_BESIDE = FindingCode(
    "DE127",
    Severity.WARNING,
    "Events should move other items, but no such item is sold in their markets",
    "Check cannibalized, and for halo_pct the node above the event's item.",
)
UNKNOWN_INCLUDED = FindingCode(
    "DE128",
    Severity.WARNING,
    "An input includes events that are not ahead in this plan: nothing was set aside for them",
    "Check the codes in includes, or enter the input anew without them.",
)
BELOW_FLOOR = FindingCode(
    "DE130",
    Severity.WARNING,
    "Demand lay below the floor of a commitment and was raised to it",
    "Ask whether the customer will take what is committed; the amount is the penalty for what is not taken.",
)
FLOOR_MISSED = FindingCode(
    "DE131",
    Severity.ERROR,
    "Demand stays below the floor of a commitment",
    "Release a hold, check that the items may be sold, or change the commitment; the amount is the penalty.",
)
ABOVE_CAP = FindingCode(
    "DE132",
    Severity.WARNING,
    "Demand lay above the cap of a commitment and was lowered to it",
    "Agree on a higher cap with the customer, or plan with what is committed.",
)
CAP_MISSED = FindingCode(
    "DE133",
    Severity.ERROR,
    "Demand stays above the cap of a commitment",
    "Release a hold, or change the commitment.",
)
FLOOR_ABOVE_CAP = FindingCode(
    "DE134",
    Severity.ERROR,
    "The floor of a commitment is above its cap",
    "Correct min_qty or max_qty in table commitments; the plan was computed without it.",
)
WRONG_COMMITMENT = FindingCode(
    "DE135",
    Severity.ERROR,
    "A commitment cannot be used",
    "Correct its row in table commitments; the plan was computed without it.",
)
OVERPLANNED = FindingCode(
    "DE136",
    Severity.NOTE,
    "Shares of planning bills sum to more than 100: options are over-planned",
    "See demand_overplanned_qty; it guards against another mix, and asks supply for more than will be sold.",
)
UNDERPLANNED = FindingCode(
    "DE137",
    Severity.NOTE,
    "Shares of planning bills sum to less than 100: part of the parent's demand falls on no item",
    "None needed for options that not every customer takes; else correct share_pct.",
)
WRONG_BILL = FindingCode(
    "DE138",
    Severity.ERROR,
    "Rows of planning bills cannot be used",
    "Correct parent, item and market in table planning_bills; the plan was computed without these rows.",
)
BILL_LOOP = FindingCode(
    "DE139",
    Severity.ERROR,
    "Planning bills name each other in a circle",
    "Correct table planning_bills; the plan was computed without these bills.",
)
BIAS_CORRECTED = FindingCode(
    "DE150",
    Severity.NOTE,
    "Inputs of a function were corrected for the bias of its earlier forecasts",
    "Show the function its record: an input that needs no correction is better. Policy bias_correction_FUNCTION = off "
    "leaves inputs as they were entered.",
)
BIAS_STANDS = FindingCode(
    "DE151",
    Severity.WARNING,
    "A function whose forecasts were biased has entered inputs that stand uncorrected",
    "Ask the function for a new input, or set policy bias_correction_FUNCTION to on.",
)
BIAS_CAPPED = FindingCode(
    "DE152",
    Severity.WARNING,
    "The bias of a function is larger than a correction may be (30 %)",
    "Do not plan on this input: ask the function anew, or lower its weight (policy weight_FUNCTION_pct).",
)
EVENT_TWICE = FindingCode(
    "DE153",
    Severity.WARNING,
    "A promotion falls on items, markets and buckets that another promotion or event raises already",
    "An event counts once: withdraw the promotion if it is the same, or leave both if they run side by side.",
)
REFUSED = FindingCode(
    "DE201",
    Severity.ERROR,
    "An adjustment could not be applied",
    "Correct or withdraw the adjustment; the plan was computed without it.",
)
WITHOUT_EFFECT = FindingCode(
    "DE202",
    Severity.NOTE,
    "An adjustment changes nothing",
    "Check its scope and amount, or withdraw it.",
)
CLIPPED_SCOPE = FindingCode(
    "DE203",
    Severity.WARNING,
    "Some days of an adjustment's scope lie outside the horizon: its amount stands in the rest",
    "Enter the amount anew for the buckets that are left.",
)
BELOW_ZERO = FindingCode(
    "DE204",
    Severity.WARNING,
    "Inputs of several functions together would take the consensus below zero: it is held at 0",
    "Let the weights of the functions sum to 100 or less.",
)
STRANGE_ORDER = FindingCode(
    "DE205",
    Severity.ERROR,
    "Open orders of items and markets that the plan does not have",
    "Add the item or market, or correct its code in open_orders.",
)
ORDERS_BEYOND = FindingCode(
    "DE206",
    Severity.NOTE,
    "Open orders requested after the horizon are not in this plan",
    "Lengthen the horizon to see them.",
)
OVERDUE_ORDERS = FindingCode(
    "DE207",
    Severity.NOTE,
    "Open orders requested before the buckets that are open at as_of are opening backlog",
    "Promise them a new date, ship them, or cancel them.",
)
FORWARD_BUY_CUT = FindingCode(
    "DE208",
    Severity.NOTE,
    "A promotion's forward buy reaches past the horizon: only buckets inside it give demand",
    "Lengthen the horizon, or plan the promotion earlier.",
)
NO_SHIPMENTS = FindingCode(
    "DE209",
    Severity.WARNING,
    "The data stand inside a bucket, but no shipments of it are known",
    "Add the shipments up to as_of to sales_history (shipped_qty, by ship date).",
)
DROPPED_IN_FENCE = FindingCode(
    "DE210",
    Severity.NOTE,
    "Inside the demand fence make-to-order items count orders only",
    "None needed; forecast that has no order by now is not made for stock.",
)
MOVED_FAR = FindingCode(
    "DE180",
    Severity.NOTE,
    "Reconciliation with forecasts of totals moved series by more than a tenth",
    "Look at them by cause reconciliation; policy reconciliation = none leaves forecasts as they are.",
)

FINDING_CODES = (
    NO_HISTORY,
    SHIPPED_FOR_ORDERED,
    ORDERED_FOR_SHIPPED,
    NEGATIVE_HISTORY,
    STRANGE_HISTORY,
    INACTIVE_DEMAND,
    NO_IMPORTED_FORECAST,
    FORECAST_FOR_HISTORY,
    NO_DEMAND_SOURCE,
    STRANGE_FORECAST,
    PARTS_ABOVE_TOTAL,
    PARTS_BELOW_TOTAL,
    FORECAST_HOLES,
    ERROR_BORROWED,
    OPEN_BUCKET,
    HISTORY_GAP,
    PIN_TOO_SHORT,
    PIN_ON_IMPORT,
    WRONG_EVENT,
    EVENT_WITHOUT_EFFECT,
    PLANNED_PAST,
    DONE_AHEAD,
    STOCKOUT_KEPT,
    STOCKOUT_RESTORED,
    HISTORY_CLEANED,
    NOTHING_BESIDE,
    UNKNOWN_INCLUDED,
    BELOW_FLOOR,
    FLOOR_MISSED,
    ABOVE_CAP,
    CAP_MISSED,
    FLOOR_ABOVE_CAP,
    WRONG_COMMITMENT,
    OVERPLANNED,
    UNDERPLANNED,
    WRONG_BILL,
    BILL_LOOP,
    BIAS_CORRECTED,
    BIAS_STANDS,
    BIAS_CAPPED,
    EVENT_TWICE,
    REFUSED,
    WITHOUT_EFFECT,
    CLIPPED_SCOPE,
    BELOW_ZERO,
    STRANGE_ORDER,
    ORDERS_BEYOND,
    OVERDUE_ORDERS,
    FORWARD_BUY_CUT,
    NO_SHIPMENTS,
    DROPPED_IN_FENCE,
    *EFFECT_CODES,
    MOVED_FAR,
    *LIFE_CODES,
    *CLEANSING_CODES,
)
"""All sorts of finding of this room."""
