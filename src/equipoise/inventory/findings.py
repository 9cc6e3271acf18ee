"""What targets and the projection of stock may find."""

from equipoise.core.finding import FindingCode, Severity

NO_INVENTORY = FindingCode(
    "IV101",
    Severity.WARNING,
    "No stock on hand is given: stock opens at its target, and its value is an assumption.",
    "Add table inventory.",
)
NEGATIVE_STOCK = FindingCode(
    "IV102",
    Severity.ERROR,
    "Usable stock is below zero; it counts as 0.",
    "Correct on_hand and blocked in table inventory.",
)
STOCK_NOT_PLANNED = FindingCode(
    "IV103",
    Severity.WARNING,
    "Stock lies where the plan has no such item and location; it is not counted.",
    "Check the codes in table inventory.",
)
ERROR_UNKNOWN = FindingCode(
    "IV104",
    Severity.WARNING,
    "The forecast error of what a location serves is not known, so its statistical safety stock is 0.",
    "Give more history, or safety_stock_qty or safety_days in table inventory_policy.",
)
LEVEL_TOO_HIGH = FindingCode(
    "IV105",
    Severity.WARNING,
    "A service level or fill rate of 100 % would need endless stock; 99.99 % is taken.",
    "Give a level below 100 in table inventory_policy.",
)
NO_LOT = FindingCode(
    "IV106",
    Severity.NOTE,
    "A fill rate is asked for without lot_size: the use of one review period stands for the lot.",
    "Give lot_size in table inventory_policy.",
)
BELOW_ZERO = FindingCode(
    "IV107",
    Severity.ERROR,
    "Projected stock falls below zero.",
    "See the findings of supply: firm receipts or orders ask for more than there is.",
)
ROLLED_FORWARD = FindingCode(
    "IV108",
    Severity.NOTE,
    "Stock was counted before the eve of the plan: receipts and demand of the days between roll it forward.",
    "None needed; stock as of the day before start leaves nothing to assume.",
)
NOT_COVERED = FindingCode(
    "IV109",
    Severity.WARNING,
    "Demand until the plan begins is more than stock and receipts cover: the rest is overdue when it begins.",
    "Expedite receipts that are due later, or promise these customers a new date.",
)

FINDING_CODES: tuple[FindingCode, ...] = (
    NO_INVENTORY,
    NEGATIVE_STOCK,
    STOCK_NOT_PLANNED,
    ERROR_UNKNOWN,
    LEVEL_TOO_HIGH,
    NO_LOT,
    BELOW_ZERO,
    ROLLED_FORWARD,
    NOT_COVERED,
)
