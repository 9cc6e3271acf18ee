"""Two plans set side by side as a page: the bridges by driver, the cells that moved most, findings that came and went.

Also a comparison of two to four scenarios with the eyes of each function.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.catalog import measure_named
from equipoise.compare import CellDelta, Comparison, compare
from equipoise.core.finding import Finding
from equipoise.finance.bridge import Steps
from equipoise.pack.bridge_chart import DRIVERS, bridge_chart, largest_driver
from equipoise.pack.charts import PHONE, chart_svg
from equipoise.pack.headline import money, plural
from equipoise.plan import Plan
from equipoise_web.reads.cell_link import cell_link
from equipoise_web.reads.effect import signed_money
from equipoise_web.reads.figure_chart import FigurePart
from equipoise_web.reads.findings import SEVERITIES
from equipoise_web.reads.numbers import plain, signed
from equipoise_web.reads.tornado_chart import HALF, read_tornados

MOST_CELLS, MOST_FINDINGS = 8, 20
DRIVER_WORDS: dict[str, str | Promise] = {
    "price": gettext_lazy("Price"),
    "cost": gettext_lazy("Cost"),
    "currency": gettext_lazy("Currency"),
    "volume": gettext_lazy("Volume"),
    "mix": gettext_lazy("Mix"),
    "launched": gettext_lazy("Launched"),
    "ended": gettext_lazy("Ended"),
}
assert set(DRIVER_WORDS) == set(DRIVERS)


@dataclass(frozen=True)
class StepLine:
    """A line of a bridge as a table."""

    name: str
    amount: str
    is_level: bool


@dataclass(frozen=True)
class BridgePart:
    """One bridge: its finding, the drawing for two widths, and the same as a table; no drawing where it is unknown."""

    what: str
    title: str
    subtitle: str
    lines: tuple[StepLine, ...]
    wide: SafeString
    phone: SafeString


@dataclass(frozen=True)
class CellPart:
    """A cell that moved."""

    where: str
    bucket: str
    a: str
    b: str
    difference: str
    link: str


@dataclass(frozen=True)
class MovedPart:
    """Cells of one measure that moved most."""

    label: str
    unit: str
    cells: tuple[CellPart, ...]
    more: int


@dataclass(frozen=True)
class FindingPart:
    """A finding that only one of the two plans has."""

    code: str
    severity: str
    severity_label: str
    where: str
    message: str
    amount: str


@dataclass(frozen=True)
class DifferencePage:
    """How plan b differs from plan a."""

    bridges: tuple[BridgePart, ...]
    swings: tuple[FigurePart, ...]
    """What moves demand and margin most."""
    moved: tuple[MovedPart, ...]
    came: tuple[FindingPart, ...]
    went: tuple[FindingPart, ...]
    came_more: int
    went_more: int


@lru_cache(maxsize=16)
def read_comparison(a: Plan, b: Plan) -> Comparison:
    """The comparison of two whole plans, which never change; CannotCompare where currency or buckets differ."""
    return compare(a, b)


def read_difference(a: Plan, b: Plan, *, a_name: str, b_name: str) -> DifferencePage:
    """Everything that differs; for who may see all of both plans. CannotCompare where currency or buckets differ."""
    found = read_comparison(a, b)
    currency = b.head.currency
    return DifferencePage(
        bridges=read_bridges(found, currency, a_name=a_name, b_name=b_name),
        swings=read_tornados(a, b, a_name=a_name, b_name=b_name),
        moved=_moved(found.cells, b),
        came=tuple(_finding(each, currency) for each in found.appeared[:MOST_FINDINGS]),
        went=tuple(_finding(each, currency) for each in found.vanished[:MOST_FINDINGS]),
        came_more=max(len(found.appeared) - MOST_FINDINGS, 0),
        went_more=max(len(found.vanished) - MOST_FINDINGS, 0),
    )


def read_bridges(found: Comparison, currency: str, *, a_name: str, b_name: str) -> tuple[BridgePart, ...]:
    """The bridges of margin and revenue, those that are known."""
    both = ((_("Margin"), found.margin), (_("Revenue"), found.revenue))
    return tuple(_bridge(what, steps, found, currency, a_name, b_name) for what, steps in both if steps is not None)


def _bridge(what: str, steps: Steps, found: Comparison, currency: str, a: str, b: str) -> BridgePart:
    title = _finding_of(what, steps, currency)
    wide, phone = (
        mark_safe(chart_svg(bridge_chart(steps, a=a, b=b, currency=currency, title=title, width=width)))
        for width in (HALF, PHONE)
    )
    lines = [
        StepLine(str(DRIVER_WORDS[name]), signed_money(currency, amount), False)
        for name, amount in steps.bars().items()
    ]
    residual = StepLine(_("Residual"), signed_money(currency, steps.residual), False)
    subtitle = _(
        "%(a)s to %(b)s, over the horizon; mix by %(level)s, volume in %(unit)s. The axis does not start at 0."
    )
    return BridgePart(
        what=what,
        title=title,
        subtitle=subtitle
        % {"a": a, "b": b, "level": found.bridge.mix_level, "unit": plural(found.bridge.volume_in) or _("units")},
        lines=(
            StepLine(a, money(currency, steps.budget), True),
            *lines,
            residual,
            StepLine(b, money(currency, steps.actual), True),
        ),
        wide=wide,
        phone=phone,
    )


def _finding_of(what: str, steps: Steps, currency: str) -> str:
    """`Margin −€120 k, most of it by volume`."""
    driver, change = largest_driver(steps), steps.actual - steps.budget
    if driver is None:
        return _("%(what)s does not differ") % {"what": what}
    said = {
        "what": what,
        "change": signed_money(currency, change),
        "driver": str(DRIVER_WORDS[driver]).lower(),
        "amount": signed_money(currency, steps.bars()[driver]),
    }
    return _("%(what)s %(change)s; %(driver)s moves it most, by %(amount)s") % said


def _moved(cells: Sequence[CellDelta], plan: Plan) -> tuple[MovedPart, ...]:
    by_measure: dict[str, list[CellDelta]] = {}
    for cell in cells:
        by_measure.setdefault(cell.measure, []).append(cell)
    return tuple(_moved_of(name, found, plan) for name, found in by_measure.items())


def _moved_of(name: str, cells: list[CellDelta], plan: Plan) -> MovedPart:
    measure = measure_named(name)
    unit = plan.head.currency if name.endswith("_amount") else measure.unit.value
    return MovedPart(
        measure.label, unit, tuple(_cell(each, plan) for each in cells[:MOST_CELLS]), max(len(cells) - MOST_CELLS, 0)
    )


def _cell(cell: CellDelta, plan: Plan) -> CellPart:
    bucket = plan.axes.calendar.index_of(cell.start)
    return CellPart(
        cell.node,
        cell.bucket,
        plain(cell.delta.a),
        plain(cell.delta.b),
        signed(cell.delta.difference),
        cell_link(plan, {cell.level: cell.node}, measure=cell.measure, bucket=str(bucket)),
    )


def _finding(finding: Finding, currency: str) -> FindingPart:
    return FindingPart(
        finding.code,
        finding.severity.value,
        str(SEVERITIES[finding.severity]),
        finding.where,
        finding.message,
        "" if not finding.amount else money(currency, finding.amount),
    )


def driver_table(
    names: Sequence[str], steps: Mapping[str, Steps | None], currency: str
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """A line for each driver: what it moves in each of some plans, en dash where that is unknown."""
    rows: list[tuple[str, tuple[str, ...]]] = []
    for driver, words in DRIVER_WORDS.items():
        amounts = [each.bars()[driver] if (each := steps[name]) is not None else None for name in names]
        rows.append((str(words), tuple(signed_money(currency, amount) for amount in amounts)))
    totals = [each.actual - each.budget if (each := steps[name]) is not None else None for name in names]
    rows.append((_("All together"), tuple(signed_money(currency, amount) for amount in totals)))
    return tuple(rows)
