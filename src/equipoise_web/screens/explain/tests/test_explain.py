"""An explanation as a page and as the side panel."""

import re

from django.urls import reverse

UNMET = {"measure": "unmet_qty", "family": "tools", "bucket": "3"}


def get(client, digest, query, **headers):
    return client.get(reverse("explain:show", args=[digest]), query, headers=headers)


def test_stranger_is_sent_to_sign_in(client, digest):
    assert get(client, digest, UNMET).status_code == 302


def test_page_without_script_is_whole(planner, digest):
    response = get(planner, digest, UNMET)
    html = response.content.decode()
    assert "<html" in html
    assert re.findall(r"<h1>(.*?)</h1>", html) == ["Why 266.67 units"]
    assert "assembly" in html, "the tight resource explains what is short"
    assert "?family=tools" in html, "the way back leads to the same sheet"


def test_panel_is_a_fragment_that_leads_to_the_page(planner, digest):
    response = get(planner, digest, UNMET, HX_Request="true")
    html = response.content.decode()
    assert "<html" not in html
    assert '<span class="value" data-testid="why-value">266.67</span>' in html
    assert "?measure=unmet_qty&amp;family=tools&amp;bucket=3" in html
    assert "HX-Request" in response["Vary"]


def test_panel_says_why_it_is_empty(planner, digest):
    wrong = {**UNMET, "bucket": "99"}
    panel = get(planner, digest, wrong, HX_Request="true")
    assert panel.status_code == 200
    assert "bucket &#x27;99&#x27; is not one of" in panel.content.decode()
    assert get(planner, digest, wrong).status_code == 404


def test_words_of_the_question_are_escaped(planner, digest):
    html = get(planner, digest, {**UNMET, "measure": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in html


def test_plan_that_does_not_exist_is_not_found(planner, digest):
    assert get(planner, "0" * 64, UNMET).status_code == 404


def test_one_looks_from_any_line_on_with_the_way_back_above(planner, digest):
    whole = get(planner, digest, UNMET).content.decode()
    assert 'id="address" readonly value="http://testserver/plan/' in whole
    assert "path=0" in whole
    html = get(planner, digest, {**UNMET, "path": "0"}).content.decode()
    crumbs = re.search(r'<nav class="crumbs".*?</nav>', html, re.S).group(0)
    assert "?measure=unmet_qty&amp;family=tools&amp;bucket=3" in crumbs
    assert "Demand to serve" in re.search(r'aria-current="page">([^<]*)', crumbs).group(1)
    for path in ("9", "0.x", "-1", "0..1"):
        assert get(planner, digest, {**UNMET, "path": path}).status_code == 404


def test_a_line_of_a_person_leads_to_the_change(own_home, person, planner):
    from equipoise_web.access import access_of
    from equipoise_web.actions.lease_job import take_job
    from equipoise_web.actions.propose_adjustment import propose_adjustment
    from equipoise_web.jobs.worker import work_on
    from equipoise_web.reads.plans import published_digest
    from equipoise_web.reads.scenarios import question_of, working_scenario
    from equipoise_web.reads.snapshots import axes_of

    root = working_scenario().name
    body = {"kind": "demand_override", "amount": "+10%", "scope": {"item": "tool"}, "reason": "more"}
    made = propose_adjustment(
        access_of(person("cora", "coordinator")), body, scenario=root, axes=axes_of(question_of(root).snapshot)
    )
    work_on(take_job())
    query = {"measure": "demand_consensus_qty", "item": "tool", "bucket": "1"}
    html = get(planner, published_digest(question_of(root).fingerprint), query).content.decode()
    assert f'<li class="person"><span class="t"><a href="/adjustments/{made["id"]}/">' in html
    assert '<li class="source">' in html
