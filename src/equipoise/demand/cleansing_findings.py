"""What was done to history beside the events that are known: DE16x."""

from equipoise.core.finding import FindingCode, Severity

OUTLIERS_REPLACED = FindingCode(
    "DE160",
    Severity.NOTE,
    "Buckets far from all around them were replaced before forecasting, and no event says why they were so",
    "See history_cleansed_qty: enter an event that explains one, hold its history as sold (history_hold) where it was "
    "real and will come again, or set policy outliers to keep.",
)
NEWEST_FAR = FindingCode(
    "DE161",
    Severity.NOTE,
    "The newest closed bucket lies far from those before it and trains the forecast as it is",
    "Nothing has come after it, so nobody can tell a one-off from a new level: enter an event, or hold its history.",
)
LEVEL_SHIFTED = FindingCode(
    "DE162",
    Severity.NOTE,
    "Sales have stepped to another level: what lies before was moved to it before forecasting",
    "See history_cleansed_qty: hold the history before the step as sold (history_hold) where the old level will come "
    "back, or set policy level_shifts to keep.",
)
GAP_AS_ZERO = FindingCode(
    "DE163",
    Severity.NOTE,
    "Regular sellers have buckets without a row: they count as nothing sold",
    "Import what is missing; where the extract leaves buckets out, set policy missing_history to unknown.",
)
GAP_FILLED = FindingCode(
    "DE164",
    Severity.NOTE,
    "Buckets without a row were filled with what the buckets around them say before forecasting",
    "Import what is missing; where no row means that nothing was sold, set policy missing_history to zero.",
)

FINDING_CODES = (OUTLIERS_REPLACED, NEWEST_FAR, LEVEL_SHIFTED, GAP_AS_ZERO, GAP_FILLED)
"""All of them, as `findings.FINDING_CODES` takes them."""
