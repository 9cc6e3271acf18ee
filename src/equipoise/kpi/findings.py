"""What the KPI room may find."""

from equipoise.core.finding import FindingCode, Severity

NO_ARCHIVE = FindingCode(
    "KP101",
    Severity.NOTE,
    "There is no earlier forecast to measure, so accuracy and bias are not known.",
    "Nothing to do in a first cycle; later ones seal their forecasts. Or give table forecast_archive.",
)
ARCHIVE_ABOVE = FindingCode(
    "KP102",
    Severity.NOTE,
    "Archived forecasts above item and market are not measured.",
    "Archive the forecast by item and market.",
)
NOT_CONSENSUS = FindingCode(
    "KP103",
    Severity.NOTE,
    "The archive holds no consensus forecast; accuracy is that of the statistical forecast.",
    "Give rows of source consensus in table forecast_archive.",
)
NO_LAG_ONE = FindingCode(
    "KP104",
    Severity.WARNING,
    "No archived forecast was made in the bucket before the one it is for, so accuracy is not known.",
    "Check made_date in table forecast_archive: a forecast counts for the bucket after the one it was made in.",
)

NO_ON_TIME = FindingCode(
    "KP110",
    Severity.NOTE,
    "No row of history says what was shipped on time, so the realized fill rate is not computed.",
    "Give on_time_qty in table sales_history, or table order_lines. Shipped / ordered of a bucket is not service: what "
    "was shipped may have been for older orders.",
)
ON_TIME_IN_PART = FindingCode(
    "KP111",
    Severity.NOTE,
    "Some rows of history do not say what was shipped on time; the realized fill rate is that of the others.",
    "Give on_time_qty in every row of table sales_history that states ordered_qty.",
)
LINES_WITHOUT_SHIPMENT = FindingCode(
    "KP112",
    Severity.NOTE,
    "Order lines do not say when they were shipped, so on time in full and perfect orders are not known.",
    "Give shipped_date and shipped_qty in table order_lines.",
)
NOTHING_FROZEN = FindingCode(
    "KP113",
    Severity.NOTE,
    "No archived plan was published before its buckets entered the planning fence, so plan adherence is not known.",
    "Keep published plans of earlier cycles in table plan_archive: a bucket is held against the latest plan made at "
    "least planning_days before it begins.",
)
PLAN_ABOVE = FindingCode(
    "KP114",
    Severity.NOTE,
    "Archived plans above item, location and market are not measured.",
    "Archive plans by item, with or without location or market.",
)
NO_STANDARD = FindingCode(
    "KP115",
    Severity.NOTE,
    "Hours were worked on items without standard hours on that resource; they are left out of efficiency.",
    "Give hours_per_unit in table routings for the item, its location and the resource; where a row of "
    "production_history names no resource or another one than the item is made on, correct it.",
)
ONE_SIDED = FindingCode(
    "KP116",
    Severity.WARNING,
    "Forecasts made in the bucket before were wrong on one side: their tracking signal is beyond ±4 and not by chance.",
    "Ask the owner of the forecast why, and correct the cause; or set a lower or higher forecast with a reason.",
)

STANDARD_BEYOND_EXACT = FindingCode(
    "KP117",
    Severity.WARNING,
    "Production that comes to more standard hours than can be added up exactly; it is left out of efficiency.",
    "Correct quantity in table production_history, which is in base units, or hours_per_unit and yield_pct in table "
    "routings.",
)

FINDING_CODES: tuple[FindingCode, ...] = (
    NO_ARCHIVE,
    ARCHIVE_ABOVE,
    NOT_CONSENSUS,
    NO_LAG_ONE,
    NO_ON_TIME,
    ON_TIME_IN_PART,
    LINES_WITHOUT_SHIPMENT,
    NOTHING_FROZEN,
    PLAN_ABOVE,
    NO_STANDARD,
    ONE_SIDED,
    STANDARD_BEYOND_EXACT,
)
