"""How far forecasts of the past were off, by family and bucket, as far as a person may see them."""

from functools import lru_cache

from altair import VConcatChart

from equipoise.pack.charts import WIDE
from equipoise.pack.heat import HeatMap, error_map
from equipoise.pack.heat_chart import heat_chart
from equipoise.performance import forecast_performance
from equipoise.plan import Plan
from equipoise_web.reads.figure_chart import FigurePart, figure
from equipoise_web.reads.scoped_tables import SeenPlan


def read_bias(plan: Plan) -> FigurePart | None:
    """Bias of the archived consensus at lag 1; `plan` is the person's own. None where no forecast can be compared."""
    found = _bias(SeenPlan(plan))
    return figure(found, _draw, width=WIDE) if found.columns else None


@lru_cache(maxsize=64)
def _bias(seen: SeenPlan) -> HeatMap:
    level = "family" if seen.plan.axes.items.nodes("family") else "item"
    return error_map(forecast_performance(seen.plan, (level, "bucket")))


def _draw(heat: HeatMap, width: int) -> VConcatChart:
    return heat_chart(heat, width=width, is_titled=False)
