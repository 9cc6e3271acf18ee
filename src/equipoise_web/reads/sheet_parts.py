"""What the page of a family sheet is made of; all numbers are texts already."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.safestring import SafeString

Words = str | Promise
"""A text, perhaps translated when it is shown."""


@dataclass(frozen=True)
class HeadPart:
    """A head over some columns: a fiscal quarter, or the total."""

    label: str
    span: int


@dataclass(frozen=True)
class ColumnPart:
    """The head of a column, its width and its classes."""

    label: str
    width: str
    css: str
    is_actual: bool


@dataclass(frozen=True)
class CellPart:
    """A cell: text, mark for tests, classes, and the query that explains it (blank where nothing does)."""

    text: str
    testid: str
    css: str
    query: str


@dataclass(frozen=True)
class RowPart:
    """A line of the table."""

    kind: str
    label: Words
    cells: tuple[CellPart, ...]


@dataclass(frozen=True)
class NearBucket:
    """A line of the list on phones."""

    label: str
    plan: str
    difference: str
    query: str


@dataclass(frozen=True)
class SectionPart:
    """A section with its lines, and its nearest buckets for phones."""

    name: str
    title: Words
    rows: tuple[RowPart, ...]
    nearest: tuple[NearBucket, ...]


@dataclass(frozen=True)
class SheetPage:
    """All that the page of a family sheet shows."""

    title: str
    lead: str
    is_demand_only: bool
    """True if nothing of supply is shown: for who may see demand alone."""
    stock: str
    subtitle: str
    family: str | None
    families: tuple[str, ...]
    unit: str
    unit_label: str
    heads: tuple[HeadPart, ...]
    columns: tuple[ColumnPart, ...]
    sections: tuple[SectionPart, ...]
    notes: tuple[str, ...]
    is_rounded: bool
    is_compared: bool
    """True if there is an earlier plan."""
    chart_wide: SafeString
    chart_phone: SafeString
