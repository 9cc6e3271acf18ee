"""Planned production at once, before the exact plan: what people firmed over what the plan in force makes.

The estimate of stage supply moves production alone, and only where somebody firmed it: what else follows, stock, load,
cost, only the exact plan can tell. Amounts reach cells as the engine spreads them, in proportion to the plan in force.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from equipoise.core.adjustment import Adjustment
from equipoise.core.panel import Panel
from equipoise.core.section import Section
from equipoise.core.stage import Inputs
from equipoise.explain.supply_tables import SupplyTables
from equipoise.fold import asked_of
from equipoise.plan import Plan
from equipoise.stages import STAGES
from equipoise.supply.firm_production import firm_production, overrides_of
from equipoise.supply.network.network import Network
from equipoise_web.reads.grid_view import PRODUCTION
from equipoise_web.reads.plans import open_plan


def estimated_supply(before: Plan, adjustments: Sequence[Adjustment]) -> Section | None:
    """Stage supply of a published plan with other planned production; None where no more of it is asked for than the
    plan answers already."""
    asked, known = overrides_of(adjustments), [asked_of(each) for each in overrides_of(before.adjustments)]
    if all(asked_of(each) in known for each in asked):
        return None
    (stage,) = (each for each in STAGES if each.name == "supply")
    section = before.sections["supply"]
    inputs = Inputs(stage, before.snapshot, before.axes, before.policy, asked, before.sections, section)
    firm, findings = firm_production(inputs, network_of(before.digest))
    panel = section.panel_of(PRODUCTION)
    made = np.where(np.isnan(firm.good), panel[PRODUCTION], firm.good)
    panels = tuple(
        Panel(each.keys, {**each.measures, PRODUCTION: made}, each.first) if each is panel else each
        for each in section.panels
    )
    return replace(section, panels=panels, findings=tuple(findings))


@lru_cache(maxsize=4)
def network_of(digest: str) -> Network:
    """The supply network of a published plan, read once: that of a large company takes seconds."""
    return SupplyTables(open_plan(digest)).network
