"""What stops work from being done earlier, and what gaps answered before took, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.balance.about import about
from equipoise.balance.early import Stop
from equipoise.balance.gap_options import Given
from equipoise.balance.gaps import Gap
from equipoise.balance.ground import Ground
from equipoise.balance.takes import Cell
from equipoise_web.reads.in_words import Words
from equipoise_web.reads.numbers import shown

MOST = 3
"""Of what stops an option, and of what others took, so many are told, the most hours first."""
STOPPED: dict[str, str | Promise] = {
    "line": gettext_lazy("%(what)s has no more hours idle"),
    "supplier": gettext_lazy("%(what)s gives no more"),
    "lead_time": gettext_lazy("%(what)s cannot be had by then"),
    "no_source": gettext_lazy("nothing supplies %(what)s"),
    "storage": gettext_lazy("the room of %(what)s is full"),
    "most_stock": gettext_lazy("%(what)s may not stand there in greater number"),
    "shelf_life": gettext_lazy("%(what)s would grow too old"),
}


def stop_words(gap: Gap, stops: tuple[Stop, ...], words: Words) -> str:
    """`Nov 2026: Surfactant cannot be had by then (116 h less)`, those that keep the most hours back first."""
    label, unit = gap.ground.plan.axes.calendar.label, _("h") if gap.kind == "hours" else _("units")
    said = [
        _("%(when)s: %(why)s (%(n)s less)")
        % {
            "when": label(each.bucket),
            "why": str(STOPPED[each.sort]) % {"what": name_of(gap.ground, each.cell, words)},
            "n": f"{shown(each.hours)}\u00a0{unit}",
        }
        for each in sorted(stops, key=lambda stop: (-stop.hours, stop.bucket))[:MOST]
    ]
    return "; ".join(said)


def given_words(ground: Ground, given: tuple[Given, ...], words: Words) -> str:
    """`9 h of Capsule line in Oct 2027 (Capsule line, Apr 2028)`, and how many more."""
    label = ground.plan.axes.calendar.label
    ordered = sorted(given, key=lambda each: (each.cell[0] != "hours", -each.quantity))
    said = [
        _("%(n)s of %(what)s in %(when)s (for %(where)s, %(gap)s)")
        % {
            "n": f"{shown(each.quantity)}\u00a0{_('h') if each.cell[0] == 'hours' else _('units')}",
            "what": name_of(ground, each.cell, words),
            "when": label(each.cell[2]),
            "where": place_words(ground, each.where, words),
            "gap": label(each.bucket),
        }
        for each in ordered[:MOST]
    ]
    if len(given) > MOST:
        said.append(_("and %(n)s more") % {"n": len(given) - MOST})
    return "; ".join(said)


def name_of(ground: Ground, cell: Cell, words: Words) -> str:
    """The name of what a cell is about."""
    if cell[0] == "limit":
        return limit_name(ground, cell[1], words)
    named = about(ground, cell)
    return named.what if named.sort == "option" else words.name(named.sort, named.what)


def place_words(ground: Ground, where: str, words: Words) -> str:
    """The name of a gap's place: of a resource, or of a supplier's limit."""
    numbers = [n for n, limit in enumerate(ground.network.limits) if limit.where == where]
    return limit_name(ground, numbers[0], words) if numbers else words.name("resource", where)


def limit_name(ground: Ground, number: int, words: Words) -> str:
    """`surfachem: Surfactant at Plant West`."""
    limit = ground.network.limits[number]
    keys = dict(limit.keys)
    if not {"supplier", "item", "location"} <= set(keys):
        return limit.where
    said = {
        "supplier": keys["supplier"],
        "item": words.name("item", keys["item"]),
        "location": words.name("location", keys["location"]) if keys["location"] else "",
    }
    return (
        _("%(supplier)s: %(item)s at %(location)s") % said
        if said["location"]
        else f"{said['supplier']}: {said['item']}"
    )
