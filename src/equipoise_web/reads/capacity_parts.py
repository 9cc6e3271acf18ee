"""What the page of capacity is made of: texts and cells, nothing left to compute."""

from collections.abc import Mapping
from dataclasses import dataclass

from equipoise.plan import Plan
from equipoise_web.reads.capacity_cells import Cell, Column
from equipoise_web.reads.capacity_load import Words
from equipoise_web.reads.capacity_option_parts import SoonLine


@dataclass(frozen=True)
class Asked:
    """What is asked for: a method, a view, a site, and a plan where it is not the one in force."""

    method: str = "profile"
    time: str = "bucket"
    site: str = ""
    digest: str = ""

    @property
    def query(self) -> dict[str, str]:
        """The part of an address that keeps the choice."""
        given = {"method": self.method, "time": self.time, "site": self.site, "plan": self.digest}
        usual = {"method": "profile", "time": "bucket"}
        return {name: value for name, value in given.items() if value and value != usual.get(name)}


@dataclass(frozen=True)
class CellLink:
    """A cell, and the page of its resource and bucket."""

    cell: Cell
    link: str


@dataclass(frozen=True)
class ResourceRow:
    """A row of the heat table."""

    code: str
    name: str
    site: str
    cells: tuple[CellLink, ...]
    overdue: str
    peak: str
    is_over: bool
    rated: str
    """Standard hours of a bucket, the mean over the horizon without the first, which has begun."""
    demonstrated: str
    is_unproved: bool
    """True where it is rated higher than it ever did."""
    extra: str
    """Most overtime and extra shift of a bucket."""


@dataclass(frozen=True)
class BottleneckLine:
    """A resource in the order in which it should be looked at."""

    name: str
    site: str
    link: str
    over: str
    beyond: str
    when: str
    worth: str
    """Of one more hour, where it is worth most."""
    saves: str
    """By one percent more of its hours in every bucket."""
    share_pct: float


@dataclass(frozen=True)
class CapacityPage:
    """All that the page shows."""

    plan: Plan
    asked: Asked
    title: str
    lead: str
    heat_title: str
    subtitle: str
    columns: tuple[Column, ...]
    rows: tuple[ResourceRow, ...]
    more: int
    has_overdue: bool
    ranking: tuple[BottleneckLine, ...]
    ranking_title: str
    soon: tuple[SoonLine, ...]
    soon_title: str
    """Blank where the person may not be told what options cost."""
    has_list: bool
    """Whether the data have table levers."""
    sites: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    methods: Mapping[str, tuple[Words, Words]]
    times: Mapping[str, Words]
