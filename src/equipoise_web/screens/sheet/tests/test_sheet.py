"""The family sheet in HTML."""

import re

from django.urls import reverse


def get(client, digest, **query):
    return client.get(reverse("sheet:show", args=[digest]), query)


def test_stranger_is_sent_to_sign_in(client, digest):
    response = get(client, digest)
    assert response.status_code == 302
    assert reverse("account_login") in response["Location"]


def test_finding_is_the_one_heading(planner, digest):
    html = get(planner, digest, family="tools").content.decode()
    assert re.findall(r"<h1>(.*?)</h1>", html) == ["tools: 267 units short in Apr"]


def test_cell_leads_to_its_explanation_with_and_without_script(planner, digest):
    html = get(planner, digest, family="tools").content.decode()
    cell = re.search(r'<td class="num" data-testid="cell:demand_consensus_qty:plan:3">(.*?)</td>', html)
    url = f"{reverse('explain:show', args=[digest])}?measure=demand_consensus_qty&amp;family=tools&amp;bucket=3"
    assert cell is not None
    assert cell[1] == f'<a href="{url}" hx-get="{url}" hx-target="#why" hx-swap="innerHTML">3,800</a>'
    assert 'id="why"' in html


def test_page_has_nothing_inline(planner, digest):
    html = get(planner, digest, family="tools").content.decode()
    assert not re.search(r'\sstyle="|<style|\son[a-z]+="|<script>', html)


def test_no_earlier_plan_is_said_in_the_table(planner, digest):
    html = get(planner, digest, family="tools").content.decode()
    assert html.count("no earlier plan</td>") == 3


def test_table_has_caption_and_scopes(planner, digest):
    html = get(planner, digest, family="tools").content.decode()
    table = html[html.index('<table class="sheet"') : html.index("</table>")]
    assert "<caption" in table
    assert "<th>" not in table
    assert table.count('scope="rowgroup"') == 3
    assert table.count('<col class="w-') == table.count('scope="col"') - 1


def test_phones_have_lists_and_no_wide_table(planner, digest):
    html = get(planner, digest, family="tools").content.decode()
    lists = re.search(r'<div class="only-phone">\s*<table class="months">.*?</div>', html, re.S)
    assert lists is not None
    assert lists[0].count("<tbody>") == 3
    assert "data-testid" not in lists[0], "a mark stands once on a page"


def test_unit_is_switched_by_links(planner, digest):
    html = get(planner, digest, family="tools", unit="amount").content.decode()
    assert re.search(r'unit=amount" aria-current="true"', html)
    assert "USD" in html


def test_without_a_family_all_are_shown_in_money(planner, digest):
    html = get(planner, digest).content.decode()
    assert "<h1>All families:" in html
    assert 'class="segmented"' not in html


def test_what_does_not_exist_is_not_found(planner, digest):
    assert get(planner, digest, family="toys").status_code == 404
    assert get(planner, digest, family="tools", unit="hours").status_code == 404
    assert get(planner, "0" * 64).status_code == 404


def test_page_is_only_read(planner, digest):
    assert planner.post(reverse("sheet:show", args=[digest])).status_code == 405


def test_who_may_see_demand_alone_gets_a_sheet_of_demand(client, digest, person):
    client.force_login(person("sally", "sales", market="retail"))
    html = get(client, digest, family="tools").content.decode()
    # Red Tomato: 1,600 + 3,000 + 3,200 + 3,800 + 2,200 + 2,200 tools
    assert re.findall(r"<h1>(.*?)</h1>", html) == ["tools: 16,000 units of demand in the next 6 months"]
    table = html[html.index('<table class="sheet"') : html.index("</table>")]
    assert table.count('scope="rowgroup"') == 1
    assert "3,800" in table
    assert "No actuals" not in html
    assert "Inventory" not in html
    money = get(client, digest, family="tools", unit="amount").content.decode()
    assert re.findall(r"<h1>(.*?)</h1>", money) == ["tools: $640\u00a0k of demand in the next 6 months"]


def test_whoever_sees_one_family_alone_has_its_sheet_in_its_unit(signed_in, demo_digest):
    mine = signed_in("hera", "sales", item="family:Hair care")
    html = mine.get(reverse("sheet:show", args=[demo_digest]), {"family": "Hair care"}).content.decode()
    assert re.search(r"<h1>Hair care: [\d,]{6,} cases of demand in the next 12 months</h1>", html)
    other = mine.get(reverse("sheet:show", args=[demo_digest]), {"family": "Oral care"}).content.decode()
    assert "<h1>Oral care: 0 units of demand" in other


def families_of(html):
    """Title of the figure of families, its rows, and where its links lead."""
    (section,) = re.findall(r'data-testid="families".*?</section>', html, re.S)
    rows = re.findall(r'<th scope="row">([^<]*)</th>(.*?)</tr>', section, re.S)
    cells = {name: re.findall(r'<td class="num">([^<]*)', row) for name, row in rows}
    return re.search(r'<h2 id="families">([^<]*)', section)[1], cells


def test_all_families_stand_side_by_side_where_none_is_chosen(planner, demo_digest):
    html = get(planner, demo_digest).content.decode()
    title, rows = families_of(html)
    assert re.fullmatch(
        r"[\w ]+ is €[\d.]+\xa0[Mk] (above|below) budget, furthest of all; \w+ of 6 families are below", title
    )
    assert len(rows) == 18 and {len(cells) for cells in rows.values()} == {13}
    assert 'href="?family=Hair%20care&amp;unit=amount"' in html
    assert 'data-testid="families"' not in get(planner, demo_digest, family="Hair care").content.decode()


def test_families_have_one_scale_or_each_its_own(planner, demo_digest):
    shared, own = (get(planner, demo_digest, scale=scale).content.decode() for scale in ("shared", "own"))
    assert "one scale for all" in shared and "each on its own scale" in own
    assert families_of(shared)[1] == families_of(own)[1]
    for wrong in ({"families": "2"}, {"families": "x"}, {"families": "0"}, {"scale": "log"}):
        assert get(planner, demo_digest, **wrong).status_code == 404


def test_whoever_sees_one_family_alone_sees_no_line_of_another(signed_in, demo_digest):
    mine = signed_in("hera", "sales", item="family:Hair care", market="north-grocery")
    title, rows = families_of(get(mine, demo_digest).content.decode())
    assert set(rows) == {"Hair care, demand", "Hair care, last year"}
    assert title.startswith("Hair care is €") and title.endswith("last year")
