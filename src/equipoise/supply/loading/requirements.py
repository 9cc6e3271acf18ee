"""What infinite loading is asked, and the plan it gives: arrays on the grid of quantities, checked once."""

from dataclasses import dataclass

import numpy as np

from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import QUANTITY_STEP, FloatArray, on_grid
from equipoise.supply.loading.product_structure import ProductStructure


class WrongRequirements(EquipoiseError):
    """Demand, stock or receipts that cannot be, or of another shape than the structure."""


@dataclass(frozen=True, eq=False)
class Requirements:
    """What is asked for and what is there, in steps of the grid of quantities."""

    demand: FloatArray
    """[N, T] independent demand."""
    on_hand: FloatArray
    """[N] usable stock at the start."""
    scheduled: FloatArray
    """[N, T] scheduled receipts, by the bucket in which they are due."""
    safety: FloatArray
    """[N, 1] or [N, T] safety stock."""


@dataclass(frozen=True, eq=False)
class Loading:
    """The infinite plan of N nodes over T buckets."""

    gross: FloatArray
    """[N, T] gross requirements."""
    receipts: FloatArray
    """[N, T] planned order receipts, good units."""
    releases: FloatArray
    """[N, T] planned order releases, units started."""
    past_due: FloatArray
    """[N] units that should have been started before the first bucket."""

    def available(self, asked: Requirements) -> FloatArray:
        """Projected available balance at the end of each bucket, [N, T]: on hand + receipts − gross requirements."""
        return asked.on_hand[:, None] + np.cumsum(asked.scheduled + self.receipts - self.gross, axis=1)

    def overdue_by_bucket(self, structure: ProductStructure) -> FloatArray:
        """The same past-due units by the bucket in which they were due, [N, L], the last column just before the first
        bucket; L the longest lead time. Summed over L they are `past_due`."""
        longest = int(structure.lead.max(initial=0))
        found = np.zeros((len(self.past_due), longest))
        for lead in range(1, longest + 1):
            rows = np.flatnonzero(structure.lead == lead)
            first = min(lead, self.receipts.shape[1])
            started = on_grid(self.receipts[rows, :first] * structure.started_per_good[rows, None], QUANTITY_STEP)
            found[rows, longest - lead : longest - lead + first] = started
        return found


def requirements(
    *,
    demand: FloatArray,
    on_hand: FloatArray | None = None,
    scheduled: FloatArray | None = None,
    safety: FloatArray | None = None,
) -> Requirements:
    """Requirements on the grid: `demand`, `scheduled` [N, T], `on_hand` [N], `safety` [N] or [N, T]; blank is 0.

    Raises `WrongRequirements` for shapes that do not fit and for what is negative or unknown.
    """
    count, horizon = demand.shape
    stock = np.zeros(count) if on_hand is None else on_hand
    due = np.zeros((count, horizon)) if scheduled is None else scheduled
    least = np.zeros((count, 1)) if safety is None else safety.reshape(count, -1)
    if stock.shape != (count,) or due.shape != demand.shape or least.shape[1] not in (1, horizon):
        raise WrongRequirements(
            f"demand is {demand.shape}; on hand {stock.shape}, scheduled receipts {due.shape} and safety stock "
            f"{least.shape} do not fit it"
        )
    given = {"demand": demand, "stock on hand": stock, "scheduled receipts": due, "safety stock": least}
    for words, values in given.items():
        if not (values.min(initial=0.0) >= 0 and np.isfinite(values.sum())):
            wrong = np.flatnonzero(~(values.reshape(count, -1) >= 0).all(axis=1))
            raise WrongRequirements(f"{words} is below 0 or unknown, first in row {wrong[0] if len(wrong) else '?'}")
    placed = (on_grid(values, QUANTITY_STEP) for values in given.values())
    return Requirements(*(np.ascontiguousarray(values) for values in placed))
