"""Findings are ranked by severity, then by the money of their sort, then by their own."""

import pytest

from equipoise.core.finding import FindingCode, Severity, sort_findings
from equipoise_web.reads.findings import LISTED, findings_page, read_findings

PRICE = FindingCode("PR901", Severity.WARNING, "No price", "Add rows to table prices.")
LOAD = FindingCode("SU901", Severity.WARNING, "Overload", "Add hours.")
LOOP = FindingCode("IN901", Severity.ERROR, "Loop in a bill", "Take it out.")
USED = FindingCode("PL901", Severity.NOTE, "Not read", "Nothing to do.")
FOUND = sort_findings(
    [
        PRICE.found("item a", "no price", amount=500.0),
        LOAD.found("press", "over", amount=200.0),
        LOAD.found("mill", "over", amount=400.0),
        LOOP.found("bom", "a in b in a"),
        USED.found("table x", "not read"),
    ]
)


@pytest.fixture(autouse=True)
def _english(settings):
    settings.LANGUAGE_CODE = "en"


def test_sorts_are_ranked_by_severity_then_by_all_their_money():
    page = findings_page(FOUND, "EUR")
    assert [group.code for group in page.groups] == ["IN901", "SU901", "PR901", "PL901"]
    assert [row.where for row in page.groups[1].rows] == ["mill", "press"]


def test_money_is_summed_by_sort_and_barred_by_the_largest():
    load = findings_page(FOUND, "EUR").groups[1]
    assert load.amount == "€600"
    assert [row.share_pct for row in load.rows] == [80.0, 40.0]


def test_nodes_are_named_beside_their_codes():
    found = [PRICE.found("item a / market b", "no price"), PRICE.found("item c", "no price")]
    names = {("item", "a"): "Apple", ("market", "b"): "Berlin", ("location", "c"): "Cellar"}
    (group,) = findings_page(found, "EUR", names=names).groups
    assert [(row.where, row.named) for row in group.rows] == [("item a / market b", "Apple, Berlin"), ("item c", "")]


def test_unknown_money_is_no_zero():
    (loop,) = findings_page(FOUND, "EUR", severity="error").groups
    assert (loop.amount, loop.rows[0].amount) == ("", "")


def test_counts_are_of_all_even_where_one_severity_is_chosen():
    page = findings_page(FOUND, "EUR", severity="note")
    assert [(count.severity, count.count) for count in page.counts] == [("error", 1), ("warning", 3), ("note", 1)]
    assert [group.code for group in page.groups] == ["PL901"]


def test_title_says_the_worst():
    assert findings_page(FOUND, "EUR").title == "1 finding makes numbers of this plan wrong"
    assert findings_page(FOUND[1:4], "EUR").title == "3 warnings, no error"
    assert findings_page([], "EUR").title == "Nothing is wrong with this plan"


def test_long_lists_say_how_many_are_not_listed():
    many = [LOAD.found(f"line {number}", "over") for number in range(LISTED + 3)]
    (group,) = findings_page(many, "EUR").groups
    assert (len(group.rows), group.more) == (LISTED, 3)


def test_findings_of_the_data_and_of_the_plan_are_both_there(tomato):
    codes = {group.code for group in read_findings(tomato).groups}
    assert codes == {finding.code for finding in (*tomato.snapshot.findings, *tomato.findings)}
