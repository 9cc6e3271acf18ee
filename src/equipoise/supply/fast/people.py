"""People and hours of a plan that is already made: how many workers, what overtime, what extra shift.

Workers are chosen first (`workers`), for the hours that the plan asks for; then who works when.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.supply.columns import Block, Columns
from equipoise.supply.network.network import Network

DUST = 1e-7


@dataclass(frozen=True, eq=False)
class People:
    """Clock hours of R resources and workers of W workforces over T buckets."""

    regular: FloatArray
    overtime: FloatArray
    shift: FloatArray
    """[X, T] share of the extra shift, of the resources that can work one."""
    missing: FloatArray
    """[R, T] standard hours beyond all capacity."""
    workers: FloatArray
    hired: FloatArray
    laid_off: FloatArray
    worked: FloatArray
    """[R, T] clock hours worked in all."""

    def blocks(self, columns: Columns) -> tuple[tuple[Block, FloatArray], ...]:
        """The columns of the model that these hours and people fill."""
        return (
            (columns.regular, self.regular),
            (columns.overtime, self.overtime),
            (columns.shift, self.shift),
            (columns.hours_slack, self.missing),
            (columns.workers, self.workers),
            (columns.hired, self.hired),
            (columns.laid_off, self.laid_off),
        )


def choose_people(
    network: Network, load: FloatArray, choose_workers: Callable[[Network, FloatArray], FloatArray]
) -> People:
    """Cheapest workers for a load [R, T] in standard hours, then regular hours, overtime and extra shifts in this
    order."""
    capacity = network.capacity
    crews = capacity.workforce
    clock = load / np.where(capacity.rate > 0, capacity.rate, 1.0)[:, None]
    workers = choose_workers(network, clock[crews])
    before = np.concatenate([capacity.workers[crews, None], workers[:, :-1]], axis=1)
    room = capacity.clock + network.stock_rules.storage.relief
    extra = capacity.overtime.copy()
    machine = room[crews]
    room[crews] = np.minimum(workers * capacity.hours_per_worker[crews], machine)
    most = workers * capacity.overtime_per_worker[crews] + capacity.overtime_extra[crews]
    extra[crews] = np.minimum(np.minimum(most, capacity.overtime[crews]), np.maximum(machine - room[crews], 0.0))
    if network.rules.is_infinite:
        room, extra = np.full(room.shape, np.inf), np.zeros(extra.shape)
    regular = np.minimum(clock, room)
    overtime = np.minimum(clock - regular, extra)
    rest = np.maximum(clock - regular - overtime, 0.0)
    shifts = capacity.shifts
    share = np.ones((len(shifts), load.shape[1]))
    share[:, 0] = capacity.to_go[shifts]
    shift = np.minimum(rest[shifts] / np.maximum(capacity.shift_hours[shifts, None], DUST), share)
    rest[shifts] -= shift * capacity.shift_hours[shifts, None]
    return People(
        regular,
        overtime,
        shift,
        np.where(rest > DUST, rest, 0.0) * capacity.rate[:, None],
        workers,
        np.maximum(workers - before, 0.0),
        np.maximum(before - workers, 0.0),
        clock - rest,
    )
