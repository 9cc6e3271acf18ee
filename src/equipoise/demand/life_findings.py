"""What the life of items may find in the baseline: DE14x."""

from equipoise.core.finding import FindingCode, Severity

LAUNCH_WITHOUT_LEVEL = FindingCode(
    "DE140",
    Severity.WARNING,
    "Launches without a level: their baseline is the forecast of their own history, 0 where they have none",
    "Give steady_qty or a like_item with sales in the market in table launches.",
)
LIKE_WITHOUT_HISTORY = FindingCode(
    "DE141",
    Severity.WARNING,
    "Like items that say nothing: no item of that code with sales in the market of the launch",
    "Correct like_item, or give steady_qty.",
)
LAUNCH_IMPORTED = FindingCode(
    "DE142",
    Severity.NOTE,
    "An imported forecast speaks of launched items: table launches adds nothing to it and takes nothing away",
    "None needed; take them out of table forecast to plan them by table launches.",
)
CANNIBALIZED_TOO_MUCH = FindingCode(
    "DE143",
    Severity.WARNING,
    "Launches take more from other items than these sell; they end at 0",
    "Lower cannibalization_pct, or name a larger node in cannibalized.",
)
SUCCESSOR_UNITS = FindingCode(
    "DE144",
    Severity.ERROR,
    "A successor is counted in another unit, and no factor says how: it continues neither history nor forecast",
    "Add to uoms the predecessor's unit in base units of the successor.",
)
PASSED_NOWHERE = FindingCode(
    "DE145",
    Severity.NOTE,
    "Forecast of ended items that passes to nobody: their successor is planned by table launches, or not sold itself",
    "None needed if the launch already counts these sales; else take its steady_qty and like_item out.",
)
LIKE_UNITS = FindingCode(
    "DE147",
    Severity.WARNING,
    "A like item is counted in another unit, and no factor says how: one is taken for one",
    "Add the unit to table uoms, or put the factor into like_factor_pct.",
)
CANNIBALIZED_UNITS = FindingCode(
    "DE148",
    Severity.WARNING,
    "Items counted in another unit than the launch lose nothing to it",
    "Give their factor in table uoms, or name in cannibalized a node of one base unit.",
)

FINDING_CODES = (
    LAUNCH_WITHOUT_LEVEL,
    LIKE_WITHOUT_HISTORY,
    LAUNCH_IMPORTED,
    CANNIBALIZED_TOO_MUCH,
    SUCCESSOR_UNITS,
    PASSED_NOWHERE,
    LIKE_UNITS,
    CANNIBALIZED_UNITS,
)
