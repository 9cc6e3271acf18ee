"""The figures of an exact run of the slider, which a job found: the difference of two whole plans."""

from django.utils.translation import gettext as _

from equipoise_web.reads.capacity_cells import said_pct
from equipoise_web.reads.capacity_effect_parts import ExactLine
from equipoise_web.reads.capacity_scope import Seen
from equipoise_web.reads.effect import Effect, signed_money
from equipoise_web.reads.in_words import words_of
from equipoise_web.reads.numbers import shown, signed


def exact_lines(effect: Effect, seen: Seen) -> tuple[ExactLine, ...]:
    """The figures of an exact run: service, margin, the load that matters most."""
    found = []
    if effect.fill_before_pct is not None and effect.fill_after_pct is not None:
        found.append(
            ExactLine(
                _("Fill rate"),
                f"{shown(effect.fill_before_pct, decimals=2)} → {shown(effect.fill_after_pct, decimals=2)}%",
                _("%(points)s pp") % {"points": signed(effect.fill_after_pct - effect.fill_before_pct, decimals=2)},
            )
        )
    if effect.margin_amount is not None:
        found.append(
            ExactLine(_("Gross margin"), signed_money(effect.currency, effect.margin_amount), _("over the horizon"))
        )
    if effect.load is not None:
        words = words_of(seen.plan.snapshot_id)
        where = {"name": words.name("resource", effect.load.resource), "when": effect.load.bucket}
        found.append(
            ExactLine(
                _("Highest load that moves"),
                f"{shown(effect.load.before_pct)} → {said_pct(effect.load.after_pct)}",
                _("%(name)s in %(when)s") % where,
            )
        )
    return tuple(found)
