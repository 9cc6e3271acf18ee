"""Who firmed what a route makes: the person behind a cell of production that the plan did not choose itself."""

import numpy as np

from equipoise.explain.cell import Cell
from equipoise.explain.limit_rows import Block
from equipoise.explain.node import Node, known, number
from equipoise.explain.person import person_words
from equipoise.supply.firm_production import BY_ARRAY, overrides_of


def firmed_by(cell: Cell) -> Node | None:
    """The person whose planned production the cell of one route is; None where the plan chose it, or for others."""
    if cell.name not in ("production_qty", "production_started_qty"):
        return None
    row, bucket = int(cell.rows[0]), cell.bucket
    if cell.name == "production_started_qty":  # it is firm by what it finishes
        bucket = int(cell.supply.routes.arrival[row, bucket])
    return _person(cell, row, bucket, cell.value)


def firm_blocks(cell: Cell, route: int, bucket: int) -> list[Block]:
    """What blocks one more unit of a route in its bucket of arrival: that somebody firmed how many it makes."""
    made = known(float(cell.supply.values("production_qty")[route, bucket]))
    person = _person(cell, route, bucket, made)
    if person is None:
        return []
    when = cell.plan.axes.calendar.label(bucket)
    return [Block(None, f"firm at {number(made)} in {when}: the plan may not make one more", lambda: (person,))]


def _person(cell: Cell, row: int, bucket: int, value: float | None) -> Node | None:
    arrays = cell.plan.sections["supply"].arrays
    if BY_ARRAY not in arrays:
        return None
    by = np.asarray(arrays[BY_ARRAY])
    told = int(by[row, bucket]) if 0 <= bucket < by.shape[1] else -1
    if told < 0:
        return None
    adjustment = overrides_of(cell.plan.adjustments)[told]
    return Node("Person", value, person_words(cell, adjustment), ref=adjustment.id)
