"""The consensus, kept by double entry: every change posts what it moved, and the postings sum to the measure exactly.

With baseline b, the numbers f of each function (which start as b plus events) and weights w_f:

    consensus = b + events + Σ_f w_f (f − b − events) + overrides + holds, within commitments

where f is what the function entered, or that less its measured bias (`bias_correction`),

so 100 more by sales, weight 30 %, moves the consensus by 30: what stands is a *proposal*, which the demand manager
signs with an override. On the consensus every function input posts on_grid(w × its own difference).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from equipoise.core.adjustment import Adjustment, Amount, Spread
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, IntArray, on_grid, split_columns
from equipoise.core.section import Posting
from equipoise.core.spread import CannotSpread, spread_amount
from equipoise.demand.changes import DemandHold, DemandOverride, FunctionInput, PromotionEffect
from equipoise.demand.entries import CONSENSUS, Cells, Entry, Limits, joined
from equipoise.demand.event import cause_of
from equipoise.demand.event_effect import Side, Span, Window, event_moves
from equipoise.demand.measures import FUNCTION_MEASURES

BASELINE = "demand_baseline_qty"
BIAS = "bias"
"""Prefix of the cause under which the correction of a function's bias is posted: `bias:sales`."""


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

    groups: IntArray | None = None
    """Market and base unit of each row, [N]; None: all rows are of one."""
    start: Posting | None = None
    """The posting of the baseline, if it was made before."""

    def __post_init__(self) -> None:
        """Every measure starts as the baseline, nothing is held."""
        self.event_causes: set[str] = set()
        """Causes of events that have been applied."""
        self._mine: set[str] = set()
        """Names of the arrays that may be written to: no other ledger looks at them."""
        self.said: dict[str, FloatArray] = {}
        """By function what it entered [N, T], without events it leaves alone; NaN where it entered nothing."""
        self._is_free: BoolArray | None = None
        self._events: dict[frozenset[str], FloatArray] = {}
        self.values = dict.fromkeys((*FUNCTION_MEASURES.values(), CONSENSUS), self.baseline)
        """By measure [N, T]: the baseline itself until something moves it."""
        self.is_held = np.zeros(self.baseline.shape, dtype=np.bool_)
        self.entries: list[Entry] = []
        self.held_entries: list[Entry] = []

    def fork(self) -> "Ledger":
        """Another ledger that stands where this one does; what is written to either does not reach the other."""
        other = Ledger(self.baseline, self.is_active, self.weights, self.like, self.groups, self.start)
        other.event_causes, other.is_held = set(self.event_causes), self.is_held.copy()
        other.said, other.values, other._events = dict(self.said), dict(self.values), dict(self._events)
        other.entries, other.held_entries = list(self.entries), list(self.held_entries)
        self._mine.clear()
        return other

    def hold(self, adjustment: Adjustment, change: DemandHold, cells: Cells) -> bool:
        """Fix the cells of a scope at what the change makes of their baseline, before anything else is applied.

        Since no other change touches them it comes to the same as applying it last, but an amount set for a scope with
        held cells then counts what they really hold. True if a number moved.
        """
        moved, _ = self._spread(self.values[CONSENSUS][cells.block], cells, change.amount, Spread())
        self.is_held[cells.block] = True
        self._is_free = None
        return self._post(CONSENSUS, adjustment.id, cells, moved, self.held_entries)

    def promote(
        self,
        cause: str,
        effect: PromotionEffect,
        rows: IntArray,
        span: Span,
        sides: Sequence[Side] = (),
        *,
        over: FloatArray | None = None,
    ) -> bool:
        """Post what an event moves, in every measure alike; True if a number moved.

        Its percentages are of `over` [N, T], or of the demand that stands. Nothing falls below zero.
        """
        for name in self.values:
            self._own(name)  # before anything looks at what stands: it moves while the event is posted
        standing = self.values[CONSENSUS]
        groups = np.zeros(len(standing), dtype=np.int64) if self.groups is None else self.groups
        if self._is_free is None:
            self._is_free = self.is_active & ~self.is_held
        window = Window(standing if over is None else over, groups, self._is_free, standing)
        is_effective = False
        for move in event_moves(window, effect, span, rows, sides):
            change = np.maximum(move.change, -np.maximum(standing[move.block], 0.0))
            cells = Cells(move.rows, move.begin, move.begin + change.shape[1])
            for name in self.values:
                is_effective |= self._post(name, cause, cells, change, self.entries)
        self.event_causes.add(cause)
        return is_effective

    def input(self, adjustment: Adjustment, change: FunctionInput, cells: Cells) -> bool:
        """Move a function's measure, and the consensus by the function's weight of it."""
        if adjustment.function not in FUNCTION_MEASURES:
            raise CannotSpread(
                f"{adjustment.function} gives no demand input; {', '.join(FUNCTION_MEASURES)} do, the demand manager "
                "overrides the consensus"
            )
        name = FUNCTION_MEASURES[adjustment.function]
        before = self.values[name][cells.block]
        aside = np.minimum(self._set_aside(change, cells), before)
        amount = change.amount
        if change.basis == "delta" and amount.operation == "scale":
            amount = Amount("add", amount.value / 100 * float(self.baseline[cells.block].sum()))
        moved, beyond = self._spread(before - aside, cells, amount, change.spread)
        if change.basis == "delta":
            moved = moved - aside
        weight = self.weights[adjustment.function]
        for cause, part in ((adjustment.id, moved), (self._bill_cause(cells), beyond)):
            if cause:
                self._post(CONSENSUS, cause, cells, on_grid(weight * part, QUANTITY_STEP), self.entries)
                self._post(name, cause, cells, part, self.entries)
        said = self._own_words(adjustment.function)
        said[cells.block] = self.values[name][cells.block] - (0.0 if change.basis == "delta" else aside)
        return bool(moved.any())

    def correction(self, function: str, factor: FloatArray) -> FloatArray:
        """What factors [N] change in the input of a function, [N, T]; 0 where it entered nothing or all is held."""
        said = np.nan_to_num(self.said[function])
        free = self.is_active & ~self.is_held
        return np.where(free, on_grid(said * (factor - 1.0)[:, None], QUANTITY_STEP), 0.0)

    def correct(self, function: str, moved: FloatArray) -> None:
        """Post the correction of a function's bias [N, T] in its measure, and in the consensus by its weight of it."""
        cells = Cells(np.arange(len(self.baseline)), 0, self.baseline.shape[1])
        weighted = on_grid(self.weights[function] * moved, QUANTITY_STEP)
        self._post(CONSENSUS, f"{BIAS}:{function}", cells, weighted, self.entries)
        self._post(FUNCTION_MEASURES[function], f"{BIAS}:{function}", cells, moved, self.entries)

    def override(self, adjustment: Adjustment, change: DemandOverride, cells: Cells) -> bool:
        """Move the consensus itself."""
        moved, beyond = self._spread(self.values[CONSENSUS][cells.block], cells, change.amount, change.spread)
        if beyond.any():
            self._post(CONSENSUS, self._bill_cause(cells), cells, beyond, self.entries)
        return self._post(CONSENSUS, adjustment.id, cells, moved, self.entries)

    def commit(self, cause: str, limits: Limits, cells: Cells) -> FloatArray:
        """Bring the total of the cells in each bucket within limits, in proportion to what stands; [k] is what moved.

        Held cells keep what they have; where all are held, or none may be sold, nothing moves.
        """
        now, free = self.values[CONSENSUS][cells.block], self._free(cells)
        open_ = np.where(free, now, 0.0).sum(axis=0)
        change: FloatArray = np.maximum(limits.change_of(now.sum(axis=0)), -open_)
        change[~free.any(axis=0)] = 0.0
        weights = np.where(open_ > 0, now * free, free.astype(np.float64))
        moved = np.where(free & (change != 0), split_columns(open_ + change, weights) - now, 0.0)
        self._post(CONSENSUS, cause, cells, moved, self.entries)
        return change

    def lift_to_zero(self) -> FloatArray:
        """Take what lies below zero in the consensus out of the inputs that lowered it, last first; [N, T] given back.

        Only weights that sum to more than 100 %, or rounding at exactly 100 %, bring the consensus there. It is done
        once all inputs stand, so that a later one may raise what an earlier one lowered.
        """
        if self.values[CONSENSUS].min(initial=0.0) >= 0:
            return np.zeros(self.baseline.shape)
        self._own(CONSENSUS)
        missing = np.maximum(-self.values[CONSENSUS], 0.0)
        given = missing.copy()
        for number, entry in reversed([*enumerate(self.entries)]):
            if not missing.any():
                break
            if entry.measure == CONSENSUS:
                back = np.minimum(missing[entry.cells.block], np.maximum(-entry.change, 0.0))
                self.entries[number] = replace(entry, change=entry.change + back)
                missing[entry.cells.block] -= back
                self.values[CONSENSUS][entry.cells.block] += back
        assert not missing.any(), "the consensus lies below zero by more than inputs took away"
        return given

    def postings(self) -> tuple[Posting, ...]:
        """All postings, one a measure and cause in the order of application; the baseline first, holds last."""
        start = self.start or Posting.of(CONSENSUS, BASELINE, self.baseline)
        by_cause: dict[tuple[str, str], list[Entry]] = {}
        for entry in (*self.entries, *self.held_entries):
            if entry.change.any():
                by_cause.setdefault((entry.measure, entry.cause), []).append(entry)
        found = []
        for name in self.values:
            found.append(Posting(name, BASELINE, start.rows, start.buckets, start.amounts))
            found += [joined(entries) for (measure, _), entries in by_cause.items() if measure == name]
        return tuple(found)

    def unknown_events(self, change: FunctionInput) -> list[str]:
        """Codes an input includes that are no event ahead."""
        return [c for c in change.includes or () if not {c, cause_of(c)} & self.event_causes]

    def _set_aside(self, change: FunctionInput, cells: Cells) -> FloatArray:
        """Events [n, k] that an input leaves alone: those a total does not include, those a delta does."""
        named = {cause for code in change.includes or () for cause in (code, cause_of(code))} & self.event_causes
        if change.includes is None:
            return np.zeros((len(cells.rows), cells.end - cells.begin))
        causes = frozenset(self.event_causes - named if change.basis == "total" else named)
        if causes not in self._events:
            moved = np.zeros(self.baseline.shape)
            for entry in self.entries:
                if entry.measure == CONSENSUS and entry.cause in causes:
                    moved[entry.cells.block] += entry.change
            self._events[causes] = moved
        found: FloatArray = self._events[causes][cells.block]
        return found

    def _spread(self, now: FloatArray, cells: Cells, amount: Amount, spread: Spread) -> tuple[FloatArray, FloatArray]:
        """What an amount adds to each cell [n, k] that now holds `now`, and what a planning bill adds beyond it."""
        self.refuse_shut(cells)
        held = ~self._free(cells)
        beyond = np.zeros(now.shape)
        if spread.rule == "as_is":
            weights = now
            if cells.bill and not np.where(held, 0.0, now).any():
                moved = spread_amount(now, amount, weights=cells.bill.weights, held=held)
                return moved, on_grid(moved * cells.bill.surplus, QUANTITY_STEP)
        elif spread.rule == "equal":
            weights = np.ones(now.shape)
        else:
            name = "last_year" if spread.rule == "last_year" else spread.measure
            weights = self._weights_like(name)[cells.block]
        return spread_amount(now, amount, weights=weights, held=held), beyond

    def _bill_cause(self, cells: Cells) -> str:
        return cells.bill.cause if cells.bill else ""

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

    def refuse_shut(self, cells: Cells) -> None:
        """CannotSpread, in words, where nothing in the cells may move."""
        if not self.is_active[cells.block].any():
            raise CannotSpread("no item of the scope may be sold in these buckets; check its launch and end dates")
        if not self._free(cells).any():
            raise CannotSpread("every cell of the scope is held; release a hold or choose another scope")

    def _post(self, measure: str, cause: str, cells: Cells, change: FloatArray, book: list[Entry]) -> bool:
        is_effective = bool(change.any())
        if is_effective:
            self._own(measure)
            self.values[measure][cells.block] += change
        book.append(Entry(measure, cause, cells, change.copy()))
        return is_effective

    def _own(self, measure: str) -> None:
        """Let a measure have an array of its own, to be written to."""
        if measure not in self._mine:
            self.values[measure] = np.array(self.values[measure])
            self._mine.add(measure)

    def _own_words(self, function: str) -> FloatArray:
        """What a function entered, [N, T], to be written to."""
        name = f"said by {function}"
        if name not in self._mine:
            said = self.said.get(function)
            self.said[function] = np.full(self.baseline.shape, np.nan) if said is None else said.copy()
            self._mine.add(name)
        return self.said[function]
