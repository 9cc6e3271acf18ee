"""What the ledger of the consensus is made of: the cells that a cause speaks of, and what it moved in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from equipoise.core.grid import QUANTITY_STEP, FloatArray, IntArray, on_grid
from equipoise.core.section import Posting
from equipoise.demand.bills import BillCells

CONSENSUS = "demand_consensus_qty"


@dataclass(frozen=True, eq=False)
class Cells:
    """The rows [n] and buckets begin..end−1 of a scope."""

    rows: IntArray
    begin: int
    end: int
    bill: BillCells | None = None
    """How a planning bill shares what is given to the cells, where nothing stands in them yet."""

    @property
    def block(self) -> tuple[IntArray, slice]:
        """Index of the cells in an [N, T] array; reading makes a copy [n, k]."""
        return self.rows, slice(self.begin, self.end)


@dataclass(frozen=True, eq=False)
class Limits:
    """Least and most that a commitment lets the total of its cells be in a bucket, for its share of each bucket [k]."""

    least: float
    most: float
    share: FloatArray

    def change_of(self, total: FloatArray) -> FloatArray:
        """What brings totals [k] within the limits: the part of a bucket under contract runs at the bucket's rate."""
        return on_grid(self.share * (np.clip(total, self.least, self.most) - total), QUANTITY_STEP)


@dataclass(frozen=True, eq=False)
class Entry:
    """What one cause moved in one measure: change [n, k] in its cells, on the grid."""

    measure: str
    cause: str
    cells: Cells
    change: FloatArray

    @cached_property
    def posting(self) -> Posting:
        """The entry as the section keeps it; made once, for ledgers that go on from one another share their entries."""
        rows, buckets = np.nonzero(self.change)
        return Posting(
            self.measure,
            self.cause,
            self.cells.rows[rows],
            (buckets + self.cells.begin).astype(np.int64),
            self.change[rows, buckets],
        )


def joined(entries: Sequence[Entry]) -> Posting:
    """All that one cause moved in one measure, by row and bucket."""
    parts = [entry.posting for entry in entries]
    if len(parts) == 1:
        return parts[0]
    rows, buckets, amounts = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("rows", "buckets", "amounts")
    )
    order = np.lexsort((buckets, rows))
    return Posting(parts[0].measure, parts[0].cause, rows[order], buckets[order], amounts[order])
