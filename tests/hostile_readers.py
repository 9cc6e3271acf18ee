"""Everything that reads a plan, asked of one: what the command line, the pages and the files show."""

import json
from dataclasses import asdict
from math import isfinite

import numpy as np

from equipoise.balance import assess_risk
from equipoise.balance.gap_options import decide_soon
from equipoise.balance.ground import read_ground
from equipoise.balance.ladder import break_even_ladder
from equipoise.balance.risk import NotAssessed
from equipoise.balance.tell import tell_risks
from equipoise.balance.tell_ladder import tell_ladder
from equipoise.balance.tell_options import tell_gaps
from equipoise.balance.together import gap_options
from equipoise.bridges.plan_bridge import bridge_from_budget, bridge_from_last_year
from equipoise.catalog import MEASURES
from equipoise.compare import compare
from equipoise.contributors import NothingMissed, contributors
from equipoise.core.measure import Grain
from equipoise.explain import UnknownCell, explain, explain_forecast
from equipoise.explain.forecast import NoCommonUnit
from equipoise.explain.forecast_list import list_forecasts
from equipoise.kpi.catalogue import KPIS
from equipoise.landing.land import landing
from equipoise.pack.charts import describe, sop_chart
from equipoise.pack.families import family_panels
from equipoise.pack.family_chart import family_chart
from equipoise.pack.family_sheet import family_sheet
from equipoise.pack.heat import error_map, load_map, planned_load
from equipoise.pack.heat_chart import heat_chart
from equipoise.pack.scope import families
from equipoise.pack.tornado import demand_tornado, margin_tornado
from equipoise.performance import archived_sources, forecast_performance, plan_adherence, stairstep
from equipoise.reconcile import reconcile_margin
from equipoise.report import json_text, plan_report
from equipoise.scorecard import scorecard
from equipoise.testing.sketch import Draw

READERS = {}
"""Readers by name: of a plan, another plan of the same snapshot, and a stream of random numbers."""


def reader(function):
    READERS[function.__name__] = function
    return function


def said(value):
    """As JSON; a number that is not known is null there, never NaN."""
    return json.loads(json.dumps(value, default=str, allow_nan=False))


@reader
def report(plan, _other, _draw):
    assert json.loads(json_text(plan_report(plan)))["fingerprint"] == plan.fingerprint
    for finding in plan.findings:
        assert finding.where.strip() and finding.message.strip() and finding.remedy.strip(), finding
        words = set(finding.message.replace(",", " ").replace(";", " ").split())
        assert not words & {"nan", "None", "inf", "-inf", "NaN"}, finding.message


@reader
def identities(plan, _other, _draw):
    """Stock, demand and totals, from the plan's flows alone."""
    keys, get = plan.axes.keys, lambda name: plan.measure(name).values
    row_of = keys[Grain.STOCK].rows
    change = get("receipt_scheduled_qty") - get("component_use_qty")
    change += get("production_byproduct_qty") - get("inventory_scrap_qty")
    made = get("production_qty") + get("subcontract_qty") + get("purchase_qty")
    for row in range(len(keys[Grain.MAKE])):
        change[row_of[keys[Grain.MAKE].labels(row)[:2]]] += made[row]
    for row in range(len(keys[Grain.FLOW])):
        item, begin, end = keys[Grain.FLOW].labels(row)
        change[row_of[item, begin]] -= get("shipment_qty")[row]
        if (item, end) in row_of:
            change[row_of[item, end]] += get("arrival_qty")[row]
    closing = get("inventory_closing_qty")
    assert np.array_equal(get("inventory_start_qty")[:, :1] + np.cumsum(change, axis=1), closing)
    assert (closing >= 0).all()
    wanted = get("demand_required_qty") + get("demand_overdue_qty") + get("demand_not_covered_qty")
    left = np.cumsum(wanted - get("demand_served_qty") - get("lost_qty"), axis=1)
    assert np.array_equal(left, get("backlog_closing_qty"))
    for section in plan.sections.values():
        for name in {posting.measure for posting in section.postings}:
            panel = section.panel_of(name)
            whole = sum(posting.dense(panel[name].shape) for posting in section.postings_of(name))
            assert np.array_equal(whole, panel[name], equal_nan=True), name
    for measure in MEASURES:
        if measure.grain is Grain.DEMAND and measure.is_additive and measure.name.endswith("_amount"):
            whole = plan.measure(measure.name).values.sum(axis=0)
            for level in ("item", "market"):
                parts = plan.grouped(measure.name, level=level)[1].sum(axis=0)
                assert np.array_equal(parts, whole, equal_nan=True), (measure.name, level)


@reader
def explanations(plan, _other, draw):
    """A cell of four measures in ten, or of a node above one."""
    for measure in MEASURES:
        if draw.chance(0.6):
            continue
        stored = measure
        while stored.parts:
            stored = next(each for each in MEASURES if each.name == stored.parts[0])
        panel = plan.measure(stored.name)
        if not panel.values.size:
            continue
        row, column = draw.whole(0, len(panel.values) - 1), draw.whole(0, panel.values.shape[1] - 1)
        codes = zip(panel.keys.dimensions, panel.keys.labels(row), strict=True)
        nodes = {d: code for d, code in codes if d in ("item", "market", "location", "resource") and code}
        if measure.grain is None or measure.parts:
            nodes = {}
        elif draw.chance(0.3) and nodes and (measure.is_additive):
            nodes.pop(draw.one_of(sorted(nodes)))
        answer = explain(plan, measure.name, bucket=panel.first + column, **nodes)
        said(answer.as_json())
        for node in answer.node.walk():
            values = [child.value for child in node.children]
            if node.type == "Postings" and values and node.value is not None and None not in values:
                assert sum(values) == node.value, (measure.name, nodes, panel.first + column, node.text)


@reader
def comparison(plan, other, _draw):
    found = compare(plan, other)
    said(found.as_json())
    for delta in found.totals.values():
        assert delta.difference is None or isfinite(delta.difference)
    compare(other, plan, mix_level="family")


@reader
def risks(plan, _other, _draw):
    try:
        found = assess_risk(plan)
    except NotAssessed as refused:
        assert len(str(refused)) > 20
        return
    for by in ("family", "item"):
        said(asdict(tell_risks(plan, found, by=by)))
        said(asdict(tell_risks(plan, found, by=by, least=0.0)))


@reader
def options(plan, _other, _draw):
    ground = read_ground(plan)
    found = gap_options(ground)
    said([asdict(each) for each in tell_gaps(found)])
    said([asdict(each) for each in tell_gaps(decide_soon(found))])
    for resource in range(len(plan.axes.resources.leaves)):
        said(asdict(tell_ladder(ground, break_even_ladder(ground, resource))))
        said(asdict(tell_ladder(ground, break_even_ladder(ground, resource, over=3))))


@reader
def kpis(plan, _other, _draw):
    for level in ("", "family", "region"):
        said([score.as_json() for score in scorecard(plan, level=level)])
    for kpi in KPIS:
        try:
            contributors(plan, kpi)
        except NothingMissed as refused:
            assert str(refused)


@reader
def performance(plan, _other, _draw):
    for source in (*archived_sources(plan), "seasonal_naive"):
        for by in ((), ("family",), ("item", "bucket"), ("market", "fiscal_quarter")):
            forecast_performance(plan, by, source=source)
        said(
            heat_chart(error_map(forecast_performance(plan, ("family", "bucket"), source=source)), width=700).to_dict()
        )
    stairstep(plan)
    plan_adherence(plan)


@reader
def sheets(plan, _other, _draw):
    for family in (None, *families(plan)):
        for unit in ("qty", "amount"):
            sheet = family_sheet(plan, family, unit=unit)
            describe(sheet)
            sop_chart(sheet).to_dict()


@reader
def charts(plan, other, _draw):
    heat_chart(load_map(planned_load(plan), plan), width=700).to_dict()
    family_chart(family_panels(plan), width=900).to_dict()
    demand_tornado(plan, other, a_name="a", b_name="b")
    margin_tornado(plan, other, a_name="a", b_name="b")


@reader
def money(plan, _other, _draw):
    reconcile_margin(plan)
    bridge_from_budget(plan)
    bridge_from_last_year(plan)
    for by in ("family", "item"):
        landing(plan, by)


@reader
def frames(plan, _other, _draw):
    for name in ("demand_consensus_qty", "revenue_amount", "production_qty", "capacity_load_hours", "service_fill_pct"):
        for time in ("bucket", "fiscal_year"):
            plan.frame(name, by=(time,))
    plan.frame("demand_consensus_qty", by=("family", "fiscal_quarter"))


@reader
def forecasts(plan, _other, draw):
    items = plan.axes.items
    for nodes in ({}, {"item": draw.one_of(items.leaves)}, {"item": draw.one_of(items.nodes("family"))}):
        try:
            explain_forecast(plan, **nodes)
        except (NoCommonUnit, UnknownCell) as refused:
            assert str(refused)
    list_forecasts(plan)


def read_all(plan, other, seed, names=None):
    """Ask every reader."""
    for name in names or READERS:
        READERS[name](plan, other, Draw(seed, name))
