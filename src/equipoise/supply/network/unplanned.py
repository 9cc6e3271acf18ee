"""Columns of the tables of supply that hold values and that nothing in the supply plan obeys: said, not hidden."""

import polars as pl

from equipoise.core.finding import Finding
from equipoise.core.measure import Grain
from equipoise.core.stage import Inputs
from equipoise.supply.findings import LOTS_NOT_PLANNED, NOT_PLANNED
from equipoise.supply.network.flows import Flows
from equipoise.supply.network.lots import lots_beside_shares
from equipoise.supply.network.routes import lot_findings

UNPLANNED = {
    "resources": {"historical_share_pct": "shares for capacity planning by overall factors"},
    "routings": {"skill": "skills of workers"},
    "lanes": {"transfer_price": "prices between companies"},
}
"""Column and what it would say, by table."""


def unplanned_columns(inputs: Inputs, flows: Flows, *, has_whole_lots: bool) -> list[Finding]:
    """A finding for each such column that holds a value in some row, and for lots of lanes that are not kept."""
    found = _lots_beside_shares(inputs, flows) if has_whole_lots else lot_findings(lanes=inputs.table("lanes"))
    for table, columns in UNPLANNED.items():
        frame = inputs.table(table)
        for column, words in columns.items():
            filled = pl.col(column).is_not_null() & (pl.col(column).cast(pl.String) != "")
            count = frame.filter(filled).height
            if count:
                text = f"{count} rows of table {table} fill {column} ({words})"
                found.append(NOT_PLANNED.found(f"table {table}", text, count=count))
    beside = pl.col("units").is_not_null() & pl.col("capacity_hours").is_not_null() & (pl.col("type") != "storage")
    counted = inputs.table("resources").filter(beside & (pl.col("units") != 1.0))["resource"].sort().to_list()
    if counted:
        text = f"{len(counted)} resources fill units beside capacity_hours, which are those of all units: {counted[0]}"
        found.append(NOT_PLANNED.found("table resources", text, count=len(counted)))
    transport = inputs.table("resources").filter(pl.col("type") == "transport")["resource"].to_list()
    used = set(inputs.table("routings")["resource"].to_list())
    for name in ("subcontracting", "purchasing"):
        used |= set(inputs.table(name)["resource"].to_list())
    idle = sorted(set(transport) - used)
    if idle:
        text = f"{len(idle)} resources of type transport are named by no route; lanes are limited by max_qty: {idle[0]}"
        found.append(NOT_PLANNED.found("table resources", text, count=len(idle)))
    return found


def _lots_beside_shares(inputs: Inputs, flows: Flows) -> list[Finding]:
    rows = lots_beside_shares(inputs.axes, inputs.table("lanes"), flows)
    if not len(rows):
        return []
    item, begin, end = inputs.keys(Grain.FLOW).labels(int(rows[0]))
    text = f"{len(rows)} lanes carry a fixed share and keep no lots beside it, first {item} from {begin} to {end}"
    return [LOTS_NOT_PLANNED.found("table lanes", text, count=len(rows))]
