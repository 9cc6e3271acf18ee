"""Working days, feasts that move and leading indicators in an explanation: which rows say so."""

import polars as pl

from equipoise.demand.effects import HOLIDAY, INDICATOR, WORKING_DAYS
from equipoise.explain.node import Node
from equipoise.explain.source import file_words
from equipoise.plan import Plan


def effect_node(plan: Plan, cause: str, amount: float) -> Node | None:
    """What an effect put into a cell, as one leaf; None for any other cause."""
    if cause == WORKING_DAYS:
        text = f"working days more or less than usual in this bucket: table calendars{file_words(plan, 'calendars')}"
        return Node("Source", amount, text)
    if cause.startswith(HOLIDAY):
        name = cause.removeprefix(HOLIDAY)
        text = f"{name} and the week before it fall into other buckets than usual: table calendars"
        return Node("Source", amount, f"{text}{file_words(plan, 'calendars')}")
    if cause.startswith(INDICATOR):
        name = cause.removeprefix(INDICATOR)
        rows = plan.snapshot.table("indicators").filter(
            (pl.col("indicator") == name) & (pl.col("date") <= plan.head.history_to)
        )
        text = f"indicator {name}, {rows.height} values up to {plan.head.history_to}: table indicators"
        return Node("Source", amount, f"{text}{file_words(plan, 'indicators')}")
    return None
