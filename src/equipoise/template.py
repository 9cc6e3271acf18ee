"""An empty dataset to fill in: `dataset.toml`, one CSV with its heading per table, and README.md on every column.

All of it is made from `core.tables.TABLES` and `core.knob.KNOBS`, so a template never differs from what is read.
"""

import csv
import io
from pathlib import Path

from equipoise.core.calendar import BUCKETS, WEEKDAYS
from equipoise.core.errors import EquipoiseError
from equipoise.core.knob import KNOBS, Knob
from equipoise.core.table import Column, Inheritance, Table
from equipoise.core.tables import TABLES

REQUIRED = ("items", "markets")
ROW_MEANS = {
    Inheritance.MASTER: "one row is one thing",
    Inheritance.RATE: "the most specific row wins, then the latest valid_from; each column from its own row",
    Inheritance.TOTAL: "a row at a node above the leaves is that node's total; rows below it are parts of it",
    Inheritance.HISTORY: "rows of one key are added up",
}


class FolderNotEmpty(EquipoiseError):
    """A template is only written where nothing stands yet."""


def write_template(folder: Path | str) -> tuple[str, ...]:
    """Write the template into `folder`, which is created; the names of its files in the order to fill them in.

    Raises FolderNotEmpty if anything is in the folder: a template never overwrites data.
    """
    place = Path(folder)
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise FolderNotEmpty(f"{place.name} is not an empty folder; give the name of a new one")
    place.mkdir(parents=True, exist_ok=True)
    for name, text in template_files():
        (place / name).write_text(text, encoding="utf-8", newline="")
    return tuple(name for name, _ in template_files())


def template_files() -> tuple[tuple[str, str], ...]:
    """Name and text of every file of a template.

    >>> dict(template_files())["inventory.csv"]
    'item,location,lot,on_hand,blocked,in_transit,expiry_date\\n'
    """
    return (
        ("README.md", _readme()),
        ("dataset.toml", _head()),
        *((f"{table.name}.csv", _heading(table)) for table in TABLES),
    )


def _heading(table: Table) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(table.names)
    return text.getvalue()


def _head() -> str:
    return f"""\
# What company this is and which months are planned. Lines that begin with # are explanations or defaults.
name = "My company"
currency = "EUR"                     # all money is in it unless a row has a currency of its own
bucket = "month"                     # {" | ".join(BUCKETS)}
start = 2027-01-01                   # first day of the first planning bucket
horizon = 18                         # number of planning buckets

# as_of = 2026-12-31                 # day to whose end stock, open orders and receipts are true; the day before start
# history_to = 2026-12-31            # last day of complete actuals; as_of
# fiscal_year_start = "01-01"        # MM-DD, or for 4-4-5 and 53-week years a list of first days: [2026-12-28]
# week_start = "monday"              # {" | ".join(WEEKDAYS)}
# volume_uom = "case"                # unit in which quantities of different base units are added up (see uoms.csv)

[policy]
{"".join(_knob(knob) for knob in KNOBS)}"""


def _knob(knob: Knob) -> str:
    if knob.choices:
        possible, value = " | ".join(knob.choices), f'"{knob.default}"'
    elif isinstance(knob.default, bool):
        possible, value = "true | false", str(knob.default).lower()
    else:
        possible, value = f"{knob.minimum:g} to {knob.maximum:g}", f"{knob.default:g}"
    return f"# {knob.meaning} ({possible})\n# {knob.name} = {value}\n"


def _readme() -> str:
    return f"""\
# A dataset for Equipoise

Fill in `dataset.toml` and the tables you have. `items`, `markets` and one source of demand (`sales_history`,
`order_lines`, `forecast`, `open_orders` or `launches`) are required; any other table may stay empty or be deleted, and
each says below what the plan does without it. Then run `equipoise check` on this folder, and `equipoise plan`.

Codes are text and case matters. Dates are written 2027-01-31 and fall into the bucket that holds the day. Numbers are
written 1250.5, without thousands separators. Quantities are in the item's base unit, percentages run from 0 to 100.
A *node* is a code of that level or of any level above it (a family instead of an item, a region instead of a market),
or blank for all.

{"".join(_section(table) for table in TABLES)}"""


def _section(table: Table) -> str:
    rows = "".join(_row(column) for column in table.columns)
    without = table.default and (f"Without it: {table.default}" if table.name not in REQUIRED else table.default)
    return f"""\
## {table.name}

{table.meaning} {ROW_MEANS[table.inheritance].capitalize()}. {without}

| column | type | required | what to put there |
|---|---|---|---|
{rows}
"""


def _row(column: Column) -> str:
    required = ("yes" if column.required else "no") + (", key" if column.is_key else "")
    meaning = column.meaning + (f": {', '.join(column.choices)}" if column.choices else "")
    if column.minimum is not None or column.maximum is not None:
        low = "" if column.minimum is None else f"at least {column.minimum:g}"
        high = "" if column.maximum is None else f"at most {column.maximum:g}"
        meaning += f" ({', '.join(word for word in (low, high) if word)})"
    return f"| {column.name} | {column.type} | {required} | {meaning} |\n"
