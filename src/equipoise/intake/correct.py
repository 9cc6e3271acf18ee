"""Corrections applied to a table's rows as they were delivered, before any cell is typed.

So a correction can mend a row that would otherwise be left out. Every correction is held against the delivered cells,
never against what another one made of them: their order does not matter. Of a cell with the old value the new one is
made; a source that delivers the new value is mended, and the correction retires; a third value is left as it is and
said. Rows carried over from last month are put back to what was delivered, and corrected again.

Who corrects a cell again starts from what the first correction made of it: 4 → 5 and then 5 → 6 are one correction,
4 → 6 by the second author. To undo a correction it is withdrawn, not reversed by another.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from equipoise.core.correction import DAY, Correction, plain_cell, sealed_key, type_of
from equipoise.core.finding import Finding
from equipoise.core.table import ColumnType, Inheritance, Table
from equipoise.core.tables import table
from equipoise.intake.delivery import Delivery, stacked
from equipoise.intake.findings import (
    CONTRADICTION,
    CORRECTED,
    EXCLUDED,
    NO_SUCH_ROW,
    OTHER_VALUE,
    RETIRED,
)
from equipoise.intake.readers.raw import LAYER, BrokenRow
from equipoise.intake.sieve import Rejected

_AT, _WHICH = "@at", "@which"


@dataclass(frozen=True, eq=False)
class Corrected:
    """A table's rows with corrections applied, the rows left out on purpose, and the corrections that stay in force."""

    delivery: Delivery
    excluded: tuple[Rejected, ...] = ()
    in_force: tuple[Correction, ...] = ()
    findings: tuple[Finding, ...] = ()


def corrected(declared: Table, delivery: Delivery, corrections: Iterable[Correction], carried: int) -> Corrected:
    """The `delivery` (all layers of a table, of which the first `carried` come from last month) as people mended it."""
    todo = sorted(set(corrections), key=_order)
    if not todo:
        return Corrected(delivery)
    return _Mending(declared, delivery, todo, carried).done()


def folded(corrections: Iterable[Correction]) -> tuple[Correction, ...]:
    """Corrections of which none goes on from another's new value; rings and forks are left as they are.

    >>> once = Correction("prices", (("item", "saw"),), "price", "4", "5", "ann", "typo")
    >>> again = Correction("prices", (("item", "saw"),), "price", "5", "6", "bob", "new list")
    >>> folded([again, once]) == folded([once, again])
    True
    >>> [(c.old, c.new, c.author) for c in folded([again, once])]
    [('4', '6', 'bob')]
    """
    found = list(dict.fromkeys(corrections))
    while chains := _chains(found):
        joined = {after: replace(after, old=before.old) for before, after in chains.items()}
        found = [joined.get(each, each) for each in found if each not in chains]
    return tuple(dict.fromkeys(found))


def _chains(corrections: Sequence[Correction]) -> dict[Correction, Correction]:
    """Corrections of one cell, by the one before them: it alone ends where they alone begin. No one stands twice."""
    begins: dict[tuple[object, ...], list[Correction]] = defaultdict(list)
    ends: dict[tuple[object, ...], list[Correction]] = defaultdict(list)
    cells = {each: _cell_of(each) for each in corrections if not each.is_exclusion}
    for each, (cell, old, new) in cells.items():
        begins[cell, old].append(each)
        ends[cell, new].append(each)
    found: dict[Correction, Correction] = {}
    taken: set[Correction] = set()
    for place in sorted(ends.keys() & begins.keys()):
        if len(ends[place]) == len(begins[place]) == 1:
            (before,), (after,) = ends[place], begins[place]
            is_ring = cells[before][1] == cells[after][2]
            if not is_ring and not {before, after} & taken:
                found[before] = after
                taken |= {before, after}
    return found


def _cell_of(correction: Correction) -> tuple[tuple[object, ...], str, str]:
    """The cell that it corrects, its old and its new value in the form in which they are compared."""
    kind = type_of(table(correction.table), correction.column)
    cell = (correction.table, correction.key, correction.column)
    return cell, plain_cell(kind, correction.old), plain_cell(kind, correction.new)


def _order(correction: Correction) -> tuple[object, ...]:
    return (correction.key, correction.column, correction.old, correction.new, correction.author, correction.reason)


def put_back(declared: Table, delivery: Delivery, corrections: Iterable[Correction]) -> Delivery:
    """Sealed rows with the cells that were delivered, where `corrections` had mended them.

    A row of a history that is the sum of several no longer holds the cell that was mended; it stays as it is.
    """
    mine = [each for each in corrections if each.table == declared.name and not each.is_exclusion]
    if not mine:
        return delivery
    undone = [
        replace(each, key=tuple(sorted(sealed_key(each, mine).items())), old=each.new, new=each.old) for each in mine
    ]
    rows = corrected(declared, stacked([delivery]), undone, 0).delivery.rows
    return replace(delivery, rows=rows.drop(LAYER))


class _Mending:
    """One table's corrections held against its rows."""

    def __init__(self, declared: Table, delivery: Delivery, todo: Sequence[Correction], carried: int) -> None:
        self.declared, self.delivery, self.todo, self.carried = declared, delivery, todo, carried
        self.rows = delivery.rows
        self.layers = self.rows[LAYER].to_list()
        self.found: list[Finding] = []
        self.in_force: list[Correction] = []
        self.edits: dict[tuple[int, str], dict[str, list[Correction]]] = defaultdict(lambda: defaultdict(list))
        self.out: dict[int, Correction] = {}
        self.broken = list(delivery.broken)

    def done(self) -> Corrected:
        places = self._rows_of([dict(correction.key) for correction in self.todo])
        moved = self._rows_of([{**dict(c.key), c.column: c.new} if c.column in dict(c.key) else {} for c in self.todo])
        for number, correction in enumerate(self.todo):
            if correction.is_exclusion:
                self._exclude(correction, places[number])
            else:
                self._edit(correction, places[number], moved[number])
        self._mend()
        excluded = tuple(Rejected(row, EXCLUDED, by.words) for row, by in sorted(self.out.items()))
        delivery = replace(self.delivery, rows=self.rows, broken=tuple(self.broken))
        return Corrected(delivery, excluded, tuple(self.in_force), tuple(self.found))

    def _rows_of(self, keys: Sequence[Mapping[str, str]]) -> dict[int, list[int]]:
        """Numbers of the rows that agree with each key in all its cells; one join for each set of columns."""
        by_columns: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for number, key in enumerate(keys):
            by_columns[tuple(sorted(key))].append(number)
        found: dict[int, list[int]] = defaultdict(list)
        for columns, numbers in by_columns.items():
            if not columns:
                continue
            asked = pl.DataFrame(
                {
                    **{c: [plain_cell(type_of(self.declared, c), keys[n][c]) for n in numbers] for c in columns},
                    _WHICH: numbers,
                }
            )
            cells = self.rows.select(*(self._plain(column) for column in columns)).with_row_index(_AT)
            for at, number in cells.join(asked, on=list(columns)).select(_AT, _WHICH).sort(_AT).iter_rows():
                found[number].append(at)
        return found

    def _plain(self, column: str) -> pl.Expr:
        """A column's cells in the form of `plain_cell`."""
        if column not in self.rows.columns:
            return pl.lit("").alias(column)
        text = pl.col(column).cast(pl.String).str.strip_chars()
        kind = type_of(self.declared, column)
        if kind.is_number:
            texts = self.rows[column].cast(pl.String).str.strip_chars().unique().to_list()
            text = text.replace_strict({cell: plain_cell(kind, cell) for cell in texts}, return_dtype=pl.String)
        elif kind is ColumnType.DATE:
            text = pl.when(text.str.contains(DAY)).then(text.str.slice(0, 10)).otherwise(text)
        return text.alias(column)

    def _cell(self, row: int, column: str) -> str:
        value = self.rows[column][row] if column in self.rows.columns else ""
        return plain_cell(type_of(self.declared, column), value)

    def _newest(self, rows: Sequence[int]) -> tuple[list[int], bool]:
        """The rows that were delivered last, and whether they come from last month."""
        layer = max((self.layers[row] for row in rows), default=-1)
        return [row for row in rows if self.layers[row] == layer], layer < self.carried

    @property
    def _is_only_carried(self) -> bool:
        return max(self.layers, default=0) < self.carried

    def _exclude(self, correction: Correction, rows: Sequence[int]) -> None:
        self.out |= dict.fromkeys(rows, correction)
        taken = [at for at, (_, row) in enumerate(self.broken) if self._is_broken_row(correction, row)]
        for at in taken:
            file, row = self.broken[at]
            self.broken[at] = (file, BrokenRow(row.line, EXCLUDED, correction.words, row.values))
        if rows or taken or self._is_only_carried:
            self.in_force.append(correction)
        else:
            self._say_retired(correction, "no such row is delivered any more")

    def _is_broken_row(self, correction: Correction, row: BrokenRow) -> bool:
        return all(
            plain_cell(type_of(self.declared, column), row.values.get(column))
            == plain_cell(type_of(self.declared, column), cell)
            for column, cell in correction.key
        )

    def _edit(self, correction: Correction, rows: Sequence[int], moved: Sequence[int]) -> None:
        kind = type_of(self.declared, correction.column)
        old, new = plain_cell(kind, correction.old), plain_cell(kind, correction.new)
        newest, is_carried = self._newest(rows)
        delivered = {row: self._cell(row, correction.column) for row in newest}
        for row in rows:  # earlier deliveries too: they must be typed before they can give way
            if self._cell(row, correction.column) == old:
                self.edits[row, correction.column][new].append(correction)
        if old in delivered.values():
            self.in_force.append(correction)
        elif new in delivered.values() or (not rows and moved):
            is_carried = is_carried if rows else self._newest(moved)[1]
            if is_carried:
                self.in_force.append(correction)
            else:
                self._say_retired(correction, f"{correction.column} is {new or 'blank'} in the source")
        elif delivered:
            self.in_force.append(correction)
            if is_carried and self.declared.inheritance is Inheritance.HISTORY:
                return  # a sum of several rows, of which the one that was mended is no longer seen
            values = ", ".join(sorted(set(delivered.values()))) or "blank"
            text = (
                f"{correction.row_words}: {correction.column} is now {values}, neither {old or 'blank'} nor "
                f"{new or 'blank'} to which {correction.author} corrected it."
            )
            self.found.append(OTHER_VALUE.found(f"table {self.declared.name}", text))
        else:
            self.in_force.append(correction)
            text = f"No row has {correction.row_words}; {correction.author} corrected its {correction.column}."
            self.found.append(NO_SUCH_ROW.found(f"table {self.declared.name}", text))

    def _say_retired(self, correction: Correction, why: str) -> None:
        text = f"{correction.row_words}: {why}; {correction.words}."
        self.found.append(RETIRED.found(f"table {self.declared.name}", text))

    def _mend(self) -> None:
        """Write the new values; a cell for which two are wanted stays as it was delivered."""
        cells: dict[str, dict[int, str]] = defaultdict(dict)
        by: dict[str, int] = defaultdict(int)
        for (row, column), wanted in sorted(self.edits.items()):
            if len(wanted) > 1:
                said = "; ".join(f"{new or 'blank'} by {who[0].author}" for new, who in sorted(wanted.items()))
                first = next(iter(wanted.values()))[0]
                text = f"{first.row_words}: {column} = {said}."
                self.found.append(CONTRADICTION.found(f"table {self.declared.name}", text))
                continue
            ((new, who),) = wanted.items()
            cells[column][row] = new
            by[f"{column} by {who[0].author}"] += 1
        for column, values in cells.items():
            texts = self.rows[column].to_list() if column in self.rows.columns else [""] * self.rows.height
            for row, new in values.items():
                texts[row] = new
            self.rows = self.rows.with_columns(pl.Series(column, texts, dtype=pl.String))
        if cells:
            count = sum(len(values) for values in cells.values())
            text = f"{', '.join(f'{n} in {what}' for what, n in sorted(by.items()))}."
            self.found.append(CORRECTED.found(f"table {self.declared.name}", text, count=count))
