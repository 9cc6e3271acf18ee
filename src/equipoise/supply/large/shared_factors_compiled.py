"""Twin of `shared_factors.add_lower`: entry by entry in compiled code."""

from equipoise.core.compiling import compiled
from equipoise.core.grid import FloatArray, IntArray
from equipoise.supply.large.shared_factors import Panels


def add_lower(panels: Panels, matrix: FloatArray, rows: IntArray) -> None:
    """As `shared_factors.add_lower`."""
    _add_lower(
        matrix,
        rows,
        panels.rest,
        panels.dense,
        panels.node,
        panels.first,
        panels.values,
        panels.starts,
        panels.rows,
        panels.row_starts,
    )


@compiled
def _add_lower(
    matrix: FloatArray,
    rows: IntArray,
    rest: int,
    dense: FloatArray,
    node: IntArray,
    first: IntArray,
    values: FloatArray,
    starts: IntArray,
    panel_rows: IntArray,
    row_starts: IntArray,
) -> None:
    count = len(rows)
    for column in range(count):
        row = rows[column]
        if row >= rest:
            for at in range(column, count):
                dense[rows[at] - rest, row - rest] += matrix[at, column]
            continue
        one = node[row]
        begin, height = row_starts[one], row_starts[one + 1] - row_starts[one]
        place, start = row - first[one], starts[one] + (row - first[one]) * height
        for at in range(column, count):
            while panel_rows[begin + place] < rows[at]:
                place += 1
            values[start + place] += matrix[at, column]
