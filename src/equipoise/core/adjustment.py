"""Adjustments: everything a person contributes, as typed, attributed, immutable rows.

An adjustment is a *change* (one frozen dataclass per kind, in the room that applies it) with a scope, an author, a
function and a reason. It is appended and never rewritten; its standing is the last ruling on it.

>>> from datetime import date
>>> Amount.parse("+10%"), Amount.parse("-50"), Amount.parse("1.2k")
(Amount(operation='scale', value=10.0), Amount(operation='add', value=-50.0), Amount(operation='set', value=1200.0))
>>> Scope(item="tools", first=date(2027, 4, 1), last=date(2027, 4, 30)).meets(Scope(item="tools"))
True
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Literal, Protocol, runtime_checkable

from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import LIMIT_STEPS, MONEY_STEP

FUNCTIONS = (
    "demand",
    "sales",
    "marketing",
    "product",
    "supply",
    "operations",
    "procurement",
    "finance",
    "executive",
    "coordinator",
)
"""Business functions that contribute; `demand` is the demand manager, who signs the consensus."""


class WrongAdjustment(EquipoiseError):
    """An adjustment that cannot be read or applied; the message names the field."""


Operation = Literal["set", "add", "scale"]
_TYPED = re.compile(r"^([+-]?)((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)([kKmM]?)(%?)$")
MOST_AMOUNT = LIMIT_STEPS * MONEY_STEP
"""The largest size of an amount: the largest exact sum of money (core/grid.py)."""


@dataclass(frozen=True)
class Amount:
    """What was typed: set to x, add x, or scale by x percent; kept so, for `+10%` must stay a percentage."""

    operation: Operation
    value: float

    def __post_init__(self) -> None:
        """Refuse a size that no plan can hold."""
        if not abs(self.value) <= MOST_AMOUNT:
            raise WrongAdjustment(f"{self.value:g} is too large for an amount; give at most {MOST_AMOUNT:,.0f}")

    @staticmethod
    def parse(text: str) -> "Amount":
        """`1200`, `1,200` or `1.2k` sets, `+50` and `-50` add, `+10%` and `-10%` scale; `1,5` is refused."""
        match = _TYPED.match(text.replace(" ", "").replace("−", "-"))
        if not match:
            raise WrongAdjustment(f"{text!r} is not an amount; write 1200, 1.2k, +50, -50 or +10%")
        sign, digits, thousands, percent = match.groups()
        times = {"": 1.0, "k": 1e3, "m": 1e6}[thousands.lower()] * (-1 if sign == "-" else 1)
        value = float(digits.replace(",", "")) * times
        if percent:
            if not sign:
                raise WrongAdjustment(f"{text!r} needs a sign: +10% or -10%")
            return Amount("scale", value)
        return Amount("add" if sign else "set", value)

    def apply_to(self, total: float) -> float:
        """What `total` becomes."""
        if self.operation == "set":
            return self.value
        return total + self.value if self.operation == "add" else total * (1 + self.value / 100)


@dataclass(frozen=True)
class Scope:
    """One node per dimension ("" is all) and the days first..last (None is open). The amount is the whole scope's."""

    item: str = ""
    market: str = ""
    location: str = ""
    resource: str = ""
    first: date | None = None
    last: date | None = None

    def meets(self, other: "Scope") -> bool:
        """False only where node codes differ or the days do not overlap; codes of other levels may meet."""
        if self.first and other.last and other.last < self.first:
            return False
        return not (other.first and self.last and self.last < other.first)


SpreadRule = Literal["as_is", "equal", "last_year", "like"]


@dataclass(frozen=True)
class Spread:
    """How an amount at a node reaches the cells: in proportion to what stands there, equally, like last year's
    actuals, or like another measure."""

    rule: SpreadRule = "as_is"
    measure: str = ""


@runtime_checkable
class Change(Protocol):
    """The shape every kind of change has; kinds are frozen dataclasses with these class attributes."""

    kind: ClassVar[str]
    """Its word in files and API."""
    stage: ClassVar[str]
    """The one stage that applies it."""
    phase: ClassVar[int]
    """Order within the stage."""
    on_roll: ClassVar[Literal["keep", "ask", "drop"]]
    """What happens to it when the month rolls."""

    def conflicts_with(self, other: "Change") -> bool:
        """True if both set the same thing, so that their order would decide."""
        ...


@dataclass(frozen=True)
class Adjustment:
    """A change with its scope, author and reason. `seq`, given once on append, decides order; time never does."""

    id: str
    change: Change
    scope: Scope = field(default_factory=Scope)
    function: str = "demand"
    author: str = ""
    reason_code: str = ""
    reason: str = ""
    confidence_pct: float | None = None
    seq: int = 0
    supersedes: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[int, int, str]:
        """Order of application within its stage."""
        return (self.change.phase, self.seq, self.id)


Verdict = Literal["proposed", "accepted", "rejected", "withdrawn"]


@dataclass(frozen=True)
class Ruling:
    """A verdict on an adjustment, appended; the last one stands."""

    adjustment: str
    verdict: Verdict
    by: str = ""
    at: str = ""
    because: str = ""


def standing(adjustments: Sequence[Adjustment], rulings: Iterable[Ruling] = ()) -> tuple[Adjustment, ...]:
    """Adjustments that count: not rejected, withdrawn or superseded by one that counts; in order of seq.

    >>> from equipoise.core.policy_change import SetPolicy
    >>> a = Adjustment("a", SetPolicy("workforce", "integer"), seq=1)
    >>> standing([a], [Ruling("a", "proposed"), Ruling("a", "withdrawn")])
    ()
    """
    last: Mapping[str, Verdict] = {ruling.adjustment: ruling.verdict for ruling in rulings}
    alive = [a for a in adjustments if last.get(a.id, "proposed") in ("proposed", "accepted")]
    replaced = {old for a in alive for old in a.supersedes}
    return tuple(sorted((a for a in alive if a.id not in replaced), key=lambda a: (a.seq, a.id)))


def expiry_of(adjustment: Adjustment) -> date | None:
    """The last day on which an adjustment counts; None for kinds and adjustments that do not run out."""
    found: date | None = getattr(adjustment.change, "expires_on", None)
    return found


def in_force(adjustments: Iterable[Adjustment], day: date) -> tuple[Adjustment, ...]:
    """Those of the standing adjustments that have not run out before a day.

    Asked after `standing`, so that what one superseded does not come back when it runs out.

    >>> from equipoise.demand.changes import DemandHold
    >>> hold = Adjustment("h", DemandHold(expires_on=date(2026, 12, 31)))
    >>> [len(in_force([hold], day)) for day in (date(2026, 12, 31), date(2027, 1, 1))]
    [1, 0]
    """
    return tuple(each for each in adjustments if (expiry_of(each) or date.max) >= day)
