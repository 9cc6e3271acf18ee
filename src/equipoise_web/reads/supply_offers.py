"""What supply has offered for demand that is short, and what demand said: the thread of each shortage.

An offer is one or two adjustments in the branch of the cycle that holds the supply response (`actions.offer_supply`);
where it stands is what was ruled on them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.core.adjustment import Adjustment
from equipoise.core.axes import Axes
from equipoise_web.access import Access, Right
from equipoise_web.reads.adjustment_pages import BADGES, people_titles
from equipoise_web.reads.adjustments import AdjustmentRow, adjustments_by_id
from equipoise_web.reads.numbers import plain
from equipoise_web.reads.scenarios import working_scenario
from equipoise_web.records.models import AdjustmentRecord, Comment

KIND, REASON_CODE = "demand_override", "supply_response"
"""What marks an adjustment as an offer, as `actions.offer_supply` writes it."""
STATES: dict[str, str | Promise] = {
    "open": gettext_lazy("Open: nothing offered"),
    "offered": gettext_lazy("Offered: demand answers"),
    "refused": gettext_lazy("Refused: supply offers again"),
    "closed": gettext_lazy("Accepted"),
}
ANSWERS: dict[str, str | Promise] = {
    "proposed": gettext_lazy("Waits for demand"),
    "accepted": gettext_lazy("Accepted"),
    "rejected": gettext_lazy("Refused"),
    "withdrawn": gettext_lazy("Taken back"),
}

Place = tuple[str, str, date]
"""Item, market and first day of the bucket that was asked for."""


@dataclass(frozen=True)
class Offer:
    """One offer and where it stands."""

    id: str
    place: Place
    quantity: float
    words: str
    reason: str
    by: str
    author: str
    made_at: datetime
    verdict: str
    verdict_label: str
    badge: str
    answered_by: str
    because: str
    is_in_plan: bool
    """True once what was accepted counts in the plan of the cycle."""
    comments: int


def read_offers(who: Access, axes: Axes) -> Mapping[Place, tuple[Offer, ...]]:
    """All offers of the running cycle that the person may see, by what they answer, the oldest first."""
    who.require(Right.READ)
    root = working_scenario()
    if root is None:
        return {}
    held = AdjustmentRecord.objects.filter(
        kind=KIND, body__reason_code=REASON_CODE, entries__scenario__parent=root, entries__is_drop=False
    ).distinct()
    rows = sorted(adjustments_by_id(who, held.values_list("pk", flat=True)).values(), key=lambda row: row.seq)
    about = [f"adjustment:{row.id}" for row in rows]
    said = dict(Comment.objects.filter(about__in=about).values_list("about").annotate(n=Count("id")).order_by())
    titles, found = people_titles(), dict[Place, tuple[Offer, ...]]()
    for at, row in enumerate(rows):
        if _units(row.adjustment) >= 0:
            continue
        after = rows[at + 1] if at + 1 < len(rows) else None
        later = after if after is not None and after.seq == row.seq + 1 and _units(after.adjustment) > 0 else None
        offer = _offer(axes, root.name, titles, row, later, said.get(f"adjustment:{row.id}", 0))
        found[offer.place] = (*found.get(offer.place, ()), offer)
    return found


def state_of(offers: tuple[Offer, ...]) -> str:
    """Where a shortage stands: key of `STATES`."""
    verdicts = {offer.verdict for offer in offers}
    if "proposed" in verdicts:
        return "offered"
    if any(offer.is_in_plan for offer in offers):
        return "closed"
    if "accepted" in verdicts:
        return "offered"  # agreed, but not part of the plan: it waits to join it
    return "refused" if "rejected" in verdicts else "open"


def _units(adjustment: Adjustment) -> float:
    amount = getattr(adjustment.change, "amount", None)
    return 0.0 if amount is None else float(amount.value)


def _offer(
    axes: Axes, root: str, titles: Mapping[str, str], row: AdjustmentRow, later: AdjustmentRow | None, comments: int
) -> Offer:
    adjustment = row.adjustment
    scope = adjustment.scope
    assert scope.first is not None, "an offer speaks of one bucket"
    verdicts = {row.verdict} | ({later.verdict} if later is not None else set())
    # Ruled on one by one they may differ: then it waits, unless some of it was turned down.
    verdict = (
        row.verdict if len(verdicts) == 1 else next((v for v in ("rejected", "withdrawn") if v in verdicts), "proposed")
    )
    last = row.rulings[-1]
    is_answered = verdict != "proposed"
    return Offer(
        id=row.id,
        place=(scope.item, scope.market, scope.first),
        quantity=-_units(adjustment),
        words=_words(axes, -_units(adjustment), later),
        reason=row.reason,
        by=row.author_name,
        author=row.author,
        made_at=row.made_at,
        verdict=verdict,
        verdict_label=str(ANSWERS[verdict]),
        badge=BADGES[verdict],
        answered_by=titles.get(last.by, last.by) if is_answered else "",
        because=last.because if is_answered else "",
        is_in_plan=verdict == "accepted" and root in row.scenarios,
        comments=comments,
    )


def _words(axes: Axes, units: float, later: AdjustmentRow | None) -> str:
    if later is None or later.adjustment.scope.first is None:
        return _("%(units)s not at all") % {"units": plain(units)}
    day = later.adjustment.scope.first
    calendar = axes.calendar
    bucket = calendar.index_of(day)
    return _("%(units)s in %(when)s instead") % {"units": plain(units), "when": calendar.label(bucket)}
