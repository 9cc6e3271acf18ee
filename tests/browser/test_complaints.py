"""A request that is given up because its page was left is no complaint; everything else is one."""

import pytest

pytestmark = pytest.mark.browser

OVER, GIVEN_UP = "htmx:afterRequest, [object HTMLDivElement]", "htmx:sendAbort, [object HTMLDivElement]"
ASK = "() => { htmx.ajax('GET', '/asked/', { source: '#main', swap: 'none' }).catch(() => 0); }"


def say(page, *texts):
    page.evaluate("(texts) => texts.forEach((text) => console.error(text))", texts)
    return page.complaints


def test_what_the_script_of_the_page_says_of_a_request_that_was_given_up_is_no_complaint(planner):
    heard = []
    planner.on("console", lambda message: heard.append(message.text))
    planner.route("**/asked/", lambda route: None)  # never answered
    with planner.expect_request("**/asked/"):
        planner.evaluate(ASK)
    planner.evaluate("htmx.trigger('#main', 'htmx:abort')")
    assert [text.split(",")[0] for text in heard] == ["htmx:afterRequest", "htmx:sendAbort"]
    assert planner.complaints == []


def test_a_request_that_does_not_reach_the_server_is_complained_of(planner):
    planner.route("**/asked/", lambda route: route.abort())
    with planner.expect_event("requestfailed"):
        planner.evaluate(ASK)
    planner.evaluate("0")  # what was said before an answer is heard before it
    assert [text.split(",")[0] for text in planner.complaints if text.startswith("htmx")] == [
        "htmx:afterRequest",
        "htmx:sendError",
    ]


def test_only_the_pair_of_one_part_is_left_out(page):
    assert say(page, "first", OVER, GIVEN_UP, "last") == ["first", "last"]
    page.complaints.clear()
    for texts in ((OVER,), (GIVEN_UP,), (GIVEN_UP, OVER), (OVER, "between", GIVEN_UP), (OVER, GIVEN_UP + "x")):
        assert say(page, *texts) == list(texts)
        page.complaints.clear()


def test_warnings_and_errors_of_scripts_are_heard(page):
    with page.expect_event("pageerror"):
        page.evaluate(
            "() => { console.warn('mind'); console.info('by the way'); setTimeout(() => { throw Error('bad'); }); }"
        )
    assert page.complaints == ["mind", "bad"]
