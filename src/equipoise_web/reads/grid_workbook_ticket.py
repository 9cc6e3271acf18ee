"""What a workbook of the planning grid remembers: the view and state it was made of, and every number as it was then.

It lies in a sheet that no menu shows, as text under the installation's own signature: what comes back with it was made
here and not altered, and its numbers are exact, whatever program rounded the cells beside them. The view is shown
again as it was: rows by their keys, columns by their days.
"""

import base64
import binascii
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import FloatArray
from equipoise_web.access import Access, Right
from equipoise_web.reads.grid_bytes import from_bytes, to_bytes
from equipoise_web.reads.grid_rows import GridRows
from equipoise_web.reads.grid_workbook_marks import MAGIC

SALT = "equipoise.grid.workbook"
PIECE = 32_000
"""Characters of a cell: Excel takes 32,767."""
MOST_INFLATED = 64 << 20


class WorkbookRefused(EquipoiseError):
    """A workbook that cannot be compared with the plan as a whole; the message says why and what to do."""


@dataclass(frozen=True)
class TicketColumn:
    """A column as it was: its mark, name, buckets begin..end−1, and days."""

    mark: str
    label: str
    quarter: str
    year: str
    begin: int
    end: int
    is_total: bool
    first: str
    last: str


@dataclass(frozen=True, eq=False)
class Ticket:
    """M lines × R nodes × C columns of a view, as somebody had them before the eyes."""

    scenario: str
    """Blank for a published plan."""
    query: str
    digest: str
    fingerprint: str
    seen: int
    """The base revision: number of the last ruling that the numbers know of."""
    by: str
    at: str
    sees: str
    """A digest of what that person may see (`sight_of`): totals are comparable for those who see the same."""
    unit: str
    lines: tuple[str, ...]
    line_labels: tuple[str, ...]
    edits: tuple[bool, ...]
    """[M], lines that the person could type in."""
    foot: int
    """The line that is shown for the whole only; −1 for none."""
    keys: tuple[str, ...]
    labels: tuple[str, ...]
    depth: tuple[int, ...]
    columns: tuple[TicketColumn, ...]
    values: FloatArray

    @cached_property
    def places(self) -> tuple[tuple[int, int], ...]:
        """(line, node) of every row of the sheet, from the top down: nodes in their order, the whole at the foot."""
        nodes = [*range(1, len(self.keys)), 0]
        return tuple(self._rows(nodes))

    def _rows(self, nodes: Sequence[int]) -> Iterator[tuple[int, int]]:
        known = np.logical_not(np.isnan(self.values).all(axis=2))
        for node in nodes:
            for line in range(len(self.lines)):
                # Of the whole, a line without any number says nothing: items of different units have no total.
                if (line != self.foot and node > 0) or (node == 0 and known[line, node]):
                    yield line, node

    @cached_property
    def end(self) -> tuple[int, ...]:
        """One beyond the last node below each node, [R]."""
        found = [len(self.depth)] * len(self.depth)
        above: list[int] = []
        for node, depth in enumerate(self.depth):
            for closed in above[depth:]:
                found[closed] = node
            above[depth:] = [node]
        return tuple(found)

    @cached_property
    def children(self) -> tuple[tuple[int, ...], ...]:
        """Nodes directly below each node, [R]."""
        found: list[list[int]] = [[] for _each in self.depth]
        above: list[int] = []
        for node, depth in enumerate(self.depth):
            if depth:
                found[above[depth - 1]].append(node)
            above[depth:] = [node]
        return tuple(tuple(each) for each in found)


def ticket_of(rows: GridRows, who: Access, *, seen: int, at: datetime) -> Ticket:
    """The ticket of a view as it stands; `seen` is the number of a ruling given before the numbers were read."""
    header = rows.header
    return Ticket(
        scenario=rows.numbers.scenario,
        query=rows.view.query,
        digest=rows.numbers.base.digest,
        fingerprint=rows.numbers.fingerprint,
        seen=seen,
        by=who.name,
        at=at.isoformat(timespec="seconds"),
        sees=sight_of(who),
        unit=f"{rows.view.unit} {header['uom']} {header['currency']}",
        lines=rows.lines,
        line_labels=tuple(_line_label(line, header) for line in header["lines"]),
        edits=tuple(bool(line["edit"]) for line in header["lines"]),
        foot=next((n for n, line in enumerate(header["lines"]) if line["is_foot"]), -1),
        keys=rows.tree.keys,
        labels=rows.labels,
        depth=tuple(header["depth"]),
        columns=columns_of(rows),
        values=rows.values,
    )


def columns_of(rows: GridRows) -> tuple[TicketColumn, ...]:
    """The columns of a view as tickets keep them: those of another time differ, whatever their marks."""
    return tuple(
        TicketColumn(
            each.mark,
            each.label,
            each.quarter,
            each.year,
            each.begin,
            each.end,
            each.is_total,
            each.first.isoformat(),
            each.last.isoformat(),
        )
        for each in rows.columns.all
    )


def columns_now(ticket: Ticket, rows: GridRows) -> dict[int, int]:
    """Column of a view by column of the ticket, for those of the same days."""
    today = {(each.mark, each.first, each.last): n for n, each in enumerate(columns_of(rows))}
    found = {n: today.get((each.mark, each.first, each.last)) for n, each in enumerate(ticket.columns)}
    return {n: column for n, column in found.items() if column is not None}


def _line_label(line: Any, header: Any) -> str:  # noqa: ANN401 - JSON
    unit = {"amount": header["currency"], "qty": header["uom"]}.get(line["kind"], "")
    return f"{line['label']}, {unit}" if unit else str(line["label"])


def sight_of(who: Access) -> str:
    """A digest of what a person may see: where, which measures, and whether pooled ones."""
    held = sorted(
        f"{each.scope}|{each.measure}|{Right.SEE_POOLED in each.role.rights}"
        for each in who.held
        if each.gives(Right.READ)
    )
    return sha256("\n".join(dict.fromkeys(held)).encode()).hexdigest()[:16]


def to_cells(ticket: Ticket) -> list[str]:
    """The ticket as texts of cells, signed: magic, signature, pieces."""
    header = {name: value for name, value in vars(ticket).items() if name in Ticket.__dataclass_fields__}
    header |= {"values": ticket.values.shape, "columns": [asdict(each) for each in ticket.columns]}
    packed = zlib.compress(to_bytes(header, ticket.values), 6)
    text = base64.b64encode(packed).decode().rstrip("=")  # a cell that begins with = becomes a formula in some hands
    return [MAGIC, _signature(text), *(text[at : at + PIECE] for at in range(0, len(text), PIECE))]


def from_cells(cells: Sequence[str]) -> Ticket:
    """The ticket in the texts of cells; WorkbookRefused where it is not one that this installation gave out."""
    if len(cells) < 3 or cells[0] != MAGIC:
        raise WorkbookRefused(_("It was made by another version; download the view again and copy your numbers over."))
    text = "".join(cells[2:])
    if not constant_time_compare(cells[1], _signature(text)):
        raise WorkbookRefused(
            _("Its hidden sheet was altered, or another installation made it; download the view here and edit that.")
        )
    try:
        unpacker = zlib.decompressobj()
        raw = unpacker.decompress(base64.b64decode(text + "=" * (-len(text) % 4)), MOST_INFLATED)
        header, _arrays = from_bytes(raw)
        shape = tuple(header["values"])
        values = from_bytes(raw, ("<f8", int(np.prod(shape))))[1][0]
    except (ValueError, zlib.error, binascii.Error) as error:  # signed, so one of ours, of another version
        raise WorkbookRefused(_("Its hidden sheet cannot be read; download the view again.")) from error
    columns = tuple(TicketColumn(**each) for each in header.pop("columns"))
    plain: dict[str, Any] = {n: tuple(value) if isinstance(value, list) else value for n, value in header.items()}
    return Ticket(**(plain | {"columns": columns, "values": values.reshape(shape)}))


def _signature(text: str) -> str:
    return salted_hmac(SALT, text, algorithm="sha256").hexdigest()
