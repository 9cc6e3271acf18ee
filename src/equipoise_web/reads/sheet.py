"""The family sheet as a page: numbers as text, heads, addresses of explanations, the chart drawn for two widths."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from urllib.parse import urlencode

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from equipoise.pack.charts import PHONE, WIDE, chart_svg, sop_chart
from equipoise.pack.family_sheet import family_sheet
from equipoise.pack.headline import ALL_FAMILIES, money, plural, quantity
from equipoise.pack.scope import families
from equipoise.pack.sheet import Column, FamilySheet, Row, RowKind, SheetSection
from equipoise.plan import Plan
from equipoise_web.reads.numbers import Scale, width_class
from equipoise_web.reads.scoped_tables import seen_as
from equipoise_web.reads.sheet_parts import (
    CellPart,
    ColumnPart,
    HeadPart,
    NearBucket,
    RowPart,
    SectionPart,
    SheetPage,
    Words,
)

NEAREST = 6
"""Buckets of the list on phones."""
SECTIONS: dict[str, Words] = {"sales": _("Sales"), "production": _("Production"), "inventory": _("Inventory")}
LABELS: dict[str, Words] = {
    "New plan": _("New plan"),
    "Last plan": _("Last plan"),
    "Actual, ordered": _("Actual, ordered"),
    "Shipped, planned to serve": _("Shipped, planned to serve"),
    "Invoiced, planned revenue": _("Invoiced, planned revenue"),
    "Of it to date": _("Of it to date"),
    "Of it to go": _("Of it to go"),
    "Not served": _("Not served"),
    "Difference": _("Difference"),
    "Cumulative": _("Cumulative"),
    "Actual, made": _("Actual, made"),
    "Subcontracted, purchased": _("Subcontracted, purchased"),
    "New plan, closing": _("New plan, closing"),
    "Last plan, closing": _("Last plan, closing"),
    "Actual, closing": _("Actual, closing"),
    "Made less sold, cum.": _("Made less sold, cum."),
    "Days on hand": _("Days on hand"),
}
MEASURES = {"sales": "demand_consensus_qty", "production": "production_qty", "inventory": "inventory_closing_qty"}


def read_sheet(plan: Plan, family: str | None, *, unit: str) -> SheetPage:
    """The page of a family, or of all in money. UnknownName if there is no such family or unit."""
    return _page(_Drawn(plan, family, unit))


@dataclass(frozen=True)
class _Drawn:
    """A sheet to draw, known by the plan as its reader sees it: the same question is drawn once."""

    plan: Plan
    family: str | None
    unit: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Drawn) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[object, ...]:
        return *seen_as(self.plan), self.family, self.unit


@lru_cache(maxsize=64)
def _page(asked: _Drawn) -> SheetPage:
    sheet = family_sheet(asked.plan, asked.family, unit=asked.unit)
    is_demand_only = _is_demand_only(sheet)
    if is_demand_only:
        sheet = _of_demand(sheet)
    values = [value for _, row in _rows(sheet) if row.kind is not RowKind.DAYS for value in row.values]
    scale = Scale.of_money(values) if sheet.unit == "amount" else Scale.of_quantity(values)
    shown = sheet.sections[:1] if is_demand_only else sheet.sections
    sections = tuple(_section(sheet, section, scale) for section in shown)
    return SheetPage(
        title=sheet.title,
        lead=sheet.lead,
        is_demand_only=is_demand_only,
        stock=sheet.stock,
        subtitle=_subtitle(sheet, scale),
        family=sheet.family,
        families=families(asked.plan),
        unit=sheet.unit,
        unit_label=_unit(sheet, scale),
        heads=tuple(
            HeadPart("" if group == "Total" else group, len(list(columns)))
            for group, columns in groupby(sheet.columns, key=lambda column: column.group)
        ),
        columns=_columns(sheet, sections),
        sections=sections,
        notes=sheet.notes,
        is_rounded=not all(scale.is_exact(value) for value in values),
        is_compared=sheet.last_made is not None,
        chart_wide=_drawing(sheet, WIDE),
        chart_phone=_drawing(sheet, PHONE),
    )


def _is_demand_only(sheet: FamilySheet) -> bool:
    """True where demand is known and nothing of supply is: it is shown to those who may see the whole company's."""
    plans = [section.row(RowKind.PLAN) for section in sheet.sections]
    known = [row is not None and any(value is not None for value in row.values) for row in plans]
    return known == [True, False, False]


def _of_demand(sheet: FamilySheet) -> FamilySheet:
    """What the sheet says of demand: its title is how much, and its rows are those that are known ahead."""
    sales = sheet.section("sales")
    rows = tuple(row for row in sales.rows if row.kind is not RowKind.SHIPPED)
    (number,) = (n for n, column in enumerate(sheet.columns) if column.bucket is None and not column.is_landing)
    plan = sales.row(RowKind.PLAN)
    total = None if plan is None else plan.values[number]
    name, period = sheet.family or ALL_FAMILIES, sheet.columns[number].label
    if total is None:
        title = _("%(name)s: demand of the next %(period)s") % {"name": name, "period": period}
    else:
        amount = money(sheet.unit_label, total) if sheet.unit == "amount" else quantity(total, sheet.unit_label)
        title = _("%(name)s: %(amount)s of demand in the next %(period)s") % {
            "name": name,
            "amount": amount,
            "period": period,
        }
    note = _("What is served, made and stocked is shown to those who may see the whole company's supply.")
    sections = (replace(sales, rows=rows), *sheet.sections[1:])
    return replace(sheet, title=str(title), sections=sections, notes=(str(note),))


def _drawing(sheet: FamilySheet, width: int) -> SafeString:
    """The chart; `chart_svg` has escaped its words and left nothing in it that runs."""
    return mark_safe(chart_svg(sop_chart(sheet, width=width, is_titled=False)))


def _rows(sheet: FamilySheet) -> Iterator[tuple[SheetSection, Row]]:
    for section in sheet.sections:
        for row in section.rows:
            yield section, row


def _unit(sheet: FamilySheet, scale: Scale) -> str:
    if sheet.unit == "amount":
        return f"{sheet.unit_label} {scale.prefix}".strip()
    return plural(sheet.unit_label)


def _subtitle(sheet: FamilySheet, scale: Scale) -> str:
    if sheet.unit == "amount" and scale.prefix:
        return sheet.subtitle.replace(sheet.unit_label, f"{sheet.unit_label} {scale.prefix}", 1)
    return sheet.subtitle


def _columns(sheet: FamilySheet, sections: tuple[SectionPart, ...]) -> tuple[ColumnPart, ...]:
    """Buckets share one width, that of their widest number; total and landing have their own."""
    rows = [row for section in sections for row in section.rows]
    buckets = width_class(cell.text for row in rows for cell in row.cells[: sheet.width])
    total = width_class(cell.text for row in rows for cell in row.cells[sheet.width :])
    return tuple(
        ColumnPart(column.head, total if column.bucket is None else buckets, css(sheet, number), column.is_actual)
        for number, column in enumerate(sheet.columns)
    )


def css(sheet: FamilySheet, number: int) -> str:
    """Classes of a column: sunk where closed, a line where the plan begins, the total."""
    column = sheet.columns[number]
    if column.bucket is None:
        return "total"
    if column.is_actual:
        return "act"
    return "now" if number and sheet.columns[number - 1].is_actual else ""


def _section(sheet: FamilySheet, section: SheetSection, scale: Scale) -> SectionPart:
    rows = tuple(_row(sheet, section, row, scale) for row in section.rows)
    nearest = _nearest(sheet, rows)
    if sheet.last_made is None:
        rows = tuple(row for row in rows if not RowKind(row.kind).is_signed)
    return SectionPart(section.name, SECTIONS[section.name], rows, nearest)


def _row(sheet: FamilySheet, section: SheetSection, row: Row, scale: Scale) -> RowPart:
    used = Scale(1.0, 0) if row.kind is RowKind.DAYS else scale
    cells = []
    for number, (column, value) in enumerate(zip(sheet.columns, row.values, strict=True)):
        measure = row.past_measure if column.is_actual else row.measure
        bucket = str(column.bucket)
        if column.bucket is None:
            bucket = "landing" if column.is_landing else "total"
        cells.append(
            CellPart(
                used.show(value, is_signed=row.kind.is_signed) if _applies(row.kind, column, value) else "",
                f"cell:{measure or MEASURES[section.name]}:{row.kind}:{bucket}",
                " ".join(
                    filter(None, ("num", css(sheet, number), "bad" if row.kind is RowKind.SHORT and value else ""))
                ),
                _query(sheet, measure, column) if value is not None and not (row.is_split and column.to_date) else "",
            )
        )
    return RowPart(row.kind.value, LABELS[row.label], tuple(cells))


def _applies(kind: RowKind, column: Column, value: float | None) -> bool:
    """True if a row can say something of a column: a plan begins ahead, actuals end with the closed buckets, to date
    and to go are of a bucket that has begun, and a year lands where something adds up to it."""
    if kind in (RowKind.TO_DATE, RowKind.TO_GO):
        return bool(column.to_date)
    if column.is_landing:
        return value is not None
    if kind is RowKind.ACTUAL:
        return column.is_actual
    return not column.is_actual or kind not in (RowKind.PLAN, RowKind.SHORT, RowKind.OUTSIDE)


def _query(sheet: FamilySheet, measure: str, column: Column) -> str:
    """What asks for the explanation of a cell; blank where no measure of the plan explains it."""
    if not measure or column.bucket is None:
        return ""
    family = {"family": sheet.family} if sheet.family is not None else {}
    return urlencode({"measure": measure, **family, "bucket": column.bucket})


def _nearest(sheet: FamilySheet, rows: tuple[RowPart, ...]) -> tuple[NearBucket, ...]:
    by_kind = {row.kind: row for row in rows}
    plan, difference = by_kind[RowKind.PLAN.value], by_kind[RowKind.DIFFERENCE.value]
    ahead = [n for n, column in enumerate(sheet.columns) if column.bucket is not None and not column.is_actual]
    return tuple(
        NearBucket(
            sheet.columns[number].head,
            plan.cells[number].text,
            difference.cells[number].text,
            plan.cells[number].query,
        )
        for number in ahead[:NEAREST]
    )
