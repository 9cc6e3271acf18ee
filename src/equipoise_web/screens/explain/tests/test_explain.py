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
