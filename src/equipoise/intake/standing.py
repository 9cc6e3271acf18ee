"""What stands in a draft's rows now: the cells that were delivered, with the corrections of people in them.

Text as it was delivered, before units are converted, rows are added up or left out: what a further correction begins
from.
"""

from collections.abc import Mapping

import polars as pl

from equipoise.core.correction import plain_cell, type_of
from equipoise.core.tables import table
from equipoise.intake.correct import corrected, folded
from equipoise.intake.delivery import stacked
from equipoise.intake.draft import Draft
from equipoise.intake.order_lines import without_replaced
from equipoise.intake.readers.raw import LAYER


def standing_rows(draft: Draft, name: str, key: Mapping[str, str]) -> pl.DataFrame:
    """Rows of a table that agree with `key` as they stand: string columns with FILE and LINE, in order of delivery.

    Of rows that agree, those of the newest delivery; none that a person left out. Cells are compared as corrections
    compare them: 40 is 40.0, a blank is a column that was not given. Raises UnknownName for a table that is none.
    """
    declared = table(name)
    deliveries, _ = without_replaced(draft.given.deliveries)
    if name not in deliveries:
        return pl.DataFrame()
    mine = [each for each in folded(draft.given.corrections) if each.table == name]
    carried = sum(delivery.is_carried for delivery in deliveries[name])
    mended = corrected(declared, stacked(deliveries[name]), mine, carried)
    out = [each.row for each in mended.excluded]
    rows = mended.delivery.rows.with_row_index("@at").filter(~pl.col("@at").is_in(out)).drop("@at")
    for column, cell in key.items():
        kind = type_of(declared, column)
        wanted = plain_cell(kind, cell)
        if column in rows.columns:
            texts = rows[column].unique().to_list()
            rows = rows.filter(pl.col(column).is_in([text for text in texts if plain_cell(kind, text) == wanted]))
        elif wanted:
            rows = rows.clear()
    return rows.filter(pl.col(LAYER) == pl.col(LAYER).max()).drop(LAYER)
