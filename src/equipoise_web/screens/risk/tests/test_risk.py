"""The page of risk: its finding, the ranking, its links and pictures, the empty state, and what is asked for."""

import re

import numpy as np
import pytest
from django.urls import reverse

from equipoise.balance import assess_risk
from equipoise.balance.tell import tell_risks
from equipoise_web.access import access_of
from equipoise_web.reads.plans import open_plan
from equipoise_web.reads.risk_page import read_risk
from equipoise_web.reads.risk_parts import Asked
from equipoise_web.reads.risk_picture import HEIGHT, picture_of

pytestmark = pytest.mark.django_db
PAGE = reverse("risk:show")


def html_of(browser, query="", status=200):
    answer = browser.get(f"{PAGE}{query}")
    assert answer.status_code == status
    return answer.content.decode()


def test_the_finding_is_the_largest_risk_of_the_plan(signed_in, demo_digest):
    plan = open_plan(demo_digest)
    worst = tell_risks(plan, assess_risk(plan)).risks[0]
    html = html_of(signed_in("sue", "supply_planner"))
    title = re.search(r"<h1>([^<]*)</h1>", html).group(1)
    assert worst.family in title and worst.bucket in title and "at risk" in title
    assert f"with a chance of {worst.chance_pct:.0f}%; then {worst.gap_qty:,.0f} cases are missing" in html
    marks = re.findall(r'data-testid="risk:([^"]*)"', html)
    assert marks[0] == worst.family and any(mark.count("/") == 2 for mark in marks)
    assert html.count('class="small-risk"') == len(marks) and html.count('role="img" aria-label="What is there') == len(
        marks
    )


def test_each_row_leads_to_its_forecast_its_explanation_and_its_shortages(signed_in, demo_digest):
    browser = signed_in("sue", "supply_planner")
    html = html_of(browser, "?least=0")
    links = {link.replace("&amp;", "&") for link in re.findall(r'<a href="([^"]*)"', html)}
    forecasts = [link for link in links if link.startswith(reverse("forecast:show", args=[demo_digest]))]
    why = [link for link in links if "stockout_chance_pct" in link]
    shortages = [link for link in links if link.startswith(reverse("supply:shortages"))]
    assert len(forecasts) > 20 and len(why) > 20 and len(shortages) >= 6
    for link in (forecasts[0], why[0], shortages[0], reverse("capacity:heat")):
        assert link in links and browser.get(link).status_code == 200, link


def test_what_is_small_is_counted_and_listed_on_demand(signed_in, demo_digest):
    browser = signed_in("ann", "analyst")
    some, every = html_of(browser), html_of(browser, "?least=0")
    assert "are not listed; together" in some and "are not listed; together" not in every
    assert every.count("data-testid=") > some.count("data-testid=") > 1


def test_one_family_has_its_own_fan_and_rows(signed_in, demo_digest):
    html = html_of(signed_in("ann", "analyst"), "?family=Dish+care&least=0")
    assert "How far the revenue of Dish care may lie off" in html and '<option value="Dish care" selected>' in html
    assert {mark.split("/")[0] for mark in re.findall(r'data-testid="risk:([^"]*)"', html)} == {"Dish care"}


def test_the_fan_of_the_company_stands_beside_plan_and_budget(person, demo_digest):
    plan = open_plan(demo_digest)
    found = read_risk(access_of(person("ann", "analyst")), Asked())
    heads, rows = found.figure.table.heads, found.figure.table.rows
    assert heads == ("Bucket", "P10", "P50", "P90", "Plan", "Budget") and len(rows) == plan.axes.horizon
    assert rows[0][4] == f"{plan.by_bucket('revenue_amount')[0]:,.0f}"
    assert "the budget of" in found.figure.title and "12 months ahead" in found.figure.title
    assert "<script" not in found.figure.wide and "P10 to P90" in found.figure.wide


def test_where_nothing_is_at_risk_the_page_says_what_would_stand_there(signed_in, demo_digest):
    html = html_of(signed_in("ann", "analyst"), "?least=900000000")
    assert "Nothing that matters is likely to run short" in html
    assert "A stocking point that is likely to run out would stand here" in html


def test_the_textbook_company_has_no_history_to_judge_by(signed_in, digest):
    html = html_of(signed_in("ann", "analyst"))
    assert "No fan can be laid" in html and "too little history" in html and "has no price" in html
    assert "One is not judged, for its forecast has no known error" in html


@pytest.mark.parametrize(("query", "status"), [("?family=Toys", 404), ("?least=much", 422), ("?plan=none", 404)])
def test_what_there_is_not_is_refused_in_words(signed_in, digest, query, status):
    assert "<h1>" in html_of(signed_in("ann", "analyst"), query, status)


def test_before_the_first_plan_the_page_says_so(signed_in, fresh_home):
    assert "publish a first plan" in html_of(signed_in("ann", "analyst"), status=404)


def test_a_picture_marks_the_buckets_that_less_than_nine_of_ten_outcomes_fit(demo_digest):
    calendar = open_plan(demo_digest).axes.calendar
    spread = np.tile([-10.0, 10.0], (4, 1))
    found = picture_of(calendar, cover=np.array([50.0, 5.0, -3.0, np.nan]), spread=spread)
    assert len(found.short) == 2 and calendar.label(1) in found.said and "2 of 4" in found.said
    heights = [float(point.split(",")[1]) for point in found.cover.split()]
    assert heights[0] == pytest.approx(1.0) and heights[0] < heights[1] < float(found.zero) < heights[2] < HEIGHT
    assert picture_of(calendar, cover=np.full(4, np.nan), spread=spread) is None
    assert "every bucket" in picture_of(calendar, cover=np.full(4, 20.0), spread=spread).said
