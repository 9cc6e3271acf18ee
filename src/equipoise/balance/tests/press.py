"""A press shop whose options can be priced by hand: one machine, one item, six months, everything in round numbers.

An hour makes a unit. 100 regular hours a month at 10, at most 40 of overtime at 16; a unit kept a month costs 2, and
one that waits 1,000. Demand 80, 80, 130, 90, 100, 100: in March 30 hours are short.
"""

from equipoise.gather import gather
from equipoise.intake import read_dataset
from equipoise.plan import compute_plan

TABLES = {
    "items": "item,name,family,uom\nlid,Lid,lids,unit\n",
    "locations": "location,name,type\nshop,Press shop,plant\n",
    "markets": "market,name,region\nretail,Retail,home\n",
    "inventory": "item,location,on_hand\nlid,shop,0\n",
    "inventory_policy": "item,location,closing_min_qty\nlid,shop,0\n",
    "forecast": "item,market,date,quantity\n"
    + "".join(f"lid,retail,2027-{m:02d}-01,{q}\n" for m, q in enumerate((80, 80, 130, 90, 100, 100), start=1)),
    "lanes": "item,from_location,to,lead_time_days,unit_cost\nlid,shop,retail,0,0\n",
    "prices": "item,market,valid_from,price\nlid,retail,2027-01-01,60\n",
    "costs": "item,location,valid_from,standard_cost,holding_cost,backlog_cost\nlid,,2027-01-01,25,2,1000\n",
    "resources": "resource,location,name,capacity_hours,max_overtime_hours,regular_cost_per_hour,"
    "overtime_cost_per_hour\npress,shop,Press,100,40,10,16\n",
    "routings": "item,location,resource,hours_per_unit,variable_cost\nlid,shop,press,1,3\n",
}
HEAD = """name = "Press shop"
currency = "EUR"
bucket = "month"
start = 2027-01-01
as_of = {as_of}
horizon = 6

[policy]
baseline = "imported"
unmet_demand = "backlog"
closing_backlog = false
safety_stock = "none"
end_condition = "closing_min"
"""
LEVERS = "option,lever,resource,item,market,cost,fixed_cost,unit,lead_time_days,max_qty,valid_from,valid_to,note\n"


def plan_of(folder, *, as_of="2026-12-31", **tables):
    """The plan of the shop with some tables replaced or added."""
    for name, text in {**TABLES, **tables}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "dataset.toml").write_text(HEAD.format(as_of=as_of), encoding="utf-8")
    return compute_plan(gather(read_dataset(folder)))


def spent(plan):
    """All that the optimizer minimized."""
    facts = plan.sections["supply"].facts
    return facts["objective_amount"] + facts["notional_amount"]
