"""The findings of what people ask of production: planned orders, staying near the plan of record, strategies."""

from equipoise.core.finding import FindingCode, Severity

PRODUCTION_REFUSED = FindingCode(
    "SU150",
    Severity.ERROR,
    "Planned production that cannot be firmed; the plan goes on without it.",
    "Name items, locations and buckets in which a route of our own production can finish something.",
)
PRODUCTION_IN_FENCE = FindingCode(
    "SU151",
    Severity.WARNING,
    "Planned production inside the planning fence: what was released stands, else the plan of record.",
    "Release the order as a firm receipt, or ask the owner of table fences for a shorter planning fence.",
)
PRODUCTION_BEYOND = FindingCode(
    "SU152",
    Severity.ERROR,
    "Planned production that a person firmed asks for hours or components that are not there.",
    "Lower it or move it to another bucket or line, add capacity, or bring the component in time.",
)
STABILITY_WITHOUT_PLAN = FindingCode(
    "SU153",
    Severity.WARNING,
    "Production is to stay near the plan of record, and there is none.",
    "Publish a plan and seal it into the next snapshot, deliver table plan_archive, or set stability_pct to 0.",
)
PLAN_OF_RECORD_CHANGED = FindingCode(
    "SU154",
    Severity.NOTE,
    "What production changes in the buckets in which it is to stay near the plan of record.",
    "Raise the policy stability_pct to change less; what is left is worth more than the wish, or cannot be helped.",
)
PLAN_OF_RECORD_UNHEEDED = FindingCode(
    "SU155",
    Severity.WARNING,
    "The fast plan (tier heuristic) does not look for the plan of record, near which production is to stay.",
    "Set the policy tier to optimum where production is to stay near it; a higher stability_pct changes nothing here.",
)
STRATEGY_NOT_KEPT = FindingCode(
    "SU160",
    Severity.ERROR,
    "No plan keeps the strategy of production that is asked for: firm work, least quantities or lots stand against it.",
    "Give a hybrid strategy more room, shorten its days, or free what is firm in the buckets named.",
)
STRATEGY_OF_MIXED_UNITS = FindingCode(
    "SU161",
    Severity.WARNING,
    "A strategy of production adds up items that are counted in different units.",
    "Ask for a strategy of a node whose items are counted in one unit.",
)

PRODUCTION_FINDING_CODES: tuple[FindingCode, ...] = (
    PRODUCTION_REFUSED,
    PRODUCTION_IN_FENCE,
    PRODUCTION_BEYOND,
    STABILITY_WITHOUT_PLAN,
    PLAN_OF_RECORD_CHANGED,
    PLAN_OF_RECORD_UNHEEDED,
    STRATEGY_NOT_KEPT,
    STRATEGY_OF_MIXED_UNITS,
)
