"""A check: one question asked of the imported data, and how its answer becomes findings.

>>> from equipoise.quality.checks.negative_stock import CHECK
>>> CHECK.code.code, CHECK.needs
('QU101', ('inventory',))
"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from equipoise.core.finding import Finding, FindingCode
from equipoise.quality.facts import Facts

NAMED = 4
"""So many faults are named in a message, the ones with the most money first; the rest are counted."""


@dataclass(frozen=True)
class Check:
    """A sort of finding with the function that looks for it.

    `look` returns faults (see `faults.SCHEMA`). It is called only where all tables of `needs` and, if any are named,
    one or more of `one_of` hold rows, and where `needs_last` only beside last month's snapshot; it may read other
    tables too, and must find nothing where they are empty.
    """

    code: FindingCode
    name: str
    needs: tuple[str, ...]
    look: Callable[[Facts], pl.DataFrame]
    one_of: tuple[str, ...] = ()
    needs_last: bool = False
    """True if it compares with last month's snapshot."""
    example: str = ""
    """A row it finds wrong, as a finding tells it: table, where, what."""

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables that the check is about."""
        return self.needs + self.one_of

    def can_run(self, facts: Facts) -> bool:
        """True if the data hold what the check is about."""
        has_one = not self.one_of or any(facts.has(name) for name in self.one_of)
        has_last = not self.needs_last or facts.last is not None
        return has_last and has_one and all(facts.has(name) for name in self.needs)

    def faults(self, facts: Facts) -> pl.DataFrame:
        """Every fault, by table, then the most money, then place: the same whatever the order of rows."""
        found = self.look(facts)
        if found.height < 2:
            return found
        return found.sort(
            "table", "amount", "where", "says", descending=[False, True, False, False], nulls_last=[True] * 4
        )


def finding_of(check: Check, table: str, found: pl.DataFrame, currency: str) -> Finding:
    """All faults of one check in one table as one finding: how many rows, the first of them by name, the money."""
    touched = int(found["rows"].sum())
    amount = float(found["amount"].sum()) if found["amount"].count() else None
    named = [f"{where}: {says}" for where, says in found.select("where", "says").head(NAMED).iter_rows()]
    more = found.height - len(named)
    text = "; ".join(named) + (f"; and {more} more" if more else "")
    worth = f" It touches {amount:,.0f} {currency}." if amount else ""
    message = f"{touched} {'row' if touched == 1 else 'rows'}: {text}.{worth}"
    return check.code.found(f"table {table}", message, count=touched, amount=amount)
