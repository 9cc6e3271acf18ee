"""What can be chosen for a view of the grid: rows, measures, nodes, time, unit, and a plan to set beside."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.catalog import MEASURES
from equipoise.core.axes import Axes
from equipoise.core.measure import Measure, OverTime
from equipoise_web.access import Access, Right, is_pooled
from equipoise_web.reads.grid_lines import LABELS, OWN, grain_of, label_of
from equipoise_web.reads.grid_numbers import Numbers
from equipoise_web.reads.grid_view import DIMENSIONS, MOST_LEVELS, GridView, Unit, level_named
from equipoise_web.reads.published import last_cycle, published_for, read_plans

ROWS: tuple[tuple[str, ...], ...] = (
    ("family", "item"),
    ("family", "subfamily", "item"),
    ("category", "family", "item"),
    ("family", "market"),
    ("family", "item", "market"),
    ("region", "family", "item"),
    ("market", "family", "item"),
    ("market.region", "market", "item"),
    ("location", "family", "item"),
    ("resource",),
    ("resource.location", "resource"),
)
UNITS: dict[Unit, str | Promise] = {
    "base": gettext_lazy("Units"),
    "money": gettext_lazy("Money"),
    "hours": gettext_lazy("Hours"),
    "volume": gettext_lazy("Volume"),
}
TIMES: dict[str, str | Promise] = {
    "bucket": gettext_lazy("Buckets"),
    "fiscal_quarter": gettext_lazy("Quarters"),
    "fiscal_year": gettext_lazy("Years"),
}
MOST_NODES = 200
MOST_PLANS = 12


@dataclass(frozen=True)
class Choice:
    """A value to choose, what it is called, and the query that chooses it."""

    value: str
    label: str
    query: str
    is_chosen: bool


@dataclass(frozen=True)
class Choices:
    """Everything the bar of the grid offers."""

    rows: tuple[Choice, ...]
    levels: tuple[tuple[Choice, ...], ...]
    """Of each place in the rows, from the top down, the levels that can stand there; blank: none."""
    measures: tuple[Choice, ...]
    units: tuple[Choice, ...]
    times: tuple[Choice, ...]
    past: Choice
    """Closed buckets shown, or no longer."""
    quarters: Choice
    """Totals of quarters shown after their buckets, or no longer."""
    items: tuple[Choice, ...]
    markets: tuple[Choice, ...]
    plans: tuple[Choice, ...]

    @property
    def beside(self) -> str:
        """What the plan is called that the view is set against; blank where there is none."""
        return next((choice.label for choice in self.plans if choice.is_chosen and choice.value), "")


def read_choices(who: Access, numbers: Numbers, view: GridView) -> Choices:
    """What this person may choose for these numbers."""
    axes = numbers.plan.axes
    rows = tuple(
        _choice(view, ",".join(each), " › ".join(part.rpartition(".")[2] for part in each), rows=each)
        for each in dict.fromkeys((view.rows, *ROWS))
        if _are_levels(axes, each)
    )
    measures = tuple(
        Choice(name, label_of(name), "", name in view.measures) for name in (*OWN[:2], *_measures(who, numbers))
    )
    units = tuple(
        _choice(view, unit, str(label), unit=unit)
        for unit, label in UNITS.items()
        if (unit != "volume" or numbers.base.head.volume_uom) and (unit != "hours" or who.may(Right.SEE_POOLED))
    )
    times = tuple(_choice(view, time, str(label), time=time) for time, label in TIMES.items())
    return Choices(
        rows,
        _levels(axes, view),
        tuple(sorted(measures, key=lambda choice: (not choice.is_chosen, choice.value not in LABELS, choice.label))),
        units,
        times,
        past_choice(view),
        quarters_choice(view),
        _nodes(axes, view, "item", ("family", "category")),
        _nodes(axes, view, "market", ("market", "region")),
        _plans(who, numbers, view),
    )


def past_choice(view: GridView) -> Choice:
    """The switch that shows closed buckets left of those ahead, or hides them again."""
    return Choice("1", _("Closed months"), replace(view, past=not view.past, time="bucket").query, view.past)


def quarters_choice(view: GridView) -> Choice:
    """The switch that shows the total of each quarter after its buckets, or hides them again."""
    query = replace(view, quarters=not view.quarters, time="bucket").query
    return Choice("1", _("Quarter totals"), query, view.quarters)


def _measures(who: Access, numbers: Numbers) -> list[str]:
    found = []
    for measure in MEASURES:
        if not measure.rolls_up or grain_of(measure.name) is None or not _has_rows(measure, numbers):
            continue
        if is_pooled(measure.name) and not who.may(Right.SEE_POOLED):
            continue
        found.append(measure.name)
    return found


def _has_rows(measure: Measure, numbers: Numbers) -> bool:
    """True if it stands on buckets ahead; a state made of flows of several grains has no rows."""
    if measure.grain is None and (not measure.ratio or measure.over_time is OverTime.LAST):
        return False
    return numbers.plan.first_bucket(measure.name) == 0


def _are_levels(axes: Axes, rows: tuple[str, ...]) -> bool:
    try:
        return all(axes.hierarchy(level.dimension).nodes(level.name) for level in GridView(rows=rows).levels(axes))
    except KeyError:
        return False


def _levels(axes: Axes, view: GridView) -> tuple[tuple[Choice, ...], ...]:
    """Every level of every dimension that has nodes, for each place that a row can have one at."""
    once = Counter(level for name in DIMENSIONS for level in axes.hierarchy(name).levels)
    names = {("", ""): "–"}
    for dimension in DIMENSIONS:
        for level in reversed(axes.hierarchy(dimension).levels):
            if axes.hierarchy(dimension).nodes(level):
                names[dimension, level] = level if once[level] == 1 or level == dimension else f"{dimension} {level}"
    chosen = [(level.dimension, level.name) for level in view.levels(axes)]
    places = [*chosen, *[("", "")] * (MOST_LEVELS - len(chosen))]
    return tuple(
        tuple(Choice(".".join(key).strip("."), name, "", key == place) for key, name in names.items())
        for place in places
    )


def rows_of_levels(axes: Axes, asked: Iterable[str]) -> tuple[str, ...]:
    """Rows by the levels that somebody chose one by one: each once, and those of a dimension from the top down.

    UnknownName for a level that there is not.
    """
    found = dict.fromkeys(level_named(axes, name) for name in asked if name)
    down = sorted(found, key=lambda each: -axes.hierarchy(each.dimension).levels.index(each.name))
    of_dimension = {name: iter([each for each in down if each.dimension == name]) for name in DIMENSIONS}
    return tuple(f"{level.dimension}.{level.name}" for level in (next(of_dimension[each.dimension]) for each in found))


def _nodes(axes: Axes, view: GridView, dimension: str, levels: tuple[str, ...]) -> tuple[Choice, ...]:
    chosen = dict(view.nodes).get(dimension, "")
    hierarchy = axes.hierarchy(dimension)
    codes = [f"{level}:{code}" for level in levels if level in hierarchy.levels for code in hierarchy.nodes(level)]
    found = [("", _("All items") if dimension == "item" else _("All markets"))]
    found += [(code, code.partition(":")[2]) for code in codes[:MOST_NODES]]
    if chosen and chosen not in codes:
        found.append((chosen, chosen.partition(":")[2] or chosen))
    others = tuple(pair for pair in view.nodes if pair[0] != dimension)
    return tuple(
        Choice(code, label, replace(view, nodes=(*others, (dimension, code)) if code else others).query, code == chosen)
        for code, label in found
    )


def _plans(who: Access, numbers: Numbers, view: GridView) -> tuple[Choice, ...]:
    """Published plans by the scenario and time they are of: last cycle's first, then the newest."""
    found = [_choice(view, "", _("Nothing beside"), against="")]
    plans = {plan.digest: plan for plan in read_plans(who, limit=MOST_PLANS)}
    last = last_cycle(before=numbers.base.head.start)
    first = [] if not last else [plans.get(last) or read_plans(who, digest=last)[0]]
    names = published_for([last, view.against, *plans])
    for plan in dict.fromkeys([*first, *plans.values()]):
        if plan.digest != numbers.base.digest or not numbers.is_exact:
            name = names.get(plan.digest) or _("Plan %(digest)s") % {"digest": plan.digest[:8]}
            if plan.digest == last:
                name = _("Last cycle, %(month)s: %(name)s") % {"month": f"{plan.start:%b %Y}", "name": name}
            label = f"{name}, {timezone.localtime(plan.published_at):%d %b %H:%M}"
            found.append(_choice(view, plan.digest, label, against=plan.digest))
    if view.against and not any(choice.is_chosen for choice in found):
        named = names.get(view.against) or _("Plan %(digest)s") % {"digest": view.against[:8]}
        found.append(_choice(view, view.against, named, against=view.against))
    return tuple(found)


def _choice(view: GridView, value: str, label: str, **change: object) -> Choice:
    chosen = replace(view, **change)  # type: ignore[arg-type]
    return Choice(value, label, chosen.query, chosen == view)
