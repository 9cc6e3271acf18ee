"""What the portfolio room finds wrong or assumes: PF10x items, PF11x succession, PF12x launches, PF13x changes.

Each names the row to correct: master data are the product manager's.
"""

from equipoise.core.finding import FindingCode, Severity

OBSOLETE_DEMAND = FindingCode(
    "PF101",
    Severity.NOTE,
    "Obsolete items are not planned",
    "Remove their demand, or set lifecycle to phase_out with an end_date.",
)
WRONG_WINDOW = FindingCode(
    "PF102",
    Severity.ERROR,
    "An item ends before it is launched",
    "Correct launch_date or end_date of the item.",
)
SUCCESSION_LOOP = FindingCode(
    "PF110",
    Severity.ERROR,
    "Items succeed each other in a circle; none of them passes anything on",
    "Correct predecessor and successor in table items.",
)
TWO_SUCCESSORS = FindingCode(
    "PF111",
    Severity.WARNING,
    "Several items name the same predecessor; one successor is taken",
    "Name in table items one successor for each predecessor; split what is left by demand inputs.",
)
SALES_GAP = FindingCode(
    "PF112",
    Severity.WARNING,
    "Between the end of an item and the launch of its successor nothing is sold",
    "Move end_date of the item or launch_date of the successor; or plan the gap as lost sales.",
)
SALES_OVERLAP = FindingCode(
    "PF113",
    Severity.NOTE,
    "A successor is launched before its predecessor ends: until then the predecessor keeps its demand",
    "Move end_date to the day before the launch, or give the successor a row in table launches for the time of both.",
)
NO_END_DATE = FindingCode(
    "PF114",
    Severity.WARNING,
    "An item is phased out, and nothing says when: it is planned to the end of the horizon",
    "Give it an end_date, or a successor with a launch date.",
)
ENDS_WITH_LAUNCH = FindingCode(
    "PF115",
    Severity.NOTE,
    "An item without end_date ends when its successor is launched",
    "Give it an end_date, so that the run-out of its stock can be planned.",
)
NO_LAUNCH_DATE = FindingCode(
    "PF120",
    Severity.WARNING,
    "An item is to be launched, and nothing says when: it is planned from the first bucket on",
    "Give it a launch_date in table items or a row in table launches.",
)
WRONG_RAMP = FindingCode(
    "PF121",
    Severity.ERROR,
    "A ramp cannot be read; the launch is planned without one",
    "Write ramp as percents of 0 or more by bucket, separated by semicolons: 20;50;80;100.",
)
PARTS_ABOVE_LAUNCH = FindingCode(
    "PF122",
    Severity.WARNING,
    "Launches of single markets are above the launch of the node over them; the others get nothing",
    "Raise steady_qty of the node: it is the total of its markets.",
)
NO_GATE = FindingCode(
    "PF123",
    Severity.NOTE,
    "A launch lies ahead that has passed no gate",
    "Fill gate in table launches once the gate is passed, or move the launch.",
)
CHANGE_REFUSED = FindingCode(
    "PF130",
    Severity.WARNING,
    "A change of a launch or an end cannot be applied; the plan goes on without it",
    "Correct its scope or its amount, or withdraw it.",
)

FINDING_CODES = (
    OBSOLETE_DEMAND,
    WRONG_WINDOW,
    SUCCESSION_LOOP,
    TWO_SUCCESSORS,
    SALES_GAP,
    SALES_OVERLAP,
    NO_END_DATE,
    ENDS_WITH_LAUNCH,
    NO_LAUNCH_DATE,
    WRONG_RAMP,
    PARTS_ABOVE_LAUNCH,
    NO_GATE,
    CHANGE_REFUSED,
)
