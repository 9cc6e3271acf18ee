"""What closes a gap of a resource as a table: every option with its cost, last day and way, and the cheapest mix."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipoise.balance.gap_options import GapOptions
from equipoise.balance.gaps import LEAST, Gap
from equipoise.balance.option import Answer
from equipoise.plan import Plan
from equipoise_web.access import Access
from equipoise_web.reads.capacity_option_actions import action_of
from equipoise_web.reads.capacity_option_parts import (
    MixLine,
    OptionLine,
    OptionsPart,
    amount,
    day,
    label_of,
    price_of,
)
from equipoise_web.reads.capacity_option_words import given_words, stop_words
from equipoise_web.reads.capacity_options import way_of
from equipoise_web.reads.exception_marks import Marks, Owner, read_marks, read_owners
from equipoise_web.reads.in_words import Words, words_of
from equipoise_web.reads.numbers import UNKNOWN, counted, shown

MOST = 14
"""Options of a table."""
CENT = 0.01
"""What rounding may lie between the price of the marginal option and the worth of an hour, which is that price."""


def read_options(who: Access, found: GapOptions, *, worth: float | None) -> OptionsPart:
    """The options of a gap as lines; `worth` is what an hour is worth in the plan, None without a price."""
    plan = found.gap.ground.plan
    words, currency = words_of(plan.snapshot_id), plan.head.currency
    owners, is_short = read_owners(), found.gap.short >= LEAST
    alone = found.alone or found
    shows_alone = is_short and bool(alone.mix) and _differs(found, alone)
    row = _Row(who, found, words, worth, read_marks(), owners)
    return OptionsPart(
        title=_title(found, currency),
        subtitle=_("For %(when)s; what arrives in time first, then the cheapest hour. Costs are those beyond the same "
                   "hours at regular pay") % {"when": plan.axes.calendar.label(found.gap.bucket)},
        lines=tuple(row.line(number) for number in range(len(found.answers[:MOST]))),
        mix=_mix(found, currency) if found.mix and is_short else None,
        alone=_mix(alone, currency, _("If it were the only gap")) if shows_alone else None,
        turn=_turn(found, words),
        owners=owners,
        has_list=plan.snapshot.has("levers"),
        sees_margin=found.gap.at_stake is not None and is_short,
        unit=_("h") if found.gap.kind == "hours" else _("units"),
        note=_note(found, currency) if is_short else "",
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Row:
    """What every line of the table is told from."""

    who: Access
    found: GapOptions
    words: Words
    worth: float | None
    marks: Mapping[str, Marks]
    owners: tuple[Owner, ...]

    def line(self, number: int) -> OptionLine:
        """The line of an answer."""
        found, each = self.found, self.found.answers[number]
        gap, option, currency = found.gap, each.option, found.gap.ground.plan.head.currency
        part = next((part for part in found.mix if part.number == number), None)
        pays, verdict = self._verdict(each)
        link, label = way_of(self.who, gap, each)
        most = _("no limit stated") if np.isinf(option.most) else shown(option.most)
        return OptionLine(
            label=label_of(option, self.words, gap.kind),
            detail=_detail(gap, each, self.words),
            stops=stop_words(gap, option.stops, self.words),
            closes=most if found.short < LEAST else shown(each.closes),
            alone=self._alone(each),
            cost=amount(currency, each.amount),
            per_hour=price_of(currency, each.per_hour if found.short >= LEAST else _first_price(each)),
            per_unit=price_of(currency, each.per_unit),
            decide_by=day(each.decide_by),
            arrives=_arrives(gap.ground.plan, each),
            is_late=not each.is_in_time,
            left=shown(each.left),
            saves=UNKNOWN if each.saves_amount is None else amount(currency, each.saves_amount),
            taken="" if part is None else shown(part.closes),
            verdict=verdict,
            pays=pays,
            link=link,
            link_label=label,
            action=None if link else action_of(gap, each, self.words, self.marks, self.owners),
        )

    def _verdict(self, each: Answer) -> tuple[bool, str]:
        """Whether an option that serves demand in time costs no more than an hour is worth, and that in words."""
        if self.worth is None or each.per_hour is None or not each.is_in_time or each.option.gives_up:
            return False, ""
        pays = each.per_hour <= self.worth + CENT
        return pays, _("pays: an hour is worth more") if pays else _("dearer than an hour is worth")

    def _alone(self, each: Answer) -> str:
        if self.found.alone is None or self.found.short < LEAST:
            return ""
        key = (each.option.lever, each.option.name)
        alone = [other.closes for other in self.found.alone.answers if (other.option.lever, other.option.name) == key]
        is_same = not alone or abs(alone[0] - each.closes) < LEAST
        return "" if is_same else shown(alone[0])


def _differs(found: GapOptions, alone: GapOptions) -> bool:
    return abs(found.covered - alone.covered) >= LEAST or abs(found.amount - alone.amount) >= LEAST


def _turn(found: GapOptions, words: Words) -> str:
    """When the gap was answered, and what the gaps before it took and gave back."""
    if not found.turn:
        return ""
    unit = _("h") if found.gap.kind == "hours" else _("units")
    said = [
        _(
            "Gaps are answered together, what loses most with each hour first; this is number %(n)s. What those before "
            "it took is no longer here."
        )
        % {"n": found.turn}
    ]
    if found.given:
        said.append(_("They took %(what)s.") % {"what": given_words(found.gap.ground, found.given, words)})
    if found.relieved >= LEAST:
        said.append(
            _("They move items away that ask for %(n)s of this gap, so %(left)s are left to close.")
            % {"n": f"{shown(found.relieved)}\u00a0{unit}", "left": f"{shown(found.short)}\u00a0{unit}"}
        )
    return " ".join(said)


def _arrives(plan: Plan, each: Answer) -> str:
    if each.is_in_time:
        return _("in time")
    late = ngettext("▲ %(n)s day too late", "▲ %(n)s days too late", each.late_days) % {"n": shown(each.late_days)}
    if each.earliest is None:
        return late
    return _("%(late)s; could work from %(when)s") % {"late": late, "when": plan.axes.calendar.label(each.earliest)}


def _first_price(each: Answer) -> float | None:
    """Money for the first hour, where nothing is short and no cost could be spread."""
    option = each.option
    price = option.steps[0][1] if option.steps else None
    return None if price is None else price + option.once_each


def _detail(gap: Gap, each: Answer, words: Words) -> str:
    option, currency = each.option, gap.ground.plan.head.currency
    about = words.name("item", option.item) if option.item else ""
    said = {"n": f"{option.ahead:.1f}"}
    parts = [
        option.name if option.is_listed else "",
        about,
        _("%(n)s buckets earlier on average, in idle hours") % said if option.lever == "prebuild" else "",
        _("notice %(n)s days") % {"n": shown(option.lead_days)} if option.lead_days else "",
        _("fixed cost %(money)s") % {"money": amount(currency, option.fixed_amount)} if option.fixed_amount else "",
        _("hired for this bucket, then laid off") if option.lever == "hire" and option.once_each else "",
        _("moves or gives up demand instead of serving it") if option.gives_up else "",
        _("%(n)s in the plan in force") % {"n": shown(option.used)} if option.used >= LEAST else "",
        option.note,
    ]
    return "; ".join(part for part in parts if part)


def _mix(found: GapOptions, currency: str, label: str = "") -> MixLine:
    due, units = found.decide_by, found.covered * found.gap.units_each
    return MixLine(
        label=label or (_("Cheapest mix, gap closed") if found.is_closed else _("Cheapest mix of what is in time")),
        closes=shown(found.covered),
        cost=amount(currency, found.amount),
        per_hour=price_of(currency, found.amount / found.covered if found.covered else None),
        per_unit=price_of(currency, found.amount / units if units else None),
        decide_by="" if due is None else day(due),
        left=shown(max(found.short - found.covered, 0.0)),
        saves=amount(currency, found.saves_amount),
    )


def _title(found: GapOptions, currency: str) -> str:
    short = found.short
    if found.gap.short < LEAST:
        return _("No hours are short here, so no option is needed")
    if short < LEAST:
        said = {"short": shown(found.gap.short)}
        return _("Answers to other gaps take all %(short)s hours away; no option of its own is needed") % said
    said = {
        "count": counted(len(found.mix)),
        "hours": shown(found.covered),
        "short": shown(short),
        "money": amount(currency, found.amount),
        "day": day(found.decide_by) if found.decide_by is not None else "",
    }
    if not found.mix:
        return _("No option in time brings the %(short)s hours in") % said
    if found.is_closed:
        many = ngettext(
            "%(count)s option closes all %(short)s hours for %(money)s; decide by %(day)s",
            "%(count)s options close all %(short)s hours for %(money)s; decide by %(day)s",
            len(found.mix),
        )
    else:
        many = ngettext(
            "%(count)s option in time brings in %(hours)s of %(short)s hours for %(money)s; decide by %(day)s",
            "%(count)s options in time bring in %(hours)s of %(short)s hours for %(money)s; decide by %(day)s",
            len(found.mix),
        )
    return many % said


def _note(found: GapOptions, currency: str) -> str:
    stake = found.gap.at_stake
    if stake is None:
        return ""
    said = {"money": amount(currency, stake), "hours": shown(found.gap.short)}
    return _("At stake: %(money)s margin of what would give way for %(hours)s hours, the least earning first.") % said
