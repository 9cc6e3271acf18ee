"""An adjustment in a sentence, and the names of what it names: the same words on every page.

>>> from datetime import date
>>> from equipoise.demand.changes import FunctionInput
>>> from equipoise.core.adjustment import Amount
>>> scope = Scope(item="family:Laundry care", market="North", first=date(2026, 12, 1), last=date(2027, 3, 31))
>>> Words().of(Adjustment("a", FunctionInput(Amount("scale", 18.0)), scope))
'+18% on Laundry care in North, 1 Dec 2026 to 31 Mar 2027'
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.core.adjustment import Adjustment, Amount, Change, Scope, Spread
from equipoise.core.axes import Axes
from equipoise.core.calendar import MONTHS
from equipoise.core.form_field import fields_of
from equipoise_web.reads.numbers import plain
from equipoise_web.reads.snapshots import axes_of, open_snapshot

KIND_TITLES: dict[str, str | Promise] = {
    "history_hold": gettext_lazy("Hold of history"),
    "forecast_method": gettext_lazy("Forecast method"),
    "demand_input": gettext_lazy("Demand input"),
    "demand_override": gettext_lazy("Consensus override"),
    "demand_hold": gettext_lazy("Hold"),
    "promotion": gettext_lazy("Promotion or event"),
    "price": gettext_lazy("Price"),
    "exchange_rate": gettext_lazy("Exchange rate"),
    "capacity": gettext_lazy("Capacity"),
    "overtime": gettext_lazy("Overtime"),
    "production_override": gettext_lazy("Planned production"),
    "production_strategy": gettext_lazy("Production strategy"),
    "set_policy": gettext_lazy("Policy"),
    "launch_date": gettext_lazy("Launch date"),
    "launch": gettext_lazy("Launch size"),
    "end_date": gettext_lazy("Phase-out"),
}
FUNCTION_TITLES: dict[str, str | Promise] = {
    "demand": gettext_lazy("Demand planning"),
    "sales": gettext_lazy("Sales"),
    "marketing": gettext_lazy("Marketing"),
    "product": gettext_lazy("Product management"),
    "supply": gettext_lazy("Supply planning"),
    "operations": gettext_lazy("Operations"),
    "procurement": gettext_lazy("Procurement"),
    "finance": gettext_lazy("Finance"),
    "executive": gettext_lazy("Executive"),
    "coordinator": gettext_lazy("S&OP coordination"),
}
AS_IS: dict[str, str | Promise] = {
    "demand_hold": gettext_lazy("Held as it stands"),
    "history_hold": gettext_lazy("History held as it was sold"),
}
"""What holds do that state no amount."""
STRATEGIES: dict[str, str | Promise] = {
    "cheapest": gettext_lazy("Production as it is cheapest"),
    "level": gettext_lazy("Level production"),
    "hybrid": gettext_lazy("Production within %(within)s%% of one rate"),
    "chase": gettext_lazy("Production no earlier than needed"),
}
TABLES = {"item": "items", "market": "markets", "location": "locations", "resource": "resources"}


def kind_title(kind: str) -> str:
    """What people call a kind of adjustment.

    >>> kind_title("price"), kind_title("second_source")
    ('Price', 'Second source')
    """
    return str(KIND_TITLES.get(kind, kind.replace("_", " ").capitalize()))


def signed_amount(amount: Amount) -> str:
    """An amount as it was typed: `+18%`, `−50`, `1,200`.

    >>> signed_amount(Amount("scale", 18.0)), signed_amount(Amount("add", -50.0)), signed_amount(Amount("set", 1200.0))
    ('+18%', '−50', '1,200')
    """
    text = plain(amount.value)
    if amount.operation == "set":
        return text
    sign = "+" if amount.value >= 0 else ""
    return f"{sign}{text}%" if amount.operation == "scale" else f"{sign}{text}"


@dataclass(frozen=True)
class Words:
    """Says adjustments on the calendar of a snapshot, with the names of its items and places where it gives any."""

    axes: Axes | None = None
    names: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def of(self, adjustment: Adjustment) -> str:
        """What it does, where and when."""
        what = self.what(adjustment.change)
        if adjustment.change.stage == "policy":
            return what
        where, when = self.where(adjustment), self.when(adjustment.scope)
        said = what if adjustment.change.kind == "exchange_rate" else f"{what} {where}"
        if when and adjustment.change.stage != "portfolio":
            said = f"{said}, {when}"
        return said + self._after(adjustment.change)

    def what(self, change: Change) -> str:
        """What it does, without where: `+18%`, `Capacity +40 hours a bucket`."""
        given = {each.name: getattr(change, each.name) for each in fields(change)}  # type: ignore[arg-type]
        amount = signed_amount(given["amount"]) if isinstance(given.get("amount"), Amount) else ""
        said = {
            "history_hold": _("History held at %(amount)s"),
            "demand_hold": _("Held at %(amount)s"),
            "price": _("Price %(amount)s"),
            "exchange_rate": _("Exchange rate of %(currency)s %(amount)s"),
            "promotion": _("%(amount)s by an event"),
            "launch_date": _("Launch on %(day)s"),
            "end_date": _("Last sold on %(day)s"),
            "production_strategy": str(STRATEGIES.get(str(given.get("strategy")), "")),
        }
        if change.kind in ("demand_input", "demand_override"):
            return _("%(amount)s in total") % {"amount": amount} if given["amount"].operation == "set" else amount
        if change.kind in AS_IS and given["amount"] == Amount("scale", 0.0):
            return str(AS_IS[change.kind])
        if change.kind == "promotion":
            amount = signed_amount(Amount("scale", given["uplift_pct"]))
        if change.kind == "forecast_method":
            return _pin_words(str(given["method"]), str(given["season"]))
        if change.kind == "set_policy":
            return self._policy(str(given["knob"]), given["value"])
        if change.kind in said:
            day = given.get("launch_date", given.get("end_date"))
            return said[change.kind] % {
                "amount": amount,
                "day": self._plain(day),
                "currency": given.get("currency", ""),
                "within": self._plain(given.get("within_pct")),
            }
        return self._in_general(change, given)

    def _policy(self, knob: str, value: object) -> str:
        """`Service level pct: 97`."""
        word = (_("yes") if value else _("no")) if isinstance(value, bool) else self._plain(value)
        return f"{knob.replace('_', ' ').capitalize()}: {word}"

    def where(self, adjustment: Adjustment) -> str:
        """`on Laundry care in North`; all of it where the scope names nothing."""
        scope = adjustment.scope
        parts = []
        of_items = (
            adjustment.change.stage not in ("supply", "policy") or adjustment.change.kind == "production_strategy"
        )
        if scope.item or of_items:
            parts.append(_("on %(item)s") % {"item": self.name("item", scope.item) or _("all items")})
        if scope.market:
            parts.append(_("in %(market)s") % {"market": self.name("market", scope.market)})
        if scope.location:
            parts.append(_("at %(location)s") % {"location": self.name("location", scope.location)})
        if scope.resource or not parts:
            parts.append(
                _("on %(resource)s") % {"resource": self.name("resource", scope.resource) or _("all resources")}
            )
        return " ".join(parts)

    def when(self, scope: Scope) -> str:
        """`Dec 2026 to Mar 2027`, by the buckets of the calendar; blank where the scope has no days."""
        first, last = (self._bucket(day) for day in (scope.first, scope.last))
        if first and last:
            return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}
        if first:
            return _("from %(first)s") % {"first": first}
        return _("until %(last)s") % {"last": last} if last else ""

    def name(self, dimension: str, node: str) -> str:
        """What people call a node: the name of a leaf, else its code without its level."""
        level, _sign, code = node.partition(":")
        if code and self.axes is not None and level not in self.axes.hierarchy(dimension).levels:
            return node
        return self.names.get((dimension, code or node), code or node)

    def _bucket(self, day: date | None) -> str:
        if day is None:
            return ""
        if self.axes is None:
            return day_words(day)
        calendar = self.axes.calendar
        number = calendar.index_of(day)
        if not -calendar.first <= number < len(calendar.starts) - calendar.first:
            return day_words(day)
        return calendar.label(number)

    def _after(self, change: Change) -> str:
        """What an event takes from the buckets after it, and the last day of a hold."""
        last = getattr(change, "expires_on", None)
        if last is not None:
            return "; " + _("holds until %(day)s") % {"day": day_words(last)}
        share, buckets = getattr(change, "forward_buy_pct", 0.0), getattr(change, "forward_buy_buckets", 0)
        if not share or not buckets:
            return ""
        said = {"share": plain(share), "buckets": buckets}
        return "; " + _("%(share)s%% of the next %(buckets)s buckets bought ahead") % said

    def _in_general(self, change: Change, given: Mapping[str, object]) -> str:
        """`Capacity +40 hours a bucket`: the kind, and every field that was given."""
        said = fields_of(type(change))
        parts = [kind_title(change.kind)]
        for name, value in given.items():
            text = "" if isinstance(value, Spread) or value in (None, "", Amount("scale", 0.0)) else self._plain(value)
            if not text:
                continue
            unit = "" if text.endswith("%") or not said[name].unit else f" {said[name].unit}"
            parts.append(f"{text}{unit}" if name == "amount" else f"{said[name].label.lower()} {text}{unit}")
        return " ".join(parts[:2]) + "".join(f", {part}" for part in parts[2:])

    @staticmethod
    def _plain(value: object) -> str:
        if isinstance(value, Amount):
            return signed_amount(value)
        if isinstance(value, date):
            return day_words(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return plain(float(value))
        return ", ".join(str(part) for part in value) if isinstance(value, tuple) else str(value)


def _pin_words(method: str, season: str) -> str:
    """`Forecast by seasonal naive`, `Forecast with a flat season`."""
    seasons = {"flat": _("no season"), "own": _("its own season alone"), "family": _("its family's season alone")}
    if method == "auto":
        said = {"season": seasons.get(season, "")}
        return _("Forecast with %(season)s") % said if season != "auto" else _("Forecast as it is found")
    by = _("Forecast by %(method)s") % {"method": method}
    return by if season == "auto" else f"{by}, {seasons[season]}"


def day_words(day: date) -> str:
    """`31 Dec 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


@lru_cache(maxsize=4)
def words_of(snapshot: str) -> Words:
    """The words of a sealed snapshot; blank: codes and days."""
    if not snapshot:
        return Words()
    tables = open_snapshot(snapshot)
    names = {
        (dimension, code): name
        for dimension, table in TABLES.items()
        if tables.has(table) and "name" in tables.table(table).columns
        for code, name in tables.table(table).select(dimension, "name").iter_rows()
        if name
    }
    return Words(axes_of(snapshot), names)
