"""Demand Review: what customers would buy if we could always supply, and how every function's view entered it.

**In S&OP words.** The demand plan is built in layers that stay visible: the baseline forecast (statistical, or
imported; with launches and successions), events that lift it, what sales, marketing, product management and finance
each think, the consensus that the demand manager signs, and the contracts that bind it. It is unconstrained: capacity
and budget do not enter. Open orders then consume the forecast they were part of, so that supply is asked for each unit
once. An event counts once: what is past is cleaned out of the history that the baseline is forecast from, what is ahead
is demand on top.

**Inputs.** Tables sales_history, forecast, launches, events, commitments, planning_bills, open_orders, fences, items,
uoms, forecast_archive, calendars, indicators; knobs baseline, demand_capture, cleansing, outliers, level_shifts,
missing_history, calendar_effects, indicators, reconciliation, weight_*_pct, bias_correction_*, consume_back,
consume_forward; `demand_active_ratio`, `demand_succeeded_ratio`, `launch_ramp_ratio` and `launch_steady_qty` of stage
portfolio; adjustments of the kinds in `changes`.

**Outputs.** Stage `baseline`: history_ordered_qty, history_shipped_qty, history_cleansed_qty (closed buckets, the last
with postings by event and by rule), demand_baseline_qty, demand_overplanned_qty, demand_error_sd, demand_bridge_qty.
Stage `demand`: demand_sales_qty and the other functions', demand_consensus_qty (both with postings by cause),
event_spend_amount, event_funding_amount, demand_orders_qty, demand_unconsumed_qty, demand_required_qty,
demand_overdue_qty; where the data stand before or inside the first bucket demand_until_start_qty and demand_to_date_qty
(`to_go`).

**Formulas.** With baseline b, events e, function numbers f and weights w:

- consensus = b + e + Σ_f w_f (f − b − e) + overrides + holds, within commitments (`consensus`). A weighted number is a
  proposal: whoever signs says with an override what is planned. Weights: Armstrong (ed.), Principles of Forecasting,
  "Combining forecasts".
- bias correction: f' = f / (1 + b), b = Σ(F − A) / ΣA of the function's forecasts of closed buckets, where significant
  and switched on (`bias_correction`).
- demand to serve = O + max(0, F − O), O open orders, F consensus (`consumption`; Vollmann, Berry, Whybark & Jacobs,
  Manufacturing Planning and Control, demand management).
- event: own demand × (1 + uplift), a share of the next buckets' demand moved forward, parts of the uplift taken from or
  given to other items (`event_effect`; Chopra & Meindl, Supply Chain Management, aggregate planning and predictable
  variability). History is cleaned by the same formula, read backward (`cleansing`; stockouts: `stockouts`);
  what no event explains is by rules (`clean_history`: `outliers`, `level_shifts`, `history_gaps`), and people hold
  against all of it (`history_hold`).
- working days, holidays that move, leading indicators: ln y = season + trend + Σ β x + u by family, divided out of
  history and multiplied on the forecast where forecasts made at earlier dates are better for it (`calendar_effects`,
  `indicators`, `effect_fit`, `effect_trial`; Bell & Hillmer 1983).
- commitments: the total of a contract's cells within its floor and cap, in proportion to what stands (`commitments`).
- planning bills: a parent's demand on its items by their shares, over-planning included (`bills`).
- disaggregation: largest remainder, exact (`core.spread`); held cells and inactive items are left out first.
- launch: steady sales × season × ramp, blended into the own forecast over half a year (`launches`); successor: the
  predecessor's history before the switch, its forecast after it (`succession`); both posted by cause (`item_life`).
- statistical forecast: `forecast`; its errors: `accuracy`, `bias`; brought in line with forecasts of families and
  other totals by least squares where policy reconciliation says so: `reconciling`; which series deserve whose time:
  `segmentation`, `touchless`.

>>> import numpy as np
>>> from equipoise.core.adjustment import Adjustment, Amount
>>> one = np.array([[100.0]])
>>> ledger = Ledger(one, one > 0, {"sales": 0.3, "marketing": 0.2, "product": 0.2, "finance": 0.0})
>>> cell = Cells(np.array([0]), 0, 1)
>>> for function, amount in (("sales", 130.0), ("marketing", 120.0)):
...     change = FunctionInput(Amount("set", amount))
...     _ = ledger.input(Adjustment(function, change, function=function), change, cell)
>>> ledger.values["demand_consensus_qty"].item()
113.0
>>> [(p.cause, p.amounts.item()) for p in ledger.postings() if p.measure == "demand_consensus_qty"]
[('demand_baseline_qty', 100.0), ('sales', 9.0), ('marketing', 4.0)]
"""

from equipoise.demand.changes import CHANGES, DemandHold, DemandOverride, FunctionInput, PromotionEffect
from equipoise.demand.consensus import Ledger
from equipoise.demand.consumption import consume_forecast
from equipoise.demand.entries import Cells
from equipoise.demand.findings import FINDING_CODES
from equipoise.demand.forecast import Forecast, forecast_series
from equipoise.demand.imported import import_forecast
from equipoise.demand.measures import FUNCTION_MEASURES, MEASURES
from equipoise.demand.plan_baseline import plan_baseline
from equipoise.demand.plan_demand import plan_demand

__all__ = [
    "CHANGES",
    "FINDING_CODES",
    "FUNCTION_MEASURES",
    "MEASURES",
    "Cells",
    "DemandHold",
    "DemandOverride",
    "Forecast",
    "FunctionInput",
    "Ledger",
    "PromotionEffect",
    "consume_forecast",
    "forecast_series",
    "import_forecast",
    "plan_baseline",
    "plan_demand",
]
