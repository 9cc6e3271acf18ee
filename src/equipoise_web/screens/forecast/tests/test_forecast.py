"""Forecasts as pages: the finding in the title, only what lies in one's scope, pinned where one may."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from equipoise.codec import adjustment_from_json
from equipoise.core.adjustment import Adjustment, Scope
from equipoise.demand.forecast_method import ForecastMethod
from equipoise.plan import compute_plan
from equipoise.store_plans import write_plan
from equipoise_web.access import access_of
from equipoise_web.actions.adopt_plans import adopt_plans
from equipoise_web.reads import series, series_list
from equipoise_web.reads.plans import open_plan
from equipoise_web.reads.series import read_series
from equipoise_web.reads.series_list import Asked, read_series_list
from equipoise_web.records.models import AdjustmentRecord

SPRAY = {"item": "SU-01", "market": "north-grocery"}


@pytest.fixture
def client_of(demo_digest):
    def sign(user):
        client = Client()
        client.force_login(user)
        return client

    return sign


def page(client, digest, **query):
    return client.get(reverse("forecast:show", args=[digest]), query)


def test_the_title_is_the_finding_and_everything_stands_below(planner, demo_digest):
    answer = page(planner, demo_digest, **SPRAY)
    html = answer.content.decode()
    title = re.search(r"<h1>(.*?)</h1>", html)[1]
    assert re.fullmatch(
        r"Kitchen spray in Grocery North grows [\d.]+%; last year would have been closer by [\d.]+%", title
    )
    assert html.count('class="chart"') == 4 and html.count(f'aria-label="{title}') == 2
    assert "Smooth: sold in every bucket, with a pattern. Class A X by value and error." in html
    for words in ("Exponential smoothing", "Promotion SPRING-2025", "inside the 80% fan", "Learned from", "As sold"):
        assert words in html
    why = escape("/explain/?measure=history_cleansed_qty&item=SU-01&market=north-grocery&bucket=-19")
    assert why in html
    assert escape("/adjustments/new/forecast_method/?item=SU-01&market=north-grocery") in html
    assert planner.get(reverse("explain:show", args=[demo_digest]), {
        "measure": "history_cleansed_qty", **SPRAY, "bucket": "-19"}).status_code == 200  # fmt: skip


def test_the_same_numbers_stand_in_chart_and_table(planner, demo_digest, person):
    found = read_series(access_of(person("eye", "analyst")), demo_digest, **SPRAY)
    ahead = [line for line in found.buckets if line.is_ahead]
    assert len(ahead) == 24 and len(found.buckets) == 60
    assert f"The forecast goes from {ahead[0].forecast} cases in Nov 2026 to {ahead[-1].forecast}" in found.chart.wide
    assert sum(line.share_pct for line in found.members) == pytest.approx(100.0)
    assert [line.lag for line in found.lags] == list(range(1, 11))
    assert found.pin_link == ""  # analysts pin nothing


def test_sales_of_the_north_see_the_north_alone(client_of, person, demo_digest):
    client = client_of(person("nora", "sales", market="North"))
    assert page(client, demo_digest, **SPRAY).status_code == 200
    assert page(client, demo_digest, item="SU-01", market="south-grocery").status_code == 403
    whole = page(client, demo_digest, item="SU-01").content.decode()
    assert "Kitchen spray in North" in whole and "everywhere" not in whole and "Pin a method" not in whole
    listed = client.get(reverse("forecast:list"), {"shown": "all"}).content.decode()
    assert "Grocery North" in listed and "South" not in listed
    assert client_of(person("stranger")).get(reverse("forecast:list")).status_code == 403
    assert page(client_of(person("stranger2")), demo_digest, **SPRAY).status_code == 403


def test_of_a_sum_there_is_a_page_and_of_nothing_there_is_none(planner, demo_digest):
    html = page(planner, demo_digest, item="family:Laundry care").content.decode()
    assert "The sum of the forecasts of 20 series: 16 smooth, 4 no history." in html
    assert "In the plan" in html and "The plan holds another baseline" in html
    launch = page(planner, demo_digest, item="LA-REFILL", market="north-drug").content.decode()
    assert "has no history to forecast from" in launch and "Too little history to judge" in launch
    assert page(planner, demo_digest, item="no-such").status_code == 404
    assert page(planner, demo_digest, item="BULK-DISH").status_code == 422
    assert page(planner, "0" * 64).status_code == 404
    assert planner.post(reverse("forecast:show", args=[demo_digest])).status_code == 405


def test_the_list_ranks_by_money_and_searches(planner, demo_digest, person):
    who = access_of(person("eye", "analyst"))
    every, worse = (read_series_list(who, Asked(shown=shown)) for shown in ("all", "worse"))
    assert len(every.lines) == 100 and 0 < len(worse.lines) < 40
    assert all(line.is_worse and line.money.startswith("−") for line in worse.lines)
    assert worse.lines[0].share_pct == max(line.share_pct for line in worse.lines)
    assert re.fullmatch(r"\d+ of 96 forecasts beat last year; the others miss by €\d+\u00a0k a year more", every.title)
    found = read_series_list(who, Asked(words="kitchen grocery", shown="all"))
    assert {(line.label, line.place) for line in found.lines} == {
        ("Kitchen spray", "Grocery North"),
        ("Kitchen spray", "Grocery South"),
    }
    touchless = read_series_list(who, Asked(shown="touchless"))
    assert len(touchless.lines) == touchless.touchless > 0 and all(line.is_touchless for line in touchless.lines)
    assert {line.classes.split()[0] for line in every.lines} == {"A", "B", "C"}
    assert read_series_list(who, Asked(shown="pinned")).lines == ()
    assert "No such forecast" in planner.get(reverse("forecast:list"), {"words": "zzz"}).content.decode()
    assert planner.get(reverse("forecast:list"), {"shown": "eaten"}).status_code == 404
    assert planner.get(reverse("forecast:list"), {"family": "None"}).status_code == 404


def test_of_a_large_company_one_family_is_judged(planner, demo_digest, monkeypatch, person):
    monkeypatch.setattr(series, "MOST_AT_ONCE", 50)
    whole = page(planner, demo_digest)
    assert whole.status_code == 422 and "Choose a family or an item" in whole.content.decode()
    assert page(planner, demo_digest, item="family:Hair care").status_code == 200
    monkeypatch.setattr(series_list, "MOST_AT_ONCE", 50)
    found = read_series_list(access_of(person("eye", "analyst")), Asked(shown="all"))
    assert found.is_cut and found.asked.family == "Hair care" and len(found.lines) == 16
    assert "choose a family" in planner.get(reverse("forecast:list")).content.decode()


def test_without_a_plan_there_is_nothing_to_list(fresh_home, person):
    client = Client()
    client.force_login(person("planner", "demand_planner"))
    assert client.get(reverse("forecast:list")).status_code == 404


def test_a_planner_pins_a_method_and_sales_may_not(demo_digest, client_of, person):
    form = reverse("adjust:new", args=["forecast_method"])
    typed = {
        **SPRAY,
        "method": "seasonal naive",
        "season": "auto",
        "reason_code": "other",
        "reason": "Contract",
        "key": "k1",
    }
    paula = person("paula", "demand_planner")
    opened = client_of(paula).get(form, SPRAY).content.decode()
    assert '<option value="seasonal naive">Seasonal naive</option>' in opened and ">TSB</option>" in opened
    assert client_of(paula).post(form, typed).status_code == 302
    (record,) = AdjustmentRecord.objects.filter(kind="forecast_method")
    shown = client_of(paula).get(reverse("adjust:one", args=[record.pk])).content.decode()
    assert "Forecast by seasonal naive on Kitchen spray in Grocery North" in shown
    assert client_of(person("sam", "sales")).post(form, typed).status_code == 403


def test_a_pin_in_a_plan_stands_on_its_page_and_in_the_list(demo_digest, client_of, person, settings):
    paula = client_of(person("paula", "demand_planner"))
    form = reverse("adjust:new", args=["forecast_method"])
    typed = {"item": "SU-01", "method": "seasonal naive", "reason_code": "other", "reason": "Contract", "key": "k1"}
    assert paula.post(form, typed).status_code == 302
    (record,) = AdjustmentRecord.objects.filter(kind="forecast_method")
    plan = open_plan(demo_digest)
    pin = Adjustment(record.pk, ForecastMethod("seasonal naive"), Scope("SU-01"), reason="Contract", seq=10_000)
    pinned = compute_plan(plan.snapshot, (*plan.adjustments, pin))
    write_plan(pinned, settings.EQUIPOISE_HOME / "plans" / "pinned")
    adopt_plans(settings.EQUIPOISE_HOME)
    html = page(paula, pinned.digest, **SPRAY).content.decode()
    assert "Pinned by people" in html and f'href="{reverse("adjust:one", args=[record.pk])}"' in html
    assert "the forecast is as good as last year" in html and "One method makes it" in html
    nora = client_of(person("nora", "sales", item="SU-01", market="North"))
    seen = page(nora, pinned.digest, **SPRAY).content.decode()
    assert "Pinned for a scope that you do not see" in seen and "Contract" not in seen


def bias_of(html):
    """Title and rows of the heat map of bias."""
    (section,) = re.findall(r'data-testid="bias".*?</section>', html, re.S)
    rows = re.findall(r'<th scope="row">([^<]*)</th>(.*?)</tr>', section, re.S)
    return re.search(r'<h2 id="bias">([^<]*)', section)[1], {
        name: re.findall(r'<td class="num">([^<]*)', cells) for name, cells in rows
    }


def test_the_bias_of_past_forecasts_stands_under_the_list_by_family_and_month(planner, demo_digest):
    html = planner.get(reverse("forecast:list")).content.decode()
    title, rows = bias_of(html)
    assert title in re.search(r'<svg[^>]*class="chart"[^>]*aria-label="([^"]*)', html)[1]
    assert len(rows) == 6 and {len(cells) for cells in rows.values()} == {13}
    assert any(cell.startswith("+") for cells in rows.values() for cell in cells)


def test_bias_is_of_ones_own_part_alone(planner, client_of, person):
    whole = bias_of(planner.get(reverse("forecast:list")).content.decode())[1]
    grant = person("part", "sales", item="family:Hair care", market="north-grocery")
    mine = bias_of(client_of(grant).get(reverse("forecast:list")).content.decode())[1]
    assert set(mine) == {"Hair care"} and mine["Hair care"] != whole["Hair care"]


LIQUID = {"item": "LA-04", "market": "south-wholesale"}
"""The one series of the demo with a bucket that lies far out."""


def test_an_outlier_is_taken_back_from_the_page_with_a_reason(demo_digest, client_of, person, settings):
    paula = client_of(person("paula", "demand_planner"))
    html = page(paula, demo_digest, **LIQUID).content.decode()
    assert re.search(r"<td class=\"num\">[\d,]+</td><td class=\"num\">2,589</td>.*<td>Outlier</td></tr>", html)
    back = reverse("adjust:new", args=["history_hold"])
    days = {"first": "2025-10-01", "last": "2025-10-31"}
    link = f"{back}?item=LA-04&market=south-wholesale&first={days['first']}&last={days['last']}"
    assert f'href="{escape(link)}">Take back' in html
    opened = paula.get(link).content.decode()
    for day, label in ((days["first"], "Oct 2025"), (days["last"], "Oct 2025")):
        assert f'<option value="{day}" selected>{label}</option>' in opened
    typed = {**LIQUID, **days, "amount": "", "reason_code": "customer", "reason": "A strike, and it may come again"}
    assert paula.post(back, typed | {"reason": ""}).status_code == 422
    assert paula.post(back, typed | {"key": "k1"}).status_code == 302
    (record,) = AdjustmentRecord.objects.filter(kind="history_hold")
    shown = paula.get(reverse("adjust:one", args=[record.pk])).content.decode()
    assert "History held as it was sold on" in shown and "Oct 2025" in shown
    plan = open_plan(demo_digest)
    hold = adjustment_from_json(record.body)
    held = compute_plan(plan.snapshot, (*plan.adjustments, hold))
    write_plan(held, settings.EQUIPOISE_HOME / "plans" / "held")
    adopt_plans(settings.EQUIPOISE_HOME)
    html = page(paula, held.digest, **LIQUID).content.decode()
    assert "History held by people" in html and f'href="{reverse("adjust:one", args=[record.pk])}"' in html
    assert "Nothing was taken out of history" in html and "Take back" not in html


def test_who_may_not_plan_demand_takes_nothing_back(demo_digest, client_of, person):
    sam = client_of(person("sam", "sales"))
    html = page(sam, demo_digest, **LIQUID).content.decode()
    assert "<td>Outlier</td>" in html and "Take back" not in html and "Hold history" not in html
    assert sam.get(reverse("adjust:new", args=["history_hold"])).status_code == 403


def test_the_list_is_narrowed_by_class_kind_and_whose_changes_are_judged(planner, demo_digest, person):
    who = access_of(person("eye", "analyst"))
    every = read_series_list(who, Asked(shown="all"))
    for cls in "ABCXYZ":
        chosen = read_series_list(who, Asked(shown="all", cls=cls)).lines
        assert [line.link for line in chosen] == [line.link for line in every.lines if cls in line.classes.split()]
    assert read_series_list(who, Asked(shown="all", cls="A")).lines
    bare = read_series_list(who, Asked(shown="all", kind="no history")).lines
    assert len(bare) == 4 and {line.kind for line in bare} == {"No history"}
    all_together, sales = (read_series_list(who, Asked(shown="touchless", who=by)) for by in ("consensus", "sales"))
    assert sales.touchless == len(sales.lines) > all_together.touchless, "the demo's sales of the north are biased"
    assert all(line.people.startswith("−") for line in (*sales.lines, *all_together.lines))
    for wrong in ({"cls": "D"}, {"kind": "odd"}, {"who": "nobody"}):
        assert planner.get(reverse("forecast:list"), wrong).status_code == 404
    html = planner.get(reverse("forecast:list"), {"cls": "A", "who": "sales", "shown": "all"}).content.decode()
    assert '<option value="A" selected>' in html and '<option value="sales" selected>' in html
