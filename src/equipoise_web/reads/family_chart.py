"""The families of a plan side by side, as far as a person may see them: the figure of the start of the family sheet."""

from dataclasses import dataclass
from functools import lru_cache

from altair import VConcatChart

from equipoise.core.table import UnknownName
from equipoise.pack.charts import WIDE
from equipoise.pack.families import Families, NoSuchPage, family_panels
from equipoise.pack.family_chart import family_chart
from equipoise.plan import Plan
from equipoise_web.reads.figure_chart import FigurePart, figure
from equipoise_web.reads.scoped_tables import seen_as

SCALES = ("shared", "own")


@dataclass(frozen=True)
class FamiliesPart:
    """The figure, and which page of how many it is."""

    figure: FigurePart
    page: int
    pages: int
    scale: str
    families: tuple[str, ...]
    """Those shown, in their order, for links to their sheets."""

    @property
    def numbers(self) -> range:
        """Numbers of all pages."""
        return range(1, self.pages + 1)


def read_families(plan: Plan, *, page: str = "", scale: str = "") -> FamiliesPart | None:
    """The families on one page and scale (shared or own); None where none is sold. UnknownName for another page."""
    if scale and scale not in SCALES:
        raise UnknownName(f"there is no scale {scale!r}; there are {', '.join(SCALES)}")
    if page and not page.isdecimal():
        raise UnknownName(f"{page!r} is no page of families")
    try:
        found = _families(_Asked(plan, int(page or 1), scale != "own"))
    except NoSuchPage as error:
        raise UnknownName(str(error)) from error
    if not found.shown:
        return None
    names = tuple(family.name for family in found.shown)
    part = figure(found, _draw, width=WIDE)
    return FamiliesPart(part, found.page, found.pages, "shared" if found.is_shared else "own", names)


@dataclass(frozen=True, eq=False)
class _Asked:
    """What is asked of a plan, known by whose eyes it is for: the same question is computed once."""

    plan: Plan
    page: int
    is_shared: bool

    @property
    def key(self) -> tuple[object, ...]:
        """What the answer depends on."""
        return *seen_as(self.plan), self.page, self.is_shared

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@lru_cache(maxsize=64)
def _families(asked: _Asked) -> Families:
    return family_panels(asked.plan, page=asked.page, is_shared=asked.is_shared)


def _draw(families: Families, width: int) -> VConcatChart:
    return family_chart(families, width=width, is_titled=False)
