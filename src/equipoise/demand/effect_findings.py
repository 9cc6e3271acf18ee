"""What the demand room finds of calendar effects and leading indicators: DE17."""

from equipoise.core.finding import FindingCode, Severity

CALENDAR_EFFECT = FindingCode(
    "DE170",
    Severity.NOTE,
    "Working days or moving holidays were taken out of history and put on the forecast",
    "See history_cleansed_qty and demand_baseline_qty; policy calendar_effects = none leaves both as they were.",
)
CALENDAR_NOT_USED = FindingCode(
    "DE171",
    Severity.NOTE,
    "A calendar effect is beyond chance but did not improve forecasts made at earlier dates, and is not used",
    "None needed; it is tried again each time.",
)
CALENDAR_SHORT = FindingCode(
    "DE172",
    Severity.NOTE,
    "A market's calendar does not reach back far enough to learn from",
    "Add its working days and holidays of three past years to table calendars, or set policy calendar_effects to none.",
)
CALENDAR_ENDS = FindingCode(
    "DE173",
    Severity.WARNING,
    "A market's calendar ends inside the horizon: buckets beyond it have no calendar effect",
    "Add the days off of the years to come to table calendars.",
)
HISTORY_SHORT = FindingCode(
    "DE174",
    Severity.NOTE,
    "Histories are too short to learn from calendars or indicators",
    "None needed; both are tried once a family has sold steadily for three years.",
)
INDICATOR_USED = FindingCode(
    "DE175",
    Severity.NOTE,
    "A leading indicator was taken out of history and put on the forecast",
    "See history_cleansed_qty and demand_baseline_qty; policy indicators = none leaves both as they were.",
)
INDICATOR_REFUSED = FindingCode(
    "DE176",
    Severity.NOTE,
    "Leading indicators that did not earn their place are not used",
    "None needed; they are tried again each time. Policy indicators = none ends it.",
)
INDICATOR_SHORT = FindingCode(
    "DE177",
    Severity.NOTE,
    "An indicator cannot be tried: too few of its values are known",
    "Deliver three years of values up to the last closed bucket, one or more in every bucket.",
)

FINDING_CODES = (
    CALENDAR_EFFECT,
    CALENDAR_NOT_USED,
    CALENDAR_SHORT,
    CALENDAR_ENDS,
    HISTORY_SHORT,
    INDICATOR_USED,
    INDICATOR_REFUSED,
    INDICATOR_SHORT,
)
