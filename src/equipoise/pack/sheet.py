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
    TO_DATE = "to_date"
    TO_GO = "to_go"
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
    """A bucket of the sheet, or with `bucket` None the total of the planning buckets shown, or the fiscal year."""

    bucket: int | None
    label: str
    group: str
    """What the head above it says: the fiscal quarter, `Total` for the total, `Landing` for the fiscal year."""
    is_actual: bool = False
    to_date: str = ""
    """Of a bucket that has begun: `act. to 15 + plan`. Its flows are what is behind us and what is still to go."""
    is_landing: bool = False
    """True for the fiscal year: closed buckets, the begun one to date, and the plan."""

    @property
    def head(self) -> str:
        """What stands above its numbers: `Nov`, `Nov act. to 15 + plan`."""
        return f"{self.label} {self.to_date}".strip()


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
    is_split: bool = False
    """True where a begun bucket holds more than the measure, which is only of what is to go."""


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

    @property
    def width(self) -> int:
        """Number of columns that are buckets; the total and the landing stand after them."""
        return sum(column.bucket is not None for column in self.columns)

    def section(self, name: str) -> SheetSection:
        """The section sales, production or inventory."""
        return next(section for section in self.sections if section.name == name)
