"""The folder to fill in: `dataset.toml`, one CSV with its heading per table, and README.md on every column."""

import csv
import io
from pathlib import Path

from equipoise.core.calendar import BUCKETS, WEEKDAYS
from equipoise.core.errors import EquipoiseError
from equipoise.core.knob import KNOBS, Knob
from equipoise.core.table import Column, Table
from equipoise.core.tables import TABLES
from equipoise.template.words import ROW_MEANS, meaning_of, need, possible

REQUIRED = ("items", "markets")


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
    words, value = possible(knob)
    value = f'"{value}"' if isinstance(knob.default, str) else value
    return f"# {knob.meaning} ({words})\n# {knob.name} = {value}\n"


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
    return f"| {column.name} | {column.type} | {need(column)} | {meaning_of(column)} |\n"
