"""The slack that is left as gaps are answered one after another: what one gap's mix takes is no longer there.

A ledger over what the infinite plan leaves (`spare`). What is moved away from where it was made gives hours back there,
so that a gap answered later may find less to close.
"""

from collections import defaultdict
from collections.abc import Iterable

from equipoise.balance.mix import NOTHING
from equipoise.balance.spare import Spare
from equipoise.balance.takes import Cell, Use


class Slack:
    """What is left of every cell; the one thing here that changes while gaps are answered."""

    def __init__(self, spare: Spare, parent: "Slack | None" = None) -> None:
        """With a parent, a sheet laid over it: what is tried out does not reach the parent."""
        self._spare, self._parent = spare, parent
        self._used: dict[Cell, float] = defaultdict(float)
        self._by: dict[Cell, dict[int, float]] = defaultdict(lambda: defaultdict(float))
        self._paid: set[tuple[str, int]] = set()

    def over(self) -> "Slack":
        """A sheet over it."""
        return Slack(self._spare, self)

    def free(self, cell: Cell) -> float:
        """What is left of a cell; below 0 where more is asked than there is."""
        under = self._spare.of(cell) if self._parent is None else self._parent.free(cell)
        return under - self._used.get(cell, 0.0)

    def used(self, cell: Cell) -> float:
        """What has been taken of a cell, less what was given back."""
        under = 0.0 if self._parent is None else self._parent.used(cell)
        return under + self._used.get(cell, 0.0)

    def fits(self, uses: Iterable[Use], quantity: float) -> float:
        """How much of a quantity there is room for, at `uses` each."""
        for cell, each in uses:
            if each > NOTHING:
                quantity = min(quantity, max(self.free(cell), 0.0) / each)
        return quantity

    def book(self, uses: Iterable[Use], quantity: float = 1.0, *, by: int = -1) -> None:
        """Take a quantity at `uses` each; `by` is the number of the gap that takes it."""
        for cell, each in uses:
            self._used[cell] += quantity * each
            if each > 0:
                self._by[cell][by] += quantity * each

    def takers(self, cell: Cell) -> dict[int, float]:
        """What each gap has taken of a cell, by its number."""
        return dict(self._by.get(cell, {}))

    def pay(self, option: str, bucket: int) -> None:
        """Remember that the fixed cost of an option of the list is paid in a bucket."""
        self._paid.add((option, bucket))

    def is_paid(self, option: str, bucket: int, *, lasts: bool) -> bool:
        """Whether a gap before has paid that fixed cost: in the bucket, or before it if it `lasts`."""
        under = self._parent is not None and self._parent.is_paid(option, bucket, lasts=lasts)
        return under or any(name == option and (at == bucket or (lasts and at < bucket)) for name, at in self._paid)
