"""The findings of sourcing (SO) and supply (SU): what was assumed, what does not fit, and what to do about it."""

from equipoise.core.finding import FindingCode, Severity
from equipoise.supply.production_findings import PRODUCTION_FINDING_CODES

NO_LANES = FindingCode(
    "SO101",
    Severity.WARNING,
    "There is no table lanes: every location that stocks or makes an item serves all its markets in equal shares.",
    "Add table lanes with lead time and cost of each way from a location to a market.",
)
NO_LANE = FindingCode(
    "SO102",
    Severity.ERROR,
    "Demand that no lane reaches: it cannot be served.",
    "Add a row to table lanes for this item (or a node above it) to this market.",
)
SHARES_NOT_WHOLE = FindingCode(
    "SO103",
    Severity.WARNING,
    "Fixed shares of a market do not add up to 100 %; they were scaled, or the rest went to the lanes without share.",
    "Make share_pct of the lanes into this market add up to 100.",
)
UNMET = FindingCode(
    "SU101",
    Severity.ERROR,
    "Demand that the plan does not serve within the horizon: lost, or still in backlog at its end.",
    "Add capacity, overtime, a subcontractor or stock ahead of the bucket named, or agree on less demand.",
)
LATE = FindingCode(
    "SU102",
    Severity.WARNING,
    "Demand that the plan serves late, though within the horizon.",
    "Add capacity, overtime or stock before the bucket named, or promise the later date.",
)
OVERLOAD = FindingCode(
    "SU103",
    Severity.ERROR,
    "Load exceeds the capacity available with overtime; the infinite plan does not move it.",
    "Move load to other buckets or resources, add capacity, or set the policy tier to optimum.",
)
NO_CAPACITY = FindingCode(
    "SU104",
    Severity.NOTE,
    "A resource without rated capacity: the plan treats it as infinite.",
    "Fill capacity_hours, shifts or workers in table resources, or set the policy capacity to demonstrated.",
)
ROUTE_WITHOUT_RESOURCE = FindingCode(
    "SU105",
    Severity.WARNING,
    "A route that uses no known resource: it is planned without any limit of capacity.",
    "Add the resource to table resources, or rows of the route to table routings.",
)
CLOSING_SHORT = FindingCode(
    "SU106",
    Severity.ERROR,
    "The closing stock asked for cannot be reached by any plan.",
    "Lower closing_min_qty, or add capacity or supply before the horizon's end.",
)
CLOSING_BACKLOG = FindingCode(
    "SU107",
    Severity.ERROR,
    "Backlog remains at the horizon's end although the policy forbids it: no plan can serve it.",
    "Add capacity or supply, lower demand, or set the policy closing_backlog to true.",
)
OVERBOOKED = FindingCode(
    "SU108",
    Severity.ERROR,
    "What is firm (receipts, planned production, lots that may not be smaller) asks for more hours than there are.",
    "Re-plan the receipts or the planned production, add capacity, correct hours_remaining, or make the lots smaller.",
)
COMPONENT_MISSING = FindingCode(
    "SU109",
    Severity.ERROR,
    "Firm production needs components that will not be there.",
    "Expedite the component, re-plan the production receipt or the planned production, or mark components as issued.",
)
LEAST_NOT_MET = FindingCode(
    "SU110",
    Severity.ERROR,
    "A firm transfer or a least quantity cannot be kept.",
    "Correct the receipt or min_qty, or add stock where the goods come from.",
)
OVERDUE_RECEIPT = FindingCode(
    "SU111",
    Severity.WARNING,
    "A receipt was due before the snapshot's day; it is taken to arrive in the first bucket.",
    "Confirm a new due date with the supplier or the plant, or close the receipt.",
)
UNKNOWN_RECEIPT = FindingCode(
    "SU112",
    Severity.WARNING,
    "A receipt of an item at a location that the plan does not stock, or along a way that is no lane.",
    "Correct item and locations of the receipt, or add the lane.",
)
COMPONENT_NOT_STOCKED = FindingCode(
    "SU113",
    Severity.ERROR,
    "A component is not stocked where it is used; the plan takes it as always there.",
    "Add stock, purchasing or a lane of the component to this location.",
)
DEMONSTRATED_USED = FindingCode(
    "SU115",
    Severity.NOTE,
    "Demonstrated capacity limits a resource that has no rated capacity.",
    "Fill capacity_hours in table resources when the rated capacity is known.",
)
UNEQUAL_DAYS = FindingCode(
    "SU116",
    Severity.NOTE,
    "The same capacity in buckets with unequal working days.",
    "State capacity_hours per working_day, or give the hours of each bucket in table resource_calendar.",
)
LOTS_NOT_PLANNED = FindingCode(
    "SU117",
    Severity.NOTE,
    "Least lots and lot multiples are not enforced: the plan is in fractions of lots.",
    "Round to lots in detailed scheduling; the monthly plan keeps the totals.",
)
NO_HOURS_PER_WORKER = FindingCode(
    "SU118",
    Severity.WARNING,
    "Workers without hours: the resource is not planned as a workforce.",
    "Fill hours_per_worker in table resources.",
)
LIMIT_IN_OTHER_UNIT = FindingCode(
    "SU119",
    Severity.WARNING,
    "A lane's limit in another unit of measure does not hold items without a factor to it.",
    "Add the factor to table uoms (or unit_volume_m3, unit_weight_kg), or leave capacity_uom blank for base units.",
)
CHANGES_NOTHING = FindingCode(
    "SU120",
    Severity.WARNING,
    "An adjustment of capacity that changes nothing.",
    "Name a resource that has rated capacity, or set the hours instead of adding to them.",
)
SETUP_WITHOUT_LOT = FindingCode(
    "SU121",
    Severity.NOTE,
    "Setup hours without a lot size do not load the resource.",
    "Fill min_lot or lot_multiple in table routings, or lot_size in table inventory_policy.",
)
GAP_LEFT = FindingCode(
    "SU122",
    Severity.WARNING,
    "The best plan in whole numbers was not proved: the search stopped at its limit of nodes.",
    "The plan is usable; set the policy workforce to continuous, or lots to average, for a proved one.",
)
FENCE_WITHOUT_PLAN = FindingCode(
    "SU123",
    Severity.WARNING,
    "Inside the planning fence nothing is fixed: there is neither firm production nor a plan of record.",
    "Release the production, or seal the published plan (plan_archive, measure production_qty).",
)
NOT_PLANNED = FindingCode(
    "SU130",
    Severity.NOTE,
    "Columns that the supply plan reads and does not obey.",
    "Nothing depends on them; clear the column, or state the limit in one that binds.",
)
NO_VOLUME = FindingCode(
    "SU131",
    Severity.WARNING,
    "Items without a factor to the unit of the storage capacity take no room in it.",
    "Add the factor to table uoms, or fill unit_volume_m3 or unit_weight_kg in table items.",
)
MIXED_UNITS_STORED = FindingCode(
    "SU132",
    Severity.WARNING,
    "A storage capacity without a unit counts items of different base units alike.",
    "Fill capacity_uom in table locations and the factors in table uoms.",
)
MAX_DAYS_WITHOUT_DEMAND = FindingCode(
    "SU133",
    Severity.NOTE,
    "max_days counts days of demand of the markets that a location serves; it binds no stock that serves none.",
    "State max_qty for components and for plants that serve other locations.",
)
ABOVE_MOST = FindingCode(
    "SU134",
    Severity.WARNING,
    "Stock at the start is above its most stock: the limit waits until demand has used what is too much.",
    "Sell or move the excess, or raise max_qty or max_days.",
)
ABOVE_STORAGE = FindingCode(
    "SU135",
    Severity.WARNING,
    "Stock at the start exceeds the storage capacity: the limit waits until demand has used what is too much.",
    "Move stock, rent room (max_overtime_hours of a storage resource), or correct storage_capacity.",
)
MOST_NOT_KEPT = FindingCode(
    "SU136",
    Severity.ERROR,
    "Stock rises above its most stock in every plan: firm receipts or least quantities bring too much.",
    "Re-plan the receipts, lower min_qty, or raise max_qty.",
)
STORAGE_NOT_KEPT = FindingCode(
    "SU137",
    Severity.ERROR,
    "Stock exceeds the storage capacity in every plan: firm receipts or least quantities bring too much.",
    "Re-plan the receipts, move stock, or rent room.",
)
STORAGE_FULL = FindingCode(
    "SU138",
    Severity.NOTE,
    "A storage capacity without a resource is reached, and more room would save money.",
    "Rent room where a unit costs less, or add a resource of type storage to see its load and its price by bucket.",
)
SCRAPPED = FindingCode(
    "SU139",
    Severity.WARNING,
    "Stock cannot be used within its shelf life, or has no room, and is scrapped.",
    "Sell it earlier or elsewhere, buy or make less of it, or check expiry_date and shelf_life_days.",
)
AGE_UNKNOWN = FindingCode(
    "SU140",
    Severity.NOTE,
    "Opening stock of items with a shelf life has no expiry date: it counts as fresh when the plan begins.",
    "Give the lots of table inventory their expiry_date.",
)
FAST_UNHEEDED = FindingCode(
    "SU141",
    Severity.NOTE,
    "A rule of the data that the fast plan (tier heuristic) was made without.",
    "Set the policy tier to optimum where this rule decides.",
)
FAST_NOT_KEPT = FindingCode(
    "SU142",
    Severity.ERROR,
    "A rule that the fast plan (tier heuristic) does not keep; the optimum may.",
    "Set the policy tier to optimum, or give the plan more room where it is missing.",
)
FINDING_CODES: tuple[FindingCode, ...] = (
    NO_LANES,
    NO_LANE,
    SHARES_NOT_WHOLE,
    UNMET,
    LATE,
    OVERLOAD,
    NO_CAPACITY,
    ROUTE_WITHOUT_RESOURCE,
    CLOSING_SHORT,
    CLOSING_BACKLOG,
    OVERBOOKED,
    COMPONENT_MISSING,
    LEAST_NOT_MET,
    OVERDUE_RECEIPT,
    UNKNOWN_RECEIPT,
    COMPONENT_NOT_STOCKED,
    DEMONSTRATED_USED,
    UNEQUAL_DAYS,
    LOTS_NOT_PLANNED,
    NO_HOURS_PER_WORKER,
    LIMIT_IN_OTHER_UNIT,
    CHANGES_NOTHING,
    SETUP_WITHOUT_LOT,
    GAP_LEFT,
    FENCE_WITHOUT_PLAN,
    NOT_PLANNED,
    NO_VOLUME,
    MIXED_UNITS_STORED,
    MAX_DAYS_WITHOUT_DEMAND,
    ABOVE_MOST,
    ABOVE_STORAGE,
    MOST_NOT_KEPT,
    STORAGE_NOT_KEPT,
    STORAGE_FULL,
    SCRAPPED,
    AGE_UNKNOWN,
    FAST_UNHEEDED,
    FAST_NOT_KEPT,
    *PRODUCTION_FINDING_CODES,
)
