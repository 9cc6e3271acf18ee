"""Many series as one array: the longest sets its width, all end together, and chunks of like length go together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import FloatArray, IntArray

CHUNK, CHUNK_BUCKETS = 1024, 65_536
"""At most so many series, and so many buckets, are computed together, so that their arrays stay in the cache; results
do not depend on it."""


class WrongHistory(EquipoiseError):
    """The demand history or the request does not have the form the forecast needs."""


@dataclass(frozen=True, eq=False)
class Histories:
    """N series by descending length."""

    y: FloatArray
    """[N, H], right-aligned: the last column is the last bucket of every series; NaN = unknown."""
    length: IntArray
    """[N] buckets from the first known one on, descending."""
    order: IntArray
    """[N] place of each row among the series as they came."""

    def without_last(self, buckets: int) -> "Histories":
        """The same series as they were `buckets` earlier, in the same order (length is cut at 0)."""
        end = self.y.shape[1] - buckets
        return Histories(self.y[:, : max(end, 0)], np.maximum(self.length - buckets, 0), self.order)

    def chunks(self) -> list[slice]:
        """Rows computed together."""
        found, start, count = [], 0, len(self.y)
        while start < count:
            longest = max(int(self.length[start]), 1)
            end = min(start + max(min(CHUNK, CHUNK_BUCKETS // longest), 1), count)
            found.append(slice(start, end))
            start = end
        return found

    def rows(self, chunk: slice) -> FloatArray:
        """y of a chunk, no wider than its longest series."""
        longest = int(self.length[chunk].max(initial=0))
        return self.y[chunk, self.y.shape[1] - longest :]


def read_histories(series: Sequence[FloatArray] | FloatArray) -> Histories:
    """Series of any lengths, each ending with the last closed bucket. Raises `WrongHistory` for infinite numbers."""
    if isinstance(series, np.ndarray):
        if series.ndim != 2:
            raise WrongHistory(f"demand must be a list of series or an array [series, buckets], not {series.ndim}-d")
        y = np.asarray(series, dtype=np.float64)
    else:
        rows = [np.asarray(one, dtype=np.float64) for one in series]
        if wrong := [(n, one.ndim) for n, one in enumerate(rows) if one.ndim != 1]:
            raise WrongHistory(f"series {wrong[0][0]} has {wrong[0][1]} dimensions instead of one")
        size = np.array([len(one) for one in rows], dtype=np.int64)
        span = int(size.max(initial=0))
        y = np.full((len(rows), span), np.nan)
        if span:
            y[np.arange(span) >= (span - size)[:, None]] = np.concatenate(rows)
    if np.any(np.isinf(y)):
        raise WrongHistory(f"demand of series {int(np.argmax(np.isinf(y).any(axis=1)))} is infinite")
    is_known = np.isfinite(y)
    length = np.where(is_known.any(axis=1), y.shape[1] - is_known.argmax(axis=1) if y.shape[1] else 0, 0)
    order = np.argsort(-length, kind="stable")
    return Histories(np.ascontiguousarray(y[order]), length[order].astype(np.int64), order.astype(np.int64))
