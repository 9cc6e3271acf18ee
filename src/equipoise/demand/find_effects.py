"""Which known causes bent the history of the plan, and will bend its demand: calendars first, then indicators."""

from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.stage import Inputs
from equipoise.demand.calendar_effects import calendar_effects
from equipoise.demand.cleansing import Cleansed
from equipoise.demand.effects import Effect, Effects
from equipoise.demand.history import History, demand_to_train
from equipoise.demand.indicators import indicator_effects


def find_effects(inputs: Inputs, history: History, sold: FloatArray, cleansed: Cleansed, family: IntArray) -> Effects:
    """Effects on demand, from history `cleansed` of events; nothing where the policy or the tables have none."""
    found, findings = list[Effect](), []
    first, end = history.first, history.end
    if inputs.knob("calendar_effects") == "auto" and inputs.has("calendars"):
        y, _ = demand_to_train(sold, cleansed.sold)
        effects, told = calendar_effects(inputs, y, family, first=first, end=end)
        found += effects
        findings += told
    if inputs.knob("indicators") == "auto" and inputs.has("indicators"):
        without = Effects(tuple(found)).cleaned(cleansed).sold
        y, _ = demand_to_train(sold, without)
        effects, told = indicator_effects(inputs, y, family, first=first, end=end)
        found += effects
        findings += told
    return Effects(tuple(found), tuple(findings))
