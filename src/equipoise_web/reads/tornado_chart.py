"""What moves one plan away from another, as a page shows it; for who may see all of both plans."""

from altair import VConcatChart

from equipoise.pack.tornado import Tornado, demand_tornado, margin_tornado
from equipoise.pack.tornado_chart import tornado_chart
from equipoise.plan import Plan
from equipoise_web.reads.figure_chart import FigurePart, figure
from equipoise_web.reads.in_words import words_of

HALF = 640
"""Width of a chart that has half of a page."""


def read_tornados(a: Plan, b: Plan, *, a_name: str, b_name: str, prefix: str = "") -> tuple[FigurePart, ...]:
    """Demand by cause, where both plans are of the same data, and margin by family; those that differ."""
    found = [margin_tornado(a, b, a_name=a_name, b_name=b_name)]
    words = words_of(b.snapshot_id)
    names = {each.id: words.of(each) for plan in (a, b) for each in plan.adjustments}
    if a.snapshot_id == b.snapshot_id:  # plans of two cycles share families, not causes
        found.insert(0, demand_tornado(a, b, a_name=a_name, b_name=b_name, names=names))
    return tuple(figure(each, _draw, width=HALF, prefix=prefix) for each in found if each.swings)


def _draw(tornado: Tornado, width: int) -> VConcatChart:
    return tornado_chart(tornado, width=width, is_titled=False)
