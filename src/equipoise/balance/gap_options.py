"""A gap priced from the option list and from what the plan's own data know: options ranked, and the cheapest mix.

Ranked: what arrives in time before what comes too late, what serves demand before what gives it up, then by money for
an hour of the gap, then by the last day to decide. The cheapest mix closes the gap whole where the options reach, fixed
costs and limits counted exactly (`mix`); it takes only options in time whose price is known and that serve demand.

Options of one gap may need the same idle hours, or move the same units: the one ranked first has them, the others only
what it leaves, and the mix is made anew with that. How several gaps share what there is stands in `together`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from equipoise.balance.gaps import LEAST, Gap
from equipoise.balance.listed import options_at
from equipoise.balance.mix import NOTHING, Mix, cheapest_mix
from equipoise.balance.option import Answer, answer, decide_by
from equipoise.balance.slack import Slack
from equipoise.balance.takes import Cell


@dataclass(frozen=True)
class Taken:
    """What the cheapest mix takes of an option."""

    number: int
    """Of the option among the ranked ones."""
    closes: float
    amount: float
    decide_by: date
    """Last day for so much of it: what is built ahead in the nearest bucket alone may wait longer than all of it."""


@dataclass(frozen=True)
class Given:
    """What gaps answered before took of what this gap's options could have used."""

    cell: Cell
    quantity: float
    where: str
    """Place of the gap that took it."""
    bucket: int


@dataclass(frozen=True, eq=False)
class GapOptions:
    """A gap and what closes it."""

    gap: Gap
    """As the infinite plan asks for it."""
    short: float
    """What is left of it to close once what gaps before moved away has given its hours back."""
    answers: tuple[Answer, ...]
    """Ranked; against what is left to close."""
    mix: tuple[Taken, ...]
    covered: float
    """Hours or units that the mix closes."""
    amount: float
    """What the mix costs."""
    saves_amount: float | None
    """Margin at stake that the mix saves; None: unknown."""
    turn: int = 0
    """When it was answered among all gaps, from 1 on; 0: alone."""
    given: tuple[Given, ...] = ()
    """What others took before."""
    alone: "GapOptions | None" = None
    """The same gap if it were the only one; None: this is that."""

    @property
    def relieved(self) -> float:
        """Hours or units of the gap that are gone because gaps before moved their items away."""
        return self.gap.short - self.short

    @property
    def is_closed(self) -> bool:
        """Whether the mix closes all that is left."""
        return self.covered >= self.short - LEAST

    @property
    def decide_by(self) -> date | None:
        """The last day of the mix: the nearest of its options'; None where there is no mix."""
        return min((part.decide_by for part in self.mix), default=None)


def options_of(gap: Gap, slack: Slack | None = None) -> GapOptions:
    """The options of one gap with what the slack has left (None: as if it were the only gap); nothing is booked.

    Where nothing is short they are told, and no mix is needed.
    """
    slack = Slack(gap.ground.spare) if slack is None else slack
    answers = tuple(sorted((answer(each, gap) for each in options_at(gap, slack)), key=_rank))
    found, usable = _mixed(gap, slack, answers)
    mix = tuple(_taken(gap, answers, usable[n], closes, amount) for n, closes, amount in found.parts)
    stake, rest = gap.at_stake, gap.margin_of(max(gap.short - found.covered, 0.0))
    saves = None if stake is None or rest is None else stake - rest
    return GapOptions(gap, gap.short, answers, mix, found.covered, found.amount, saves)


def book(found: GapOptions, slack: Slack, *, by: int = -1) -> None:
    """Take what a mix needs from the slack, for the gap of number `by`."""
    for part in found.mix:
        option = found.answers[part.number].option
        for step, quantity in option.first(part.closes):
            slack.book(step.uses, quantity, by=by)
        if option.fixed_amount > 0:
            slack.pay(option.name, found.gap.bucket)


def decide_soon(found: Iterable[GapOptions]) -> list[GapOptions]:
    """Gaps whose mix has the nearest last day, then by margin at stake; those without a mix are left out."""
    dated = [each for each in found if each.decide_by is not None]
    return sorted(dated, key=lambda each: (each.decide_by or date.max, -(each.gap.at_stake or 0.0), each.gap.bucket))


def _mixed(gap: Gap, slack: Slack, answers: tuple[Answer, ...]) -> tuple[Mix, list[int]]:
    """The cheapest mix whose parts fit beside each other, and the numbers of the answers that it chose from."""
    usable = [
        n
        for n, each in enumerate(answers)
        if each.is_in_time and each.option.is_priced and not each.option.gives_up and each.closes > 0
    ]
    most = [float("inf")] * len(usable)
    # Each round cuts at least one option to what those before it leave, so there are no more rounds than options.
    for _ in range(len(usable) + 1):
        sources = [answers[n].option.source(gap.short, most=most[m]) for m, n in enumerate(usable)]
        found, sheet, is_cut = cheapest_mix(sources, gap.short), slack.over(), False
        for m, quantity, _amount in found.parts:
            there = _fits(answers[usable[m]], quantity, sheet)
            if there < quantity - LEAST * 1e-3:
                most[m], is_cut = there, True
        if not is_cut:
            break
    return found, usable


def _fits(each: Answer, quantity: float, sheet: Slack) -> float:
    """How much of a quantity of an option there is room for; what fits is booked on the sheet."""
    done = 0.0
    for step, part in each.option.first(quantity):
        there = sheet.fits(step.uses, part)
        sheet.book(step.uses, there)
        done += there
        if there < part - NOTHING:
            break
    return done


def _taken(gap: Gap, answers: tuple[Answer, ...], number: int, closes: float, amount: float) -> Taken:
    option = answers[number].option
    return Taken(number, closes, amount, decide_by(gap.ground.plan, option.begins(closes), option.lead_days))


def _rank(each: Answer) -> tuple[bool, bool, bool, float, date, str, str]:
    price = float("inf") if each.per_hour is None else each.per_hour
    is_empty = each.closes < LEAST
    return (each.option.gives_up, not each.is_in_time, is_empty, price, each.decide_by, each.option.lever,
            each.option.name)  # fmt: skip
