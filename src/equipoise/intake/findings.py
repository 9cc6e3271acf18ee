"""What gathering can find: refusals of a dataset (IN0..), rows left out (IN1..), what was done or assumed
(IN2..), and what became of deliveries and corrections (IN3..).

Rows left out are grouped by table and code: one finding with the count and the first places, never one per row.
"""

from collections.abc import Iterable

from equipoise.core.finding import Finding, FindingCode, Severity
from equipoise.intake.quarantined import Quarantined

BLOCKER, ERROR, WARNING, NOTE = Severity.BLOCKER, Severity.ERROR, Severity.WARNING, Severity.NOTE
PLACES_SHOWN = 5

NOT_A_DATASET = FindingCode(
    "IN001",
    BLOCKER,
    "There is no dataset at this place",
    "Give a folder with dataset.toml and one CSV file per table, or a workbook with a sheet for each; "
    "`equipoise template DIR` writes an empty one.",
)
WRONG_HEAD = FindingCode(
    "IN002",
    BLOCKER,
    "The head of the dataset cannot be read or lacks a key",
    "Correct the line or key named in dataset.toml, or in sheet or table dataset.",
)
WRONG_KNOB = FindingCode(
    "IN003",
    BLOCKER,
    "A policy knob or its value does not exist",
    "Correct section [policy] of dataset.toml, or in sheet or table dataset the key named policy.KNOB.",
)
TABLE_REQUIRED = FindingCode(
    "IN004", BLOCKER, "A table without which there is no plan is missing", "Add the table named, with at least one row."
)
TWO_FILES = FindingCode(
    "IN005", BLOCKER, "Two files hold one table", "Keep one of the files, or join them by a mapping."
)
UNREADABLE = FindingCode(
    "IN006",
    BLOCKER,
    "A file is no table of text",
    "Save the file again as CSV in UTF-8 or as a workbook (.xlsx); another encoding may be named in a mapping.",
)
WRONG_HEADING = FindingCode(
    "IN007",
    BLOCKER,
    "The heading of a file does not fit its table",
    "Name every column once in the first line as the template does, or rename columns in a mapping file.",
)
TOO_LARGE = FindingCode(
    "IN008", BLOCKER, "A file is larger than any planning table", "Split the file or leave out what is not planned."
)
WRONG_MAPPING = FindingCode(
    "IN009", BLOCKER, "The mapping file does not fit", "Correct the key named in the mapping file."
)
NOTHING_USABLE = FindingCode(
    "IN010",
    BLOCKER,
    "No row of a required table can be used",
    "Correct the rows named by the other findings of this table.",
)
DATABASE_REFUSED = FindingCode(
    "IN011",
    BLOCKER,
    "The database does not give a table",
    "Check the connection, the schema and the right to read its tables; bytes must be read as text by a view.",
)

RAGGED = FindingCode(
    "IN101", ERROR, "Rows with more or fewer cells than the heading", "Give each row one cell per column; quote texts."
)
BROKEN_QUOTES = FindingCode(
    "IN102", ERROR, "Rows with a quotation mark out of place", 'Write a quotation mark within a quoted cell twice: "".'
)
CELL_TOO_LONG = FindingCode("IN103", ERROR, "Rows with a cell too long to be real", "Shorten the cell.")
NOT_A_NUMBER = FindingCode(
    "IN104",
    ERROR,
    "Rows with text where a number belongs",
    "Write plain numbers such as 1250.5, or leave the cell blank.",
)
NOT_FINITE = FindingCode(
    "IN105", ERROR, "Rows with NaN or infinity where a number belongs", "Leave unknown numbers blank."
)
SEPARATED_NUMBER = FindingCode(
    "IN106",
    ERROR,
    "Rows with a thousands separator or a comma in a number",
    "Write 1250.5 without separators, or state `thousands` and `decimal` in a mapping file.",
)
NOT_A_DATE = FindingCode(
    "IN107", ERROR, "Rows with a date that is no ISO date", "Write 2027-01-31, or state the format in a mapping file."
)
REQUIRED_BLANK = FindingCode("IN108", ERROR, "Rows with a required cell left blank", "Fill the cell.")
NOT_A_CHOICE = FindingCode("IN109", ERROR, "Rows with a word that is not possible", "Use one of the words listed.")
OUTSIDE_LIMITS = FindingCode(
    "IN110", ERROR, "Rows with a number outside its limits", "Correct the number; limits are part of the template."
)
OUTSIDE_CALENDAR = FindingCode(
    "IN111", ERROR, "Rows dated outside the planning calendar", "Correct the date, or leave these rows out."
)
UNKNOWN_CODE = FindingCode(
    "IN112", ERROR, "Rows that name what does not exist", "Add the code to its own table, or correct its spelling."
)
DUPLICATE_KEY = FindingCode(
    "IN113",
    ERROR,
    "Rows that share one key",
    "Keep one row per key; `distinct` in a mapping file drops rows that are wholly equal.",
)
NOT_NESTED = FindingCode(
    "IN114",
    ERROR,
    "Rows that put one node under two parents",
    "Give every node one parent. The parent named by most rows was kept, in a tie the first by name.",
)
NO_UNIT_FACTOR = FindingCode(
    "IN115", ERROR, "Rows in a unit that cannot be converted", "Add the unit to uoms, or give base units."
)
NO_VALUE = FindingCode(
    "IN116",
    ERROR,
    "Rows with a formula that gives no value",
    "Open the workbook in a spreadsheet program, mend the cell, calculate and save; or write the value in its place.",
)
IMPOSSIBLE_ORDER = FindingCode(
    "IN117",
    ERROR,
    "Order lines that contradict themselves",
    "Correct the quantities; a line that was shipped needs its ship date, or leave the column out for all lines.",
)

ADDED_UP = FindingCode(
    "IN201", WARNING, "Rows of one key in a history were added up", "Nothing, if these are parts of one total."
)
DEFAULT_TAKEN = FindingCode(
    "IN202", NOTE, "A table is missing and a default stands for it", "Add the table if you can."
)
UNKNOWN_COLUMN = FindingCode(
    "IN203",
    NOTE,
    "A column that is not part of the table was kept",
    "Nothing; it is carried along and not planned with.",
)
READ_AS = FindingCode("IN204", NOTE, "A file was read in another dialect of CSV", "Nothing, if the reading is right.")
FORMULA_TEXT = FindingCode(
    "IN205", NOTE, "Cells look like spreadsheet formulas and were kept as text", "Replace the formula by its value."
)
TWO_LEVELS = FindingCode(
    "IN206",
    NOTE,
    "A code stands at two levels and means the lowest",
    "Write level:code, such as family:X, for the other.",
)
FILE_NOT_READ = FindingCode(
    "IN207", WARNING, "A file was not read", "Rename it to its table's name, or name it in a mapping file."
)
ROWS_SKIPPED = FindingCode(
    "IN208", NOTE, "The mapping left rows out", "Nothing, if the mapping's filters are what you want."
)
REFERENCE_CLEARED = FindingCode(
    "IN209", WARNING, "A reference to an unknown item was cleared", "Add the item, or leave the cell blank."
)
UNITS_CONVERTED = FindingCode(
    "IN210", NOTE, "Quantities or times were converted", "Nothing, if the factors are what you want."
)
CODE_IN_BOTH = FindingCode(
    "IN211", ERROR, "A code stands in locations and in markets", "Give locations and markets different codes."
)
BLANK_ROWS = FindingCode("IN212", NOTE, "Rows without any cell filled were passed over", "Nothing.")
ORDER_LINES_WIN = FindingCode(
    "IN213",
    WARNING,
    "A table was left out because order lines are given",
    "Nothing; or leave order_lines out, if the other table is the right one.",
)
FROM_ORDER_LINES = FindingCode("IN214", NOTE, "Sales history and open orders were made from order lines", "Nothing.")
REVENUE_UNKNOWN = FindingCode(
    "IN215",
    WARNING,
    "Revenue of some days is unknown",
    "Give net_amount of every line in the currency of the dataset.",
)
AFTER_AS_OF = FindingCode(
    "IN216",
    WARNING,
    "Order lines are newer than the stock",
    "Set as_of to the day of the export, or export the order book as it stood on that day.",
)
TABLE_NOT_READ = FindingCode(
    "IN217", NOTE, "Tables of the database were left alone", "Nothing; or name a table in a mapping file."
)

WRONG_CORRECTION = FindingCode(
    "IN301",
    BLOCKER,
    "A file of corrections cannot be read",
    "Correct the entry named; each needs table, key, author, reason and either column, old and new or exclude = true.",
)
DELIVERED_AGAIN = FindingCode(
    "IN302",
    NOTE,
    "Rows were delivered again and the later ones stand",
    "Nothing, if the later rows are the right ones.",
)
DELIVERED_BESIDE = FindingCode(
    "IN303",
    WARNING,
    "Rows of two deliveries share a key and both count",
    "Nothing, if both happened; else deliver the whole table to replace it, or leave rows out by a correction.",
)
DELIVERED_WITHOUT = FindingCode(
    "IN304",
    NOTE,
    "A day was delivered again without rows that it had",
    "Nothing, if the delivery was a part; else deliver the whole table to replace it.",
)
HISTORY_GIVEN_UP = FindingCode(
    "IN305",
    WARNING,
    "A history was replaced by a shorter one",
    "Append the delivery (--append TABLE) to keep the days before it; or nothing, if they are not wanted.",
)
STALE_STATE = FindingCode(
    "IN306",
    WARNING,
    "A state was carried over and is true to an earlier day",
    "Deliver the table as it stood at the end of as_of.",
)
CARRIED_OVER = FindingCode(
    "IN307", NOTE, "Tables were carried over from an earlier snapshot", "Nothing; or deliver the tables that changed."
)
EXCLUDED = FindingCode("IN308", NOTE, "Rows were left out on purpose", "Nothing; or withdraw the correction.")
CORRECTED = FindingCode(
    "IN309", NOTE, "Cells were corrected", "Mend the source; the correction then retires by itself."
)
RETIRED = FindingCode(
    "IN310", NOTE, "The source was mended and a correction retires", "Nothing; it is not carried to the next month."
)
OTHER_VALUE = FindingCode(
    "IN311",
    WARNING,
    "A correction was not applied: the source has a third value",
    "Decide between the two values: withdraw the correction, or make a new one from the value that is delivered now.",
)
NO_SUCH_ROW = FindingCode(
    "IN312",
    WARNING,
    "A correction finds no row",
    "Withdraw the correction, or name the row by cells that are delivered.",
)
CONTRADICTION = FindingCode(
    "IN313",
    ERROR,
    "Corrections contradict each other and none was applied",
    "Withdraw all but one of them (list withdrawn in the file of corrections).",
)

SUCCESSION_LOOP = FindingCode(
    "IN314",
    ERROR,
    "Items replace each other in a circle",
    "Clear the predecessor or successor that leads back.",
)

FINDING_CODES: tuple[FindingCode, ...] = (
    *(WRONG_CORRECTION, DELIVERED_AGAIN, DELIVERED_BESIDE, DELIVERED_WITHOUT, HISTORY_GIVEN_UP, STALE_STATE),
    *(CARRIED_OVER, EXCLUDED, CORRECTED, RETIRED, OTHER_VALUE, NO_SUCH_ROW, CONTRADICTION),
    *(SUCCESSION_LOOP,),
    *(NOT_A_DATASET, WRONG_HEAD, WRONG_KNOB, TABLE_REQUIRED, TWO_FILES, UNREADABLE, WRONG_HEADING, TOO_LARGE),
    *(WRONG_MAPPING, NOTHING_USABLE, DATABASE_REFUSED),
    *(RAGGED, BROKEN_QUOTES, CELL_TOO_LONG, NOT_A_NUMBER, NOT_FINITE, SEPARATED_NUMBER, NOT_A_DATE, REQUIRED_BLANK),
    *(NOT_A_CHOICE, OUTSIDE_LIMITS, OUTSIDE_CALENDAR, UNKNOWN_CODE, DUPLICATE_KEY, NOT_NESTED, NO_UNIT_FACTOR),
    *(NO_VALUE, IMPOSSIBLE_ORDER, ORDER_LINES_WIN, FROM_ORDER_LINES, REVENUE_UNKNOWN, AFTER_AS_OF),
    *(TABLE_NOT_READ,),
    *(ADDED_UP, DEFAULT_TAKEN, UNKNOWN_COLUMN, READ_AS, FORMULA_TEXT, TWO_LEVELS, FILE_NOT_READ, ROWS_SKIPPED),
    *(REFERENCE_CLEARED, UNITS_CONVERTED, CODE_IN_BOTH, BLANK_ROWS),
)
"""Every sort of finding of this room, for the catalog."""

CODES = {code.code: code for code in FINDING_CODES}


def places(spots: Iterable[tuple[str, int]]) -> str:
    """`items.csv lines 3, 4; markets.csv line 9`: the first places in words, the rest counted."""
    listed = list(spots)
    by_file: dict[str, list[int]] = {}
    for file, line in listed[:PLACES_SHOWN]:
        by_file.setdefault(file, []).append(line)
    texts = [
        f"{file} {'line' if len(lines) == 1 else 'lines'} {', '.join(str(line) for line in lines)}"
        for file, lines in by_file.items()
    ]
    more = len(listed) - PLACES_SHOWN
    return "; ".join(texts) + (f" and {more} more" if more > 0 else "")


def quarantine_findings(quarantine: Iterable[Quarantined]) -> list[Finding]:
    """One finding per table and reason code, with the count, the first places and the first row's reason."""
    groups: dict[tuple[str, str], list[Quarantined]] = {}
    for row in quarantine:
        groups.setdefault((row.table, row.code), []).append(row)
    found = []
    for (table, code), rows in groups.items():
        where = places((row.file, row.line) for row in rows)
        count = len(rows)
        text = f"{count} {'row' if count == 1 else 'rows'} left out: {rows[0].reason} ({where})"
        found.append(CODES[code].found(f"table {table}", text, count=count))
    return found
