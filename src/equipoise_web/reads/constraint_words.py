"""What a limit that binds is called, where it is, what it is counted in, and what a usual step of it is."""

from dataclasses import dataclass

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.core.grid import IntArray
from equipoise.core.measure import Grain
from equipoise.supply.binding import Binding
from equipoise_web.reads.in_words import Words
from equipoise_web.reads.numbers import plain
from equipoise_web.reads.supply_optimum import Solved

KINDS: dict[str, str | Promise] = {
    "hours": gettext_lazy("Capacity"),
    "overtime": gettext_lazy("Overtime"),
    "shift": gettext_lazy("Extra shift"),
    "workers": gettext_lazy("Workers"),
    "purchasing": gettext_lazy("Supplier"),
    "subcontracting": gettext_lazy("Subcontractor"),
    "lanes": gettext_lazy("Lane"),
    "fences": gettext_lazy("Frozen by the planning fence"),
    "receipts": gettext_lazy("Firm receipt"),
    "storage": gettext_lazy("Storage"),
    "most_stock": gettext_lazy("Most stock"),
}
UNITS: dict[str, str | Promise] = {
    "hours": gettext_lazy("hours"),
    "overtime": gettext_lazy("hours"),
    "shift": gettext_lazy("shifts"),
    "workers": gettext_lazy("workers"),
    "storage": gettext_lazy("units of room"),
}
ONE_AT_A_TIME = ("shift", "workers")
"""What is had one by one, not in percent."""
STEP_PCT = 10.0


@dataclass(frozen=True, eq=False)
class Limit:
    """A limit that binds, with its rows: where it is, what it is on, whom it concerns."""

    binding: Binding
    kind: str
    """Key of `KINDS`."""
    name: str
    site: str
    """Code of the location; blank where it has none."""
    resource: str
    """Code, of hours, overtime, shifts and workers; blank for others."""
    item: str
    """Node, where it is on one item or family; blank for others."""
    grain: Grain
    rows: IntArray
    """Rows of the grain that use it."""

    @property
    def unit(self) -> str:
        """What it is counted in."""
        return str(UNITS.get(self.kind, _("units")))

    @property
    def step(self) -> float:
        """A usual step, in the unit: of what is shut, one."""
        return 1.0 if self.is_by_one else self.binding.most * STEP_PCT / 100.0

    @property
    def is_by_one(self) -> bool:
        """True if its step is one unit."""
        return self.kind in ONE_AT_A_TIME or self.binding.most <= 0

    @property
    def money(self) -> float:
        """What a usual step would save, as long as nothing else binds before."""
        return self.binding.worth * self.step

    @property
    def step_words(self) -> str:
        """`+1 shift`, `+10%: 25 hours`."""
        if self.is_by_one:
            return _("+1 of its %(unit)s") % {"unit": self.unit}
        said = {"percent": plain(STEP_PCT), "step": plain(self.step), "unit": self.unit}
        return _("+%(percent)s%%: %(step)s %(unit)s") % said


def limit_of(solved: Solved, words: Words, found: Binding) -> Limit:
    """What one row of the constraint list is about."""
    network = solved.model.network
    axes, keys = network.axes, network.axes.keys
    if found.kind in ("hours", "overtime", "shift", "workers"):
        code = axes.resources.leaves[found.row]
        level = "location" if "location" in axes.resources.levels else ""
        site = axes.resources.codes(level)[found.row] if level else ""
        used = network.routes.load_route[network.routes.load_resource == found.row]
        return Limit(found, found.kind, words.name("resource", code), site, code, "", Grain.MAKE, np.unique(used))
    if found.kind == "limit":
        limit = network.limits[found.row]
        by = dict(limit.keys)
        site = by.get("location") or by.get("from_location") or ""
        grain = Grain.MAKE if limit.block == "make" else Grain.FLOW
        item = by.get("item") or _only_item(solved, grain, limit.members)
        return Limit(
            found, limit.table or "receipts", _limit_name(words, by, item), site, "", item, grain, limit.members
        )
    if found.kind == "storage":
        place = network.stock_rules.storage.places[found.row]
        rows = np.flatnonzero(keys[Grain.STOCK].column("location") == axes.locations.position[place])
        return Limit(found, "storage", words.name("location", place), place, "", "", Grain.STOCK, rows)
    row = int(network.stock_rules.most.rows[found.row])
    item, place = keys[Grain.STOCK].labels(row)
    name = _("%(item)s at %(place)s") % {"item": words.name("item", item), "place": words.name("location", place)}
    return Limit(found, "most_stock", name, place, "", item, Grain.STOCK, np.array([row], dtype=np.int64))


def _limit_name(words: Words, by: dict[str, str], item: str) -> str:
    """`surfachem to Plant West: RM-SURFACTANT`."""
    begin = by.get("supplier") or words.name("location", by.get("from_location", ""))
    end = by.get("to") or by.get("location", "")
    end = words.name("market" if ("market", end) in words.names else "location", end)
    what = words.name("item", item) or _("all items")
    if not begin:
        return what
    return _("%(begin)s to %(end)s: %(what)s") % {"begin": begin, "end": end, "what": what}


def _only_item(solved: Solved, grain: Grain, rows: IntArray) -> str:
    axes = solved.model.network.axes
    items = np.unique(axes.keys[grain].column("item")[rows])
    return axes.items.leaves[int(items[0])] if len(items) == 1 else ""
