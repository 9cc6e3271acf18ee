"""The order book: sales history and open orders computed from order lines (tables.md, table order_lines).

Of each line, net = ordered - cancelled. Then, for every item, market, location and day:

    ordered_qty     net by requested date                   booked_qty      net by the day the order was entered
    on_time_qty     part of that net that was shipped       shipped_qty     shipped by ship date
                    by its requested date                   revenue_amount  net_amount x shipped / ordered by ship date

and the line is open with net - shipped, where that is above 0. What was shipped after as_of is still open at as_of.
Money in another currency than the dataset's is not converted here (stage prices does that): where a day's shipments
hold such money, or a line without money, its revenue is unknown and stays blank. No quantity is lost: the sums of
ordered_qty and booked_qty are that of net, the sum of shipped_qty is that of the lines.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import fsum
from typing import Any

import polars as pl

from equipoise.core.finding import Finding
from equipoise.core.snapshot import conformed
from equipoise.core.tables import table
from equipoise.intake.findings import AFTER_AS_OF, FROM_ORDER_LINES, REVENUE_UNKNOWN

SHIPPING = ("shipped_qty", "shipped_date")
_PLACE = ("item", "market", "location")
_MEASURES = ("ordered_qty", "on_time_qty", "booked_qty", "shipped_qty", "revenue_amount")
Cell = tuple[str, str, str, date]
"""Item, market, location and day."""


@dataclass(frozen=True)
class Line:
    """One order line as it counts: quantities in base units, money in the dataset's currency."""

    own: Mapping[str, Any]
    """Its columns as they were given."""
    net: float
    shipped: float
    shipped_date: date | None
    unit_price: float | None
    """net_amount / ordered_qty; None where the money is not known in the dataset's currency."""

    def cell(self, day: date) -> Cell:
        """Where the line counts on that day."""
        return (self.own["item"], self.own["market"], self.own["location"], day)


@dataclass(frozen=True)
class OrderBook:
    """Conformed order lines, and what they can tell."""

    lines: pl.DataFrame
    given: tuple[str, ...]
    """Columns that the files had: without ship dates nothing is known by ship date, without money no revenue."""
    as_of: date
    currency: str

    @property
    def has_shipments(self) -> bool:
        """True if lines say what was shipped, so that it is known what is still open."""
        return any(column in self.given for column in SHIPPING)

    @property
    def has_ship_dates(self) -> bool:
        """True if lines say when they were shipped."""
        return "shipped_date" in self.given

    def rows(self) -> Iterator[Line]:
        """The lines. One with a ship date and no shipped quantity has left as a whole."""
        for own in self.lines.iter_rows(named=True):
            ordered, amount, left = own["ordered_qty"], own["net_amount"], own["shipped_date"]
            net = ordered - (own["cancelled_qty"] or 0.0)
            shipped = own["shipped_qty"]
            if shipped is None:
                shipped = net if left is not None else 0.0
            is_known = amount is not None and ordered and own["currency"] in ("", self.currency)
            yield Line(own, net, shipped, left, amount / ordered if is_known else None)

    def is_newer(self, day: date | None) -> bool:
        """True for a day after as_of."""
        return day is not None and day > self.as_of


def sales_history_of(book: OrderBook) -> pl.DataFrame:
    """Table sales_history, one row for each item, market, location and day on which anything happened."""
    parts: dict[Cell, dict[str, list[float | None]]] = {}

    def add(cell: Cell, **measures: float | None) -> None:
        found = parts.setdefault(cell, {measure: [] for measure in _MEASURES})
        for measure, value in measures.items():
            found[measure].append(value)

    for line in book.rows():
        left, wanted = line.shipped_date, line.own["requested_date"]
        on_time = min(line.net, line.shipped) if left is not None and left <= wanted else 0.0
        add(line.cell(wanted), ordered_qty=line.net, on_time_qty=on_time)
        add(line.cell(line.own["ordered_date"]), booked_qty=line.net)
        if left is not None and line.shipped:
            is_known = line.unit_price is not None
            revenue = line.own["net_amount"] * line.shipped / line.own["ordered_qty"] if is_known else None
            add(line.cell(left), shipped_qty=line.shipped, revenue_amount=revenue)
    told = {"ordered_qty", "booked_qty"}
    if book.has_ship_dates:
        told |= {"on_time_qty", "shipped_qty"}
        told |= {"revenue_amount"} if "net_amount" in book.given else set()
    cells = sorted(parts)
    columns: dict[str, list[object]] = {name: [cell[at] for cell in cells] for at, name in enumerate((*_PLACE, "date"))}
    columns |= {name: [_sum(parts[cell][name]) for cell in cells] for name in _MEASURES if name in told}
    return conformed(table("sales_history"), columns)


def open_orders_of(book: OrderBook) -> pl.DataFrame:
    """Table open_orders: lines (and `line/schedule` where schedules stand) of which something is open at as_of."""
    columns: dict[str, list[object]] = {name: [] for name in table("open_orders").names if name != "priority"}
    for line in book.rows():
        still = line.net - (0.0 if book.is_newer(line.shipped_date) else line.shipped)
        if still <= 0.0:
            continue
        number, schedule, price = line.own["line"], line.own["schedule"], line.unit_price
        made = {
            "line": f"{number}/{schedule}" if schedule else number,
            "quantity": still,
            "price": price if price is not None and price >= 0.0 else None,
        }
        for name, cells in columns.items():
            cells.append(made[name] if name in made else line.own[name])
    return conformed(table("open_orders"), columns)


def derived_tables(book: OrderBook) -> tuple[dict[str, pl.DataFrame], list[Finding]]:
    """What the order lines become, with findings on what they could not tell."""
    made = {"sales_history": sales_history_of(book)}
    if book.has_shipments:
        made["open_orders"] = open_orders_of(book)
    counts = " and ".join(f"{frame.height} rows of {name}" for name, frame in made.items())
    findings = [FROM_ORDER_LINES.found("table order_lines", f"{book.lines.height} lines became {counts}.")]
    rows = list(book.rows())
    foreign = sorted({row.own["currency"] for row in rows} - {"", book.currency})
    shipped = [row for row in rows if row.shipped and row.shipped_date is not None]
    unknown = [row for row in shipped if row.unit_price is None]
    if unknown and "net_amount" in book.given:
        why = f"money in {', '.join(foreign)} or none" if foreign else "no money"
        text = f"{len(unknown)} of {len(shipped)} shipped lines have {why}: revenue of their days is blank."
        findings.append(REVENUE_UNKNOWN.found("table order_lines", text, count=len(unknown)))
    newer = sum(book.is_newer(row.own["ordered_date"]) or book.is_newer(row.shipped_date) for row in rows)
    if newer:
        text = f"{newer} lines were entered or shipped after {book.as_of}; what was shipped then is open."
        findings.append(AFTER_AS_OF.found("table order_lines", text, count=newer))
    return made, findings


def _sum(values: list[float | None]) -> float | None:
    """The exact sum; unknown where a part is unknown, 0 where there is none."""
    return None if None in values else fsum(value for value in values if value is not None) + 0.0
