"""Tables of the company from arrays: one row for every cell that is kept."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl

from equipoise.core.grid import BoolArray, FloatArray

Rows = Iterable[dict[str, object]] | pl.DataFrame
"""A table: rows as dictionaries, or a frame."""
Axes = Mapping[str, Sequence[str] | Sequence[date]]
"""Names and labels of the axes of an array."""


def cell_frame(axes: Axes, values: Mapping[str, FloatArray], keep: BoolArray) -> pl.DataFrame:
    """A column for each axis and each array over all axes, a row for each cell in which `keep` is true.

    >>> quantity = np.array([[3.0], [0.0]])
    >>> cell_frame({"item": ["a", "b"], "market": ["x"]}, {"quantity": quantity}, quantity > 0).rows()
    [('a', 'x', 3)]
    """
    places = np.nonzero(keep)
    labels = {
        name: pl.Series(name, list(codes)).gather(place)
        for (name, codes), place in zip(axes.items(), places, strict=True)
    }
    return pl.DataFrame({**labels, **{name: _shortest(array[places]) for name, array in values.items()}})


def _shortest(values: FloatArray) -> pl.Series:
    """Whole numbers as integers, so that files hold 12 and not 12.0."""
    is_whole = bool(np.all(np.rint(values) == values))
    return pl.Series(values.astype(np.int64) if is_whole else values)
