"""Two to four scenarios side by side with the eyes of each function, and what moves them, driver by driver."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from equipoise.core.scenario import WrongScenario
from equipoise.plan import Plan
from equipoise_web.access import Access, Right
from equipoise_web.reads.effect import minus, signed_money
from equipoise_web.reads.figure_chart import FigurePart
from equipoise_web.reads.headlines import HEADLINES, LENSES, Headline, read_headlines
from equipoise_web.reads.numbers import Scale, shown, signed
from equipoise_web.reads.plan_difference import BridgePart, driver_table, read_bridges, read_comparison
from equipoise_web.reads.plans import plan_for, published_digest
from equipoise_web.reads.scenario_page import Choice, choices, name_of
from equipoise_web.reads.scenarios import question_of
from equipoise_web.reads.scoped import sees_all
from equipoise_web.reads.tornado_chart import read_tornados

MOST = 4


@dataclass(frozen=True)
class Column:
    """A scenario that is compared; without a digest no plan answers it yet."""

    number: int
    name: str
    digest: str


@dataclass(frozen=True)
class Cell:
    """A number of a scenario, and how it differs from the first one's (blank in the first)."""

    text: str
    difference: str
    is_best: bool


@dataclass(frozen=True)
class Line:
    """A headline over all scenarios."""

    name: str
    label: str | Promise
    unit: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class LensPart:
    """The headlines of one function."""

    name: str
    title: str | Promise
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class DriverPart:
    """What moves a sum of money from the first scenario to each other, driver by driver."""

    what: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class ComparePage:
    """The comparison; drivers and charts only for who may see all of every plan."""

    title: str
    columns: tuple[Column, ...]
    missing: tuple[Column, ...]
    """Those that no plan answers yet."""
    lenses: tuple[LensPart, ...]
    drivers: tuple[DriverPart, ...]
    charts: tuple[BridgePart, ...]
    swings: tuple[FigurePart, ...]
    """What moves demand and margin most in each."""
    choices: tuple[Choice, ...]
    is_whole: bool
    lens: str

    @property
    def others(self) -> tuple[Column, ...]:
        """All but the first, which the others are set against."""
        return tuple(column for column in self.columns[1:] if column.digest)


def read_compare(who: Access, numbers: Sequence[int], *, lens: str = "") -> ComparePage:
    """Compare scenarios by their numbers, the first with each other; with fewer than two the page asks for more.

    Raises WrongScenario for more than four or a lens that there is not, ScenarioNotFound for one that is not there.
    """
    who.require(Right.READ)
    asked = list(dict.fromkeys(numbers))
    if len(asked) > MOST:
        raise WrongScenario(f"{len(asked)} scenarios are too many to set side by side; choose two to {MOST}")
    if lens and lens not in LENSES:
        raise WrongScenario(f"there is no lens {lens!r}; there are {', '.join(LENSES)}")
    columns = tuple(_column(who, number) for number in asked)
    plans = {column.name: plan_for(who, column.digest) for column in columns if column.digest}
    answered = tuple(column for column in columns if column.digest)
    is_ready = len(answered) >= 2 and bool(columns[0].digest)
    is_whole = sees_all(who)
    drivers, charts = _drivers(answered, plans) if is_ready and is_whole else ((), ())
    return ComparePage(
        title=_title(columns, plans, is_ready=is_ready),
        columns=answered if is_ready else columns,
        missing=tuple(column for column in columns if not column.digest),
        lenses=_lenses(answered, plans, lens) if is_ready else (),
        drivers=drivers,
        charts=charts,
        swings=_swings(answered, plans) if is_ready and is_whole else (),
        choices=choices(who),
        is_whole=is_whole,
        lens=lens,
    )


def _column(who: Access, number: int) -> Column:
    name = name_of(who, number)
    return Column(number, name, published_digest(question_of(name).fingerprint) or "")


def _title(columns: Sequence[Column], plans: dict[str, Plan], *, is_ready: bool) -> str:
    if len(columns) < 2:
        return _("Choose two to four scenarios")
    if not is_ready:
        return _("Not every scenario has its plan yet")
    first = columns[0].name
    margins = {name: read_headlines(plan)["margin"] for name, plan in plans.items()}
    known = {name: margin for name, margin in margins.items() if margin is not None}
    if len(known) < len(plans):
        return _("%(names)s, side by side") % {"names": ", ".join(plans)}
    best = max(known, key=lambda name: known[name])
    if best == first or known[best] == known[first]:
        return _("None of them earns more than %(first)s") % {"first": first}
    gain = signed_money(plans[first].head.currency, known[best] - known[first])
    return _("%(best)s earns the most: %(gain)s of margin against %(first)s") % {
        "best": best,
        "gain": gain,
        "first": first,
    }


def _lenses(columns: Sequence[Column], plans: dict[str, Plan], lens: str) -> tuple[LensPart, ...]:
    currency = plans[columns[0].name].head.currency
    rows = [read_headlines(plans[column.name]) for column in columns]
    return tuple(
        LensPart(
            name,
            title,
            tuple(_line(each, [row[each.name] for row in rows], currency) for each in HEADLINES if each.lens == name),
        )
        for name, title in LENSES.items()
        if lens in ("", name)
    )


def _line(headline: Headline, values: Sequence[float | None], currency: str) -> Line:
    best = _best(headline, values)
    scale = Scale.of_money(values) if headline.unit == "money" else Scale(1.0, 2 if headline.unit == "pct" else 0)
    cells = []
    for number, value in enumerate(values):
        change = minus(value, values[0]) if number else None
        told = signed(None if change is None else change / scale.divisor, decimals=_decimals(scale, change))
        cells.append(
            Cell(
                shown(None if value is None else value / scale.divisor, decimals=scale.decimals),
                told if number else "",
                number == best,
            )
        )
    unit = {"money": f"{currency} {scale.prefix}".strip(), "pct": "%", "hours": _("hours")}[headline.unit]
    return Line(headline.name, headline.label, unit, tuple(cells))


def _decimals(scale: Scale, change: float | None) -> int:
    """A difference that the scale would round to nothing is told with more decimals."""
    if change is None or not change or abs(change) / scale.divisor >= 1:
        return scale.decimals
    return max(scale.decimals, 2)


def _best(headline: Headline, values: Sequence[float | None]) -> int | None:
    """The one that is better than every other; None where they are alike as shown, or neither way is better."""
    known = [(number, round(value, 2) * headline.better) for number, value in enumerate(values) if value is not None]
    if not headline.better or len(known) < 2:
        return None
    best, value = max(known, key=lambda pair: pair[1])
    return None if sum(other == value for _number, other in known) > 1 else best


def _drivers(
    columns: Sequence[Column], plans: dict[str, Plan]
) -> tuple[tuple[DriverPart, ...], tuple[BridgePart, ...]]:
    first, others = columns[0], columns[1:]
    currency = plans[first.name].head.currency
    found = {other.name: read_comparison(plans[first.name], plans[other.name]) for other in others}
    names = [other.name for other in others]
    drivers = (
        DriverPart(_("Margin"), driver_table(names, {name: found[name].margin for name in names}, currency)),
        DriverPart(_("Revenue"), driver_table(names, {name: found[name].revenue for name in names}, currency)),
    )
    charts = [
        replace(part, title=f"{name}: {part.title}")
        for name in names
        for part in read_bridges(found[name], currency, a_name=first.name, b_name=name)[:1]
    ]
    return drivers, tuple(charts)


def _swings(columns: Sequence[Column], plans: dict[str, Plan]) -> tuple[FigurePart, ...]:
    first, others = columns[0].name, [column.name for column in columns[1:]]
    return tuple(
        part
        for name in others
        for part in read_tornados(
            plans[first], plans[name], a_name=first, b_name=name, prefix=f"{name}: " if len(others) > 1 else ""
        )
    )
