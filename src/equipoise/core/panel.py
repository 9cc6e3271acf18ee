"""Panels: the rows of a grain and the measures on them. One shared key frame, so arithmetic never aligns or joins.

>>> import numpy as np
>>> keys = Keys(Grain.RESOURCE, ("resource",), (np.array([0, 1]),), (("mill", "press"),))
>>> panel = Panel(keys, {"capacity_load_hours": np.array([[8.0, 4.0], [1.0, 0.0]])})
>>> panel["capacity_load_hours"].sum(), keys.labels(1)
(np.float64(13.0), ('press',))
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl

from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.core.table import UnknownName


@dataclass(frozen=True, eq=False)
class Keys:
    """Rows of a grain: for each key dimension the leaf number of every row, and the codes those numbers stand for."""

    grain: Grain
    dimensions: tuple[str, ...]
    columns: tuple[IntArray, ...]
    codes: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.columns[0])

    def column(self, dimension: str) -> IntArray:
        """Leaf numbers of one dimension, [N]."""
        if dimension not in self.dimensions:
            raise UnknownName(f"grain {self.grain} has no key {dimension!r}; it has {', '.join(self.dimensions)}")
        return self.columns[self.dimensions.index(dimension)]

    def labels(self, row: int) -> tuple[str, ...]:
        """Codes of one row."""
        return tuple(codes[column[row]] for codes, column in zip(self.codes, self.columns, strict=True))

    @cached_property
    def rows(self) -> Mapping[tuple[str, ...], int]:
        """Row number of each key."""
        return {self.labels(row): row for row in range(len(self))}

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The keys as a frame of codes, one column a dimension."""
        return pl.DataFrame(
            {
                name: [codes[number] for number in column.tolist()]
                for name, codes, column in zip(self.dimensions, self.codes, self.columns, strict=True)
            },
            schema=dict.fromkeys(self.dimensions, pl.String),
        )


@dataclass(frozen=True, eq=False)
class Panel:
    """Measures of one grain as float64 [N, T]; column 0 is bucket `first` (0: the horizon's first, negative: past)."""

    keys: Keys
    measures: Mapping[str, FloatArray] = field(default_factory=dict)
    first: int = 0

    def __post_init__(self) -> None:
        """Rows and types are an invariant: a panel that breaks it is our bug."""
        for name, values in self.measures.items():
            assert values.ndim == 2 and values.shape[0] == len(self.keys), (name, values.shape, len(self.keys))
            assert values.dtype == np.float64, (name, values.dtype)

    def __getitem__(self, name: str) -> FloatArray:
        """One measure, [N, T]."""
        if name not in self.measures:
            raise UnknownName(f"this panel has no measure {name!r}; it has {', '.join(sorted(self.measures))}")
        return self.measures[name]

    def part(self, name: str, rows: IntArray) -> FloatArray:
        """Some rows of one measure, [len(rows), T]."""
        values: FloatArray = np.asarray(self[name])[rows]  # plain: picking from a mapped file costs thrice as much
        return values

    @property
    def values(self) -> FloatArray:
        """The measure of a panel that holds one."""
        (only,) = self.measures.values()
        return only

    @property
    def grain(self) -> Grain:
        """Its grain."""
        return self.keys.grain


def sum_rows(values: FloatArray, groups: IntArray, count: int) -> FloatArray:
    """Add the rows of [N, T] by group number [N] into [count, T]; −1 is left out. Exact on the grid in any order."""
    total = np.zeros((count, values.shape[1]))
    inside = groups >= 0
    np.add.at(total, groups[inside], values[inside])
    return total
