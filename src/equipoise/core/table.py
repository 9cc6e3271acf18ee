"""What a planning table is: its columns, types, keys and meaning, declared once.

`tables.TABLES` holds the declarations; templates, conforming on import, checks and the reference page are made from
them. Column types say how a cell is read; *what a row means* says how the engine may look it up.

>>> t = Table("prices", Inheritance.RATE, "Net invoiced price.", (
...     key("item", ColumnType.ITEM_NODE, "what is sold"), optional("rebate_pct", ColumnType.PERCENT, "rebate")))
>>> t.keys, t.column("rebate_pct").required
(('item',), False)
"""

from dataclasses import dataclass
from enum import StrEnum

from equipoise.core.errors import EquipoiseError


class UnknownName(EquipoiseError):
    """A table, column, measure, level or code that does not exist was asked for."""


class ColumnType(StrEnum):
    """How a cell is read. Nodes are codes of a dimension at any level; blank means all."""

    CODE = "code"
    TEXT = "text"
    ITEM_NODE = "item node"
    MARKET_NODE = "market node"
    LOCATION_NODE = "location node"
    DATE = "date"
    QUANTITY = "quantity"
    HOURS = "hours"
    MONEY = "money"
    PERCENT = "percent"
    NUMBER = "number"
    DAYS = "days"
    FLAG = "flag"

    @property
    def is_number(self) -> bool:
        """True where cells are float64."""
        return self in _NUMBERS


_NUMBERS = frozenset(
    {
        ColumnType.QUANTITY,
        ColumnType.HOURS,
        ColumnType.MONEY,
        ColumnType.PERCENT,
        ColumnType.NUMBER,
        ColumnType.DAYS,
        ColumnType.FLAG,
    }
)


class Inheritance(StrEnum):
    """What a row means at a node above the leaves (tables.md section 3)."""

    MASTER = "master"  # facts about one thing: keys are codes, nothing is inherited
    RATE = "rate"  # the most specific row wins, then the latest valid_from; each column apart
    TOTAL = "total"  # a row at a node is that node's total, rows below are parts of it
    HISTORY = "history"  # what happened: rows of one key are added up


@dataclass(frozen=True)
class Column:
    """One column: its type, whether it is part of the key, and what a planner should put there."""

    name: str
    type: ColumnType
    meaning: str
    is_key: bool = False
    required: bool = True
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True)
class Table:
    """One table of the import contract."""

    name: str
    inheritance: Inheritance
    meaning: str
    columns: tuple[Column, ...]
    default: str = ""
    """What the plan does where the table is missing, in words; empty where it is simply not used."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the key columns, in order."""
        return tuple(c.name for c in self.columns if c.is_key)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all columns, in order."""
        return tuple(c.name for c in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name; UnknownName if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise UnknownName(f"table {self.name} has no column {name!r}; it has {', '.join(self.names)}")


def key(
    name: str,
    type: ColumnType,
    meaning: str,
    *,
    blank: bool = False,
    choices: tuple[str, ...] = (),
) -> Column:
    """A column of the key; with `blank` an empty cell is a value of its own (a node: all; a route: the only one)."""
    return Column(name, type, meaning, is_key=True, required=not (blank or "node" in type.value), choices=choices)


def needed(
    name: str, type: ColumnType, meaning: str, *, choices: tuple[str, ...] = (), minimum: float | None = None
) -> Column:
    """A column that every row must fill (a node may still be blank: all)."""
    return Column(name, type, meaning, required="node" not in type.value, choices=choices, minimum=minimum)


def optional(
    name: str,
    type: ColumnType,
    meaning: str,
    *,
    choices: tuple[str, ...] = (),
    minimum: float | None = None,
    maximum: float | None = None,
) -> Column:
    """A column that may be absent or blank."""
    return Column(name, type, meaning, required=False, choices=choices, minimum=minimum, maximum=maximum)
