"""What making something earlier takes, and what stops it: hours, suppliers, components, room and shelf life.

The infinite plan makes a unit in one bucket; made d buckets earlier it takes hours of every line of its route there,
its components, which come from spare stock first and then from their own first source, earlier by as much, and the room
in which it waits. A component that is bought earlier needs a supplier with something left of its limit, and its lead
time; one that is made earlier needs the same in turn (ASCM dictionary: capable-to-promise).

Spare stock is what the infinite plan holds beyond safety stock at every close until the component would have been
used. Stock that gets free by taking components early makes no room in storage: it is not counted.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from equipoise.balance.ground import Ground
from equipoise.balance.mix import NOTHING
from equipoise.balance.slack import Slack
from equipoise.balance.takes import Cell, Use

Sort = Literal["line", "supplier", "lead_time", "no_source", "storage", "most_stock", "shelf_life"]
ROOMS: dict[str, Sort] = {"most": "most_stock", "shelf": "shelf_life"}
"""What stock may stop at, by the sort of its cell; else it is storage."""
TRIES = 6
"""Times that a quantity is cut where two components share what runs out."""


@dataclass(frozen=True)
class Stop:
    """What keeps work from being done earlier."""

    sort: Sort
    cell: Cell
    """What runs out; of a lead time or a missing source the stock row."""
    bucket: int = 0
    """In which the work would have been done."""
    hours: float = 0.0
    """Hours of the gap that it keeps back in that bucket, though the line itself is idle."""


@dataclass(frozen=True, eq=False)
class Early:
    """The question what can be made earlier on some slack, for whom some resources and limits may be told."""

    ground: Ground
    slack: Slack

    def units(self, row: int, bucket: int, instead: int) -> tuple[float, Stop | None]:
        """Good units of a stock row that its first source can make counted in `bucket` instead of later, and the first
        thing that stops more of it; the line that is asked about is among what may stop it.
        """
        most, stop = self._made(row, bucket, instead)
        for cell, volume in self._room(row, bucket, instead):
            there = max(self.slack.free(cell), 0.0) / volume
            if there < most:
                most, stop = there, Stop(ROOMS.get(cell[0], "storage"), cell)
        return most, stop

    def uses(self, row: int, bucket: int, instead: int, units: float) -> tuple[float, tuple[Use, ...]]:
        """So many units made earlier, fewer where components share what runs out, and what one of them takes and gives
        back."""
        for _ in range(TRIES):
            found: dict[Cell, float] = defaultdict(float)
            self._make(found, row, bucket, instead, units)
            for cell, volume in self._room(row, bucket, instead):
                found[cell] += units * volume
            least = min(
                (max(self.slack.free(cell), 0.0) / used for cell, used in found.items() if used > NOTHING), default=1.0
            )
            if least >= 1.0 - NOTHING or units <= NOTHING:
                each = ((cell, used / units) for cell, used in sorted(found.items()) if units > NOTHING)
                return units, tuple(each)
            units *= least
        return 0.0, ()

    def _made(self, row: int, bucket: int, instead: int) -> tuple[float, Stop | None]:
        """Units that the first source of a stock row can make earlier."""
        ground = self.ground
        route = int(ground.infinite.route[row])
        if bucket < 0 or not ground.network.routes.is_open[route, bucket]:
            return 0.0, Stop("lead_time", ("stock", row, max(bucket, 0)))
        most, stop = float("inf"), None
        for cell, each in self._told(ground.takes.cells(route, bucket)):
            there = max(self.slack.free(cell), 0.0) / each
            if there < most:
                most, stop = there, Stop("supplier" if cell[0] == "limit" else "line", cell)
        for part, each in ground.takes.parts(route, bucket):
            there, why = self._there(part, bucket, instead)
            if there / each < most:
                most, stop = there / each, why
        return most, stop

    def _there(self, part: int, bucket: int, instead: int) -> tuple[float, Stop | None]:
        """Units of a component that can be had in a bucket instead of later: from stock, then from its source."""
        stocked = self._stocked(part, bucket, instead)
        route = int(self.ground.infinite.route[part])
        if route >= 0:
            lag = self._lag(route)
            more, stop = self._made(part, bucket - lag, instead - lag)
            return stocked + more, stop
        origins = self.ground.takes.origins(part, instead)
        if not origins:
            return stocked, Stop("no_source", ("stock", part, bucket))
        most, stop = float("inf"), None
        for origin, lag, share in origins:
            there, why = self._sent(part, origin, bucket, instead, lag)
            if there / share < most:
                most, stop = there / share, why
        return stocked + most, stop

    def _sent(self, part: int, origin: int, bucket: int, instead: int, lag: int) -> tuple[float, Stop | None]:
        """Units of a component that can be sent earlier from where it comes from."""
        if bucket < lag:
            return 0.0, Stop("lead_time", ("stock", part, bucket))
        return self._there(origin, bucket - lag, instead - lag)

    def _make(self, found: dict[Cell, float], row: int, bucket: int, instead: int, units: float) -> None:
        route, takes = int(self.ground.infinite.route[row]), self.ground.takes
        # What was not planned to be made later gives nothing back there.
        made: Cell = ("made", row, instead)
        back = min(units, max(self.slack.free(made) - found[made], 0.0))
        found[made] += back
        for cell, each in self._told(takes.cells(route, bucket)):
            found[cell] += units * each
        for cell, each in self._told(takes.cells(route, instead)):
            found[cell] -= back * each
        for part, each in takes.parts(route, bucket):
            self._draw(found, part, bucket, instead, units * each)

    def _draw(self, found: dict[Cell, float], part: int, bucket: int, instead: int, units: float) -> None:
        stocked = min(units, self._stocked(part, bucket, instead))
        for at in range(bucket, instead):
            found["stock", part, at] += stocked
        rest, route = units - stocked, int(self.ground.infinite.route[part])
        if rest <= NOTHING:
            return
        if route >= 0:
            lag = self._lag(route)
            self._make(found, part, bucket - lag, instead - lag, rest)
            return
        for origin, lag, share in self.ground.takes.origins(part, instead):
            self._draw(found, origin, bucket - lag, instead - lag, rest * share)

    def _stocked(self, part: int, bucket: int, instead: int) -> float:
        return max(min((self.slack.free(("stock", part, at)) for at in range(bucket, instead)), default=0.0), 0.0)

    def _lag(self, route: int) -> int:
        """Buckets from the one by which a route is counted to its arrival."""
        routes = self.ground.network.routes
        return int(routes.lag[route]) if routes.is_own[route] else 0

    def _room(self, row: int, bucket: int, instead: int) -> list[Use]:
        """Room that a unit of a stock row takes while it waits."""
        lag = self._lag(int(self.ground.infinite.route[row]))
        closes = range(bucket + lag, min(instead + lag, self.ground.network.horizon))
        rooms = self.ground.takes.rooms(row)
        return self._told([((sort, number, at), volume) for sort, number, volume in rooms for at in closes])

    def _told(self, uses: list[Use]) -> list[Use]:
        """Without resources and suppliers that may not be told of: what they have left is not asked."""
        return [use for use in uses if self.ground.tells(use[0])]
