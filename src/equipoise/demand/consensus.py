"""The consensus, kept by double entry: every change posts what it moved, and the postings sum to the measure exactly.

With baseline b, the numbers f of each function (which start as b plus events) and weights w_f:

    consensus = b + events + Σ_f w_f (f − b − events) + overrides + holds

so 100 more by sales, weight 30 %, moves the consensus by 30: what stands is a *proposal*, which the demand manager
signs with an override. On the consensus every function input posts on_grid(w × its own difference).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from equipoise.core.adjustment import Adjustment, Amount, Spread
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, IntArray, on_grid, split_columns
from equipoise.core.section import Posting
from equipoise.core.spread import CannotSpread, spread_amount
from equipoise.demand.changes import DemandHold, DemandOverride, FunctionInput, PromotionEffect
from equipoise.demand.measures import FUNCTION_MEASURES

CONSENSUS = "demand_consensus_qty"
BASELINE = "demand_baseline_qty"


@dataclass(frozen=True, eq=False)
class Cells:
    """The rows [n] and buckets begin..end−1 of a scope."""

    rows: IntArray
    begin: int
    end: int

    @property
    def block(self) -> tuple[IntArray, slice]:
        """Index of the cells in an [N, T] array; reading makes a copy [n, k]."""
        return self.rows, slice(self.begin, self.end)


@dataclass(frozen=True, eq=False)
class Entry:
    """What one cause moved in one measure: change [n, k] in its cells, on the grid."""

    measure: str
    cause: str
    cells: Cells
    change: FloatArray

    def posting(self) -> Posting:
        """The entry as the section keeps it."""
        rows, buckets = np.nonzero(self.change)
        return Posting(
            self.measure,
            self.cause,
            self.cells.rows[rows],
            (buckets + self.cells.begin).astype(np.int64),
            self.change[rows, buckets],
        )


@dataclass(eq=False)
class Ledger:
    """Consensus and function measures [N, T] while changes are applied to them."""

    baseline: FloatArray
    is_active: BoolArray
    """Where an item may be sold; nothing is spread elsewhere."""
    weights: Mapping[str, float]
    """Share of each function's difference that enters the consensus, 0 to 1."""
    like: Mapping[str, FloatArray] = field(default_factory=dict)
    """What an amount may be spread like, by measure; last year's demand under "last_year"."""

    def __post_init__(self) -> None:
        """Every measure starts as the baseline, nothing is held."""
        self.values = {name: self.baseline.copy() for name in (*FUNCTION_MEASURES.values(), CONSENSUS)}
        self.is_held = np.zeros(self.baseline.shape, dtype=np.bool_)
        self.entries: list[Entry] = []
        self.held_entries: list[Entry] = []

    def hold(self, adjustment: Adjustment, change: DemandHold, cells: Cells) -> bool:
        """Fix the cells of a scope at what the change makes of their baseline, before anything else is applied.

        Since no other change touches them it comes to the same as applying it last, but an amount set for a scope with
        held cells then counts what they really hold. True if a number moved.
        """
        moved = self._spread(CONSENSUS, cells, change.amount, Spread())
        self.is_held[cells.block] = True
        return self._post(CONSENSUS, adjustment.id, cells, moved, self.held_entries)

    def promote(self, adjustment: Adjustment, change: PromotionEffect, cells: Cells) -> bool:
        """Lift the cells of a scope, move later demand forward into them, in every measure alike."""
        self._refuse_shut(cells)
        last = min(self.baseline.shape[1], cells.end + change.forward_buy_buckets)
        reach = Cells(cells.rows, cells.begin, last)
        inside = cells.end - cells.begin
        free = self._free(reach)
        before = np.where(free, self.values[CONSENSUS][reach.block], 0.0)
        moved = np.zeros(before.shape)
        moved[:, :inside] = on_grid(before[:, :inside] * (change.uplift_pct / 100), QUANTITY_STEP)
        bought = on_grid(before[:, inside:] * (change.forward_buy_pct / 100), QUANTITY_STEP)
        # Who has no free cell in the scope buys nothing ahead; who has no demand in it buys in equal parts.
        open_ = free[:, :inside].astype(np.float64)
        bought[open_.sum(axis=1) == 0] = 0.0
        weights = np.where(before[:, :inside].sum(axis=1, keepdims=True) > 0, before[:, :inside], open_)
        moved[:, :inside] += split_columns(bought.sum(axis=1), weights.T).T
        moved[:, inside:] -= bought
        changes = [self._post(name, adjustment.id, reach, moved, self.entries) for name in self.values]
        return any(changes)

    def input(self, adjustment: Adjustment, change: FunctionInput, cells: Cells) -> bool:
        """Move a function's measure, and the consensus by the function's weight of it."""
        if adjustment.function not in FUNCTION_MEASURES:
            raise CannotSpread(
                f"{adjustment.function} gives no demand input; {', '.join(FUNCTION_MEASURES)} do, the demand manager "
                "overrides the consensus"
            )
        name = FUNCTION_MEASURES[adjustment.function]
        moved = self._spread(name, cells, change.amount, change.spread)
        weighted = on_grid(self.weights[adjustment.function] * moved, QUANTITY_STEP)
        self._post(CONSENSUS, adjustment.id, cells, weighted, self.entries)
        return self._post(name, adjustment.id, cells, moved, self.entries)

    def override(self, adjustment: Adjustment, change: DemandOverride, cells: Cells) -> bool:
        """Move the consensus itself."""
        moved = self._spread(CONSENSUS, cells, change.amount, change.spread)
        return self._post(CONSENSUS, adjustment.id, cells, moved, self.entries)

    def lift_to_zero(self) -> FloatArray:
        """Take what lies below zero in the consensus out of the inputs that lowered it, last first; [N, T] given back.

        Only weights that sum to more than 100 %, or rounding at exactly 100 %, bring the consensus there. It is done
        once all inputs stand, so that a later one may raise what an earlier one lowered.
        """
        missing = np.maximum(-self.values[CONSENSUS], 0.0)
        given = missing.copy()
        for entry in reversed(self.entries):
            if not missing.any():
                break
            if entry.measure == CONSENSUS:
                back = np.minimum(missing[entry.cells.block], np.maximum(-entry.change, 0.0))
                entry.change[...] += back
                missing[entry.cells.block] -= back
                self.values[CONSENSUS][entry.cells.block] += back
        assert not missing.any(), "the consensus lies below zero by more than inputs took away"
        return given

    def postings(self) -> tuple[Posting, ...]:
        """All postings, by measure in the order of application; the baseline first, holds last."""
        start = Posting.of(CONSENSUS, BASELINE, self.baseline)
        found = []
        for name in self.values:
            found.append(Posting(name, BASELINE, start.rows, start.buckets, start.amounts))
            found += [e.posting() for e in (*self.entries, *self.held_entries) if e.measure == name and e.change.any()]
        return tuple(found)

    def _spread(self, measure: str, cells: Cells, amount: Amount, spread: Spread) -> FloatArray:
        """What an amount adds to each cell [n, k] of a measure."""
        self._refuse_shut(cells)
        now = self.values[measure][cells.block]
        if spread.rule == "as_is":
            weights = now
        elif spread.rule == "equal":
            weights = np.ones(now.shape)
        else:
            name = "last_year" if spread.rule == "last_year" else spread.measure
            weights = self._weights_like(name)[cells.block]
        return spread_amount(now, amount, weights=weights, held=~self._free(cells))

    def _weights_like(self, name: str) -> FloatArray:
        known = {**self.like, **self.values}
        if name not in known:
            raise CannotSpread(f"there is no demand measure {name!r} to spread like; there are {', '.join(known)}")
        weights: FloatArray = np.maximum(np.nan_to_num(known[name], nan=0.0), 0.0)
        return weights

    def _free(self, cells: Cells) -> BoolArray:
        """Cells [n, k] that a change may move: active and not held."""
        free: BoolArray = self.is_active[cells.block] & ~self.is_held[cells.block]
        return free

    def _refuse_shut(self, cells: Cells) -> None:
        if not self.is_active[cells.block].any():
            raise CannotSpread("no item of the scope may be sold in these buckets; check its launch and end dates")
        if not self._free(cells).any():
            raise CannotSpread("every cell of the scope is held; release a hold or choose another scope")

    def _post(self, measure: str, cause: str, cells: Cells, change: FloatArray, book: list[Entry]) -> bool:
        self.values[measure][cells.block] += change
        book.append(Entry(measure, cause, cells, change.copy()))
        return bool(change.any())
