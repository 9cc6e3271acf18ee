"""The mapping file (TOML): how foreign files turn into planning tables.

    [dataset]                          # the head: all keys of dataset.toml, over those of the folder's own
    name = "Example"

    [tables.sales_history]             # one section per planning table; tables it does not name are read as they are
    combine = ["item", "market", "date"]    # sources side by side by these keys; without it one below the other
    fill = {ordered_qty = 0}                # what stands in cells left blank

    [[tables.sales_history.sources]]   # where rows come from, with the steps that shape them
    file = "Orders/*.csv"                   # a name or pattern below the folder, compared without stray blanks;
                                            # a sheet is "company.xlsx/Orders", a table of a database its name
    encoding = "cp1252"                     # where it is not UTF-8
    separator = "|"                         # where it is not , or ;
    heading_line = 4                        # where a title or remarks stand above the heading
    unpivot = {keep = ["Date"], heading = "item", value = "ordered_qty"}

    [views.weights]                    # rows that other sections use; made like a table
    file = "Weights.csv"                    # one source may stand in the section itself
    sum = {by = ["item"], of = ["tonnes"]}

Steps stand at a source, or at the table for all its sources together. Whatever their order in the file, they are
applied in this one; all cells are text until the table is conformed, and each row keeps its file and line.

    unpivot    {keep, heading, value}: one row for each column not kept; its heading and its cell become two columns
    rename     {theirs = ours}
    constants  {column = value}
    replace    {column = {old = new}}: whole cells
    numbers    {columns, decimal, thousands}: 1.250,5 with decimal "," and thousands "." becomes 1250.5
    dates      {column = format}: days in Python's strptime codes, such as "%d.%m.%Y"
    join       [{view or file, on, take}]: columns of the one row that agrees in `on`; two such rows are an error.
               `on` and `take` list columns, or pair them as {ours = theirs}
    text       {column = "{item} at {location}"}: cells put together
    where      [{column, op, value}]: rows that stay; op is =, !=, <, <=, >, >=, in, not in, blank or not blank
    factor     {column = number}: units, multiplied
    difference {column = [from, less]}: what is left; a blank cell is 0. Later ones may use earlier ones
    skip_zero  [columns]: rows in which all of them are zero or blank are left out, and counted
    keep       [columns]: the others are dropped
    distinct   true: of rows that agree in all cells one stays; [columns]: of rows that agree in these, the lowest
    sum        {by, of}: one row for each `by`, with the sums of `of` (math.fsum)
    ratio      {column = [dividend, divisor]}: blank where the divisor is blank or zero

An unknown key is an error that names it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, NoReturn

from equipoise.intake.draft import DatasetRefused
from equipoise.intake.findings import WRONG_MAPPING

Pairs = tuple[tuple[str, str], ...]
OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "in", "not in", "blank", "not blank")


@dataclass(frozen=True)
class Unpivot:
    """Wide columns to rows."""

    keep: tuple[str, ...]
    heading: str
    value: str


@dataclass(frozen=True)
class Numbers:
    """How numbers are written in some columns."""

    columns: tuple[str, ...]
    decimal: str = "."
    thousands: str = ""


@dataclass(frozen=True)
class Join:
    """Columns fetched from another file or view."""

    on: Pairs
    take: Pairs
    file: str = ""
    view: str = ""


@dataclass(frozen=True)
class Condition:
    """What a row must meet to stay."""

    column: str
    op: str
    value: str | float | tuple[str, ...] = ""


@dataclass(frozen=True)
class Total:
    """Rows added up."""

    by: tuple[str, ...]
    of: tuple[str, ...]


@dataclass(frozen=True)
class Steps:
    """What is done to rows, in the order of the fields."""

    unpivot: Unpivot | None = None
    rename: Pairs = ()
    constants: Pairs = ()
    replace: tuple[tuple[str, Pairs], ...] = ()
    numbers: Numbers | None = None
    dates: Pairs = ()
    join: tuple[Join, ...] = ()
    text: Pairs = ()
    where: tuple[Condition, ...] = ()
    factor: tuple[tuple[str, float], ...] = ()
    difference: tuple[tuple[str, tuple[str, ...]], ...] = ()
    skip_zero: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    distinct: bool | tuple[str, ...] = False
    sum: Total | None = None
    ratio: tuple[tuple[str, tuple[str, ...]], ...] = ()


STEP_NAMES = tuple(step.name for step in fields(Steps))


@dataclass(frozen=True)
class Source:
    """One origin of rows, a file (or pattern) or a view, and its steps."""

    where: str
    """Its section, for messages."""
    file: str = ""
    view: str = ""
    encoding: str = ""
    separator: str = ""
    heading_line: int = 1
    steps: Steps = Steps()


@dataclass(frozen=True)
class Section:
    """A table or view: its sources, how they are put together, and the steps that follow."""

    where: str
    sources: tuple[Source, ...]
    combine: tuple[str, ...] = ()
    fill: Pairs = ()
    steps: Steps = Steps()


@dataclass(frozen=True)
class Mapped:
    """A mapping file; the empty one changes nothing."""

    file: str = "mapping.toml"
    dataset: Mapping[str, Any] = field(default_factory=dict)
    views: Mapping[str, Section] = field(default_factory=dict)
    tables: Mapping[str, Section] = field(default_factory=dict)


def refuse_mapping(where: str, message: str) -> NoReturn:
    """Raise DatasetRefused for the section `where` of the mapping."""
    raise DatasetRefused([WRONG_MAPPING.found(f"mapping {where}", message)])
