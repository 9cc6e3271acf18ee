"""What the page of a forecast is made of: texts and drawings, nothing left to compute."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from equipoise.plan import Plan
from equipoise_web.reads.series_words import Words


@dataclass(frozen=True)
class ChartPart:
    """A drawing for two widths."""

    wide: SafeString
    phone: SafeString


@dataclass(frozen=True)
class BucketLine:
    """A bucket of the chart as a row of its table."""

    label: str
    delivered: str
    trained: str
    forecast: str
    inner: str
    outer: str
    is_ahead: bool
    why: str = ""
    """What parts the history learned from from the one sold."""


@dataclass(frozen=True)
class LagLine:
    """Errors at one lag."""

    lag: int
    forecast: str
    seasonal: str
    naive: str
    is_worse: bool
    """True where the seasonal naive forecast was closer."""


@dataclass(frozen=True)
class MemberLine:
    """A method of the pool."""

    label: Words
    meaning: Words
    share: str
    share_pct: float


@dataclass(frozen=True)
class ChangeLine:
    """A change of history."""

    label: str
    meaning: Words
    when: str
    amount: str
    link: str
    """Of its explanation; blank where there is none."""
    back_link: str
    """Where it is taken back; blank for who may not, and for what is no change of a single series."""


@dataclass(frozen=True)
class PinLine:
    """A pin, or a hold of history, that counts for some of the series."""

    id: str
    words: str
    why: str
    link: str


@dataclass(frozen=True)
class WiderLine:
    """The same forecast further up."""

    label: str
    link: str


@dataclass(frozen=True)
class SeriesPage:
    """The forecast of a series or of a sum of series."""

    plan: Plan
    title: str
    lead: str
    subtitle: str
    chart: ChartPart
    buckets: tuple[BucketLine, ...]
    is_cleaned: bool
    """True where history as it was sold differs from what was learned from."""
    lags: tuple[LagLine, ...]
    lag_title: str
    lag_chart: ChartPart | None
    coverage: str
    members: tuple[MemberLine, ...]
    members_title: str
    changes: tuple[ChangeLine, ...]
    pins: tuple[PinLine, ...]
    holds: tuple[PinLine, ...]
    """Holds of their history."""
    notes: tuple[str, ...]
    wider: tuple[WiderLine, ...]
    pin_link: str
    """Where a method is pinned for these series; blank for who may not."""
    hold_link: str
    """Where their history is held; blank for who may not."""
    grid_link: str
    why_link: str
    unit: str
