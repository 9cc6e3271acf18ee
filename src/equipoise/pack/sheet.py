"""The parts of a family sheet: columns, rows, sections. Numbers as they are; readers round."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

Values = tuple[float | None, ...]
"""One number per column; None is unknown or does not apply, never 0."""


class RowKind(StrEnum):
    """What a row of a section says."""

    PLAN = "plan"
    LAST = "last"
    ACTUAL = "actual"
    SHIPPED = "shipped"
    SHORT = "short"
    OUTSIDE = "outside"
    DIFFERENCE = "diff"
    CUMULATIVE = "cum"
    DAYS = "days"

    @property
    def is_signed(self) -> bool:
        """True for differences, which are always shown with their sign."""
        return self in (RowKind.DIFFERENCE, RowKind.CUMULATIVE)


@dataclass(frozen=True)
class Column:
    """A bucket of the sheet, or with `bucket` None the total of the planning buckets shown."""

    bucket: int | None
    label: str
    group: str
    """What the head above it says: the fiscal quarter, `Total` for the total."""
    is_actual: bool = False


@dataclass(frozen=True)
class Row:
    """One line: what it says, its numbers by column, and the measure of the plan that explains them."""

    kind: RowKind
    label: str
    values: Values
    measure: str = ""
    """Explains the planning buckets; blank where no measure does. In money it may be the quantity behind the value."""
    past_measure: str = ""
    """Explains the closed buckets."""


@dataclass(frozen=True)
class SheetSection:
    """Sales, production or inventory."""

    name: str
    rows: tuple[Row, ...]

    def row(self, kind: RowKind) -> Row | None:
        """The row of that kind, None if the section has none."""
        return next((row for row in self.rows if row.kind is kind), None)


@dataclass(frozen=True)
class FamilySheet:
    """The S&OP family sheet of one family, or of all of them in money."""

    family: str | None
    unit: str
    """qty or amount."""
    unit_label: str
    """Unit of measure or currency; blank where the items of the family share no unit."""
    bucket: str
    """month, week or period."""
    title: str
    """The finding: one sentence with the most important fact."""
    subtitle: str
    """What the numbers are: unit, buckets, where the axis starts."""
    lead: str
    """The second fact: how demand moved since the last plan."""
    stock: str
    """The third: where stock goes; blank if it stays about where it is."""
    columns: tuple[Column, ...]
    sections: tuple[SheetSection, ...]
    last_made: date | None
    """Day of the last plan; None where there is no earlier plan."""
    notes: tuple[str, ...]

    def section(self, name: str) -> SheetSection:
        """The section sales, production or inventory."""
        return next(section for section in self.sections if section.name == name)
