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

FINDING_CODES: tuple[FindingCode, ...] = (NO_ARCHIVE, ARCHIVE_ABOVE, NOT_CONSENSUS, NO_LAG_ONE)
