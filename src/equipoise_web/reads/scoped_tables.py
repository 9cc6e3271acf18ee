"""The tables behind a plan as one person may see them: rows inside the scope, and rates that hold there from above.

A total above the scope is hidden, for it less what one sees is what one may not see. Tables that no own stage reads
(counts of stock, production, budget, capacity) are pooled facts and need the right to see those; so do rows of an
archive that speak of a pooled measure. A grant on one measure alone shows no rows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.hierarchy import Hierarchy
from equipoise.core.snapshot import Snapshot
from equipoise.core.table import Inheritance, UnknownName
from equipoise.core.tables import table
from equipoise.plan import Plan
from equipoise.stages import STAGES
from equipoise_web.access import OWN_STAGES, Access, Held, Right, is_pooled

DIMENSION = {
    "item": "item",
    "market": "market",
    "location": "location",
    "from_location": "location",
    "resource": "resource",
    "to": "market",
}
"""Columns of nodes; `to` of a lane may also be a location, which no market's scope reaches."""
OWN_TABLES = frozenset(
    {name for stage in STAGES if stage.name in OWN_STAGES for name in stage.tables}
    | {"markets", "locations", "uoms", "calendars", "forecast_archive", "plan_archive"}
)
"""Tables of own facts; rows of the archives are parted by their measure."""


@dataclass(frozen=True, eq=False)
class ScopedSnapshot(Snapshot):
    """A snapshot whose tables are masked when they are read; its id is that of the whole."""

    origin: str = ""
    seen_by: tuple[object, ...] = ()
    """The grants, and rights of the token, that it was masked for."""

    @cached_property
    def id(self) -> str:
        """Id of the snapshot behind it."""
        return self.origin


def scoped_snapshot(snapshot: Snapshot, axes: Axes, who: Access) -> ScopedSnapshot:
    """The snapshot for this person's eyes."""
    tables = _Scoped(snapshot.tables, axes, who)
    return ScopedSnapshot(
        snapshot.head,
        tables,
        sources=snapshot.sources,
        label=snapshot.label,
        origin=snapshot.id,
        seen_by=(who.held, who.limit),
    )


def seen_as(plan: Plan) -> tuple[object, ...]:
    """What a page of a plan depends on, for the key of a cache: the answer, the data, and whose eyes they are for.

    The digest alone would do for two people who see the same numbers, but not for the rows behind them.
    """
    return (
        plan.digest,
        plan.snapshot_id,
        *(plan.snapshot.seen_by if isinstance(plan.snapshot, ScopedSnapshot) else ()),
    )


@dataclass(frozen=True, eq=False)
class SeenPlan:
    """A plan known by whose eyes it is for, as the key of a cache: the same question is computed once."""

    plan: Plan

    def __eq__(self, other: object) -> bool:
        """Of the same plan, for the same eyes."""
        return isinstance(other, SeenPlan) and seen_as(self.plan) == seen_as(other.plan)

    def __hash__(self) -> int:
        """By what `__eq__` compares."""
        return hash(seen_as(self.plan))


class _Scoped(Mapping[str, pl.DataFrame]):
    """Tables by name, masked one by one."""

    def __init__(self, tables: Mapping[str, pl.DataFrame], axes: Axes, who: Access) -> None:
        self.tables, self.axes, self.who = tables, axes, who
        self.masked: dict[str, pl.DataFrame] = {}

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in self.masked:
            self.masked[name] = visible(self.tables[name], name, self.axes, self.who)
        return self.masked[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)


def visible(frame: pl.DataFrame, name: str, axes: Axes, who: Access) -> pl.DataFrame:
    """Rows of a table that the person may see."""
    seen = pl.lit(False)
    for held in who.held:
        if who.may(Right.READ) and held.gives(Right.READ) and not held.measure:
            seen = seen | _seen_by(held, frame, name, axes, sees_pooled=_sees_pooled(held, who))
    return frame.filter(seen)


def _sees_pooled(held: Held, who: Access) -> bool:
    return held.gives(Right.SEE_POOLED) and who.may(Right.SEE_POOLED)


def _seen_by(held: Held, frame: pl.DataFrame, name: str, axes: Axes, *, sees_pooled: bool) -> pl.Expr:
    if not sees_pooled and name not in OWN_TABLES:
        return pl.lit(False)
    seen = pl.lit(True)
    if not sees_pooled and "measure" in frame.columns:
        own = [measure for measure in frame["measure"].unique().to_list() if _is_own(measure)]
        seen = seen & pl.col("measure").is_in(own)
    is_inherited = table(name).inheritance is Inheritance.RATE
    for column, dimension in DIMENSION.items():
        node = getattr(held.scope, dimension)
        if node and column in frame.columns:
            codes = frame[column].unique().to_list()
            hierarchy = axes.hierarchy(dimension)
            seen = seen & pl.col(column).is_in(
                [code for code in codes if _holds(code, node, hierarchy, axes, column, is_inherited=is_inherited)]
            )
    return seen


def _is_own(measure: str) -> bool:
    """False for a measure that nobody knows (any more)."""
    try:
        return not is_pooled(measure)
    except UnknownName:
        return False


def _holds(code: str, node: str, hierarchy: Hierarchy, axes: Axes, column: str, *, is_inherited: bool) -> bool:
    """Whether a row at `code` lies below the grant's `node`, or, as a rate, holds for cells below it."""
    if column == "to" and axes.locations.knows(code) and not hierarchy.knows(code):
        return True
    if not hierarchy.knows(node) or not hierarchy.knows(code):
        return False
    inside, mine = set(hierarchy.positions(code).tolist()), set(hierarchy.positions(node).tolist())
    return bool(inside & mine) if is_inherited else inside <= mine
