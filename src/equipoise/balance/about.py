"""What a cell is about, in codes: the resource, limit, item, location or option that runs out."""

from dataclasses import dataclass
from typing import Literal

from equipoise.balance.ground import Ground
from equipoise.balance.takes import Cell
from equipoise.core.measure import Grain


@dataclass(frozen=True)
class About:
    """The codes of a cell."""

    sort: Literal["resource", "limit", "item", "location", "option"]
    what: str
    location: str = ""
    """Of a resource or item."""


def about(ground: Ground, cell: Cell) -> About:
    """The codes of a cell. A bucket beyond the horizon names nothing else than one inside."""
    sort, number, _ = cell
    if sort == "hours":
        return About("resource", ground.plan.axes.resources.leaves[number], ground.network.capacity.location[number])
    if sort == "limit":
        return About("limit", ground.network.limits[number].where)
    if sort == "place":
        return About("location", ground.network.stock_rules.storage.places[number])
    if sort == "list":
        return About("option", str(ground.listed[number]["option"]))
    row = int(ground.network.stock_rules.most.rows[number]) if sort == "most" else number
    return About("item", *ground.plan.axes.keys[Grain.STOCK].labels(row))
