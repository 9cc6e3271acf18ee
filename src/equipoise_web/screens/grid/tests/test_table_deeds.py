"""The plain table does what the grid does, by links and forms alone: holds, undo and redo, comments, every scenario."""

import html
import re
from datetime import UTC, date, datetime
from urllib.parse import parse_qs, unquote_plus, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from equipoise_web.access import access_of
from equipoise_web.actions.open_scenario import open_scenario
from equipoise_web.reads.grid_numbers import working_name
from equipoise_web.records.models import (
    AdjustmentRecord,
    Comment,
    GridViewRecord,
    Mention,
    RulingRecord,
    ScenarioRecord,
)

from .test_grid_pages import CONSENSUS, MARCH

ROW = "Oral care/OR-01"
HERE = f"?row={ROW}&line={CONSENSUS}&at={MARCH}"


class Page:
    """Somebody at the plain table: reads forms off the page and sends them as a browser does."""

    def __init__(self, client, user):
        self.client, self.user = client, user

    def get(self, query=HERE):
        self.client.force_login(self.user)
        answer = self.client.get(reverse("grid:table") + query)
        assert answer.status_code == 200, answer.content
        self.query, self.text = query, answer.content.decode()
        return self

    def press(self, do, **typed):
        """Send the form whose button does something, with its hidden fields and what is typed."""
        forms = re.findall(r"<form[^>]*method=\"post\"[^>]*>.*?</form>", self.text, re.DOTALL)
        named = [each for each in forms if f'name="do" value="{do}"' in each]
        form = named[0] if named else next(each for each in forms if 'id="steps-form"' in each)
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        fields.pop("csrfmiddlewaretoken", None)
        dates = dict(re.findall(r'type="date" name="(\w+)"[^>]* value="([^"]*)"', form))
        self.client.force_login(self.user)
        return self.client.post(
            reverse("grid:table") + self.query, {**fields, **dates, "do": do, **typed}, follow=False
        )

    def offers(self, do):
        return f'value="{do}"' in self.text

    @property
    def month(self):
        """The line of the chosen month."""
        return re.sub(
            r"\s+", " ", re.search(r"<tr[^>]*>(?=(?:(?!</tr>).)*aria-current=\"true\").*?</tr>", self.text)[0]
        )


@pytest.fixture
def sit(client, person, monkeypatch, demo_digest):
    now = datetime(2026, 11, 26, 12, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    ScenarioRecord.objects.update(opened_at=now)
    return lambda role, name="dana", **scope: Page(client, person(name, role, **scope))


def holds():
    return AdjustmentRecord.objects.filter(kind="demand_hold").order_by("seq")


def test_a_number_is_held_held_longer_and_let_go_without_a_script(sit):
    page = sit("demand_planner").get()
    assert "lock" not in page.month
    done = page.press("hold")
    assert (done.status_code, unquote_plus(done["Location"])) == (302, reverse("grid:table") + HERE + "#cell")
    assert "held by dana until 31 Dec 2026" in page.get().month
    assert page.offers("extend") and page.offers("release") and not page.offers("hold")
    assert page.press("extend", until="2027-02-28").status_code == 302
    assert "held by dana until 28 Feb 2027" in page.get().month
    assert [each.body["expires_on"] for each in holds()] == ["2026-12-31", "2027-02-28"]
    assert page.press("undo").status_code == 302
    assert "held by dana until 31 Dec 2026" in page.get().month
    assert page.press("redo").status_code == 302
    assert page.get().press("release").status_code == 302
    assert "lock" not in page.get().month
    assert page.offers("hold")


def test_a_day_that_has_passed_is_refused_and_what_holds_stays(sit):
    page = sit("demand_planner").get()
    for do, before in (("hold", 0), ("extend", 1)):
        wrong = page.press(do, until="2026-11-25")
        assert wrong.status_code == 422
        assert "has passed, it is 2026-11-26 here" in html.unescape(wrong.content.decode())
        assert holds().count() == before
        page.press("hold")
        page.get()
    assert "until 31 Dec 2026" in page.month


def test_anothers_hold_is_let_go_with_a_reason_and_only_by_who_may_rule(sit):
    owner = sit("demand_planner").get()
    owner.press("hold")
    sally = sit("sales", "sally").get()
    assert "held by dana until 31 Dec 2026" in sally.month
    assert not sally.offers("release") and not sally.offers("extend")
    forced = owner.get() and sally.client  # what a form of another page would send
    forced.force_login(sally.user)
    hold = holds().get()
    answer = forced.post(reverse("grid:table") + HERE, {"do": "release", "hold": hold.pk, "seen": "9999", "key": "x"})
    assert answer.status_code == 422 and "ask its owner" in answer.content.decode()
    boss = sit("executive", "boss").get()
    assert boss.press("release").status_code == 422
    assert boss.press("release", because="The promise fell through").status_code == 302
    assert RulingRecord.objects.filter(adjustment=hold).last().because == "The promise fell through"


def test_a_run_of_held_months_says_once_who_holds_them(sit):
    page = sit("demand_planner").get()
    for mark in ("4", "5", "6"):
        page.get(f"?row={ROW}&line={CONSENSUS}&at={mark}").press("hold")
    text = page.get(f"?row={ROW}&line={CONSENSUS}").text
    months = text[text.index('class="pmonth"') : text.index("</table>")]
    assert months.count("held by dana until 31 Dec 2026") == 1
    assert months.count('class="lock"') == 3


def test_what_was_typed_is_taken_back_and_done_again(sit):
    page = sit("demand_planner").get()
    address = reverse("grid:table") + HERE
    now = page.month
    assert not page.offers("undo")
    page.client.post(address, {"at-4": "+10", "seen": "9999", "key": "k"})
    assert page.get().month != now
    assert "Undo takes back: +10 Consensus, Toothpaste mint, Mar 2027" in page.text
    assert page.press("undo").status_code == 302
    assert page.get().month == now
    assert "Redo does again: +10 Consensus" in page.text
    assert page.press("redo").status_code == 302
    assert page.get().month != now
    assert page.get().press("undo").status_code == 302
    assert not page.get().offers("undo")
    nothing = page.client.post(address, {"do": "undo", "key": "k2"})
    assert (nothing.status_code, "there is nothing to undo" in nothing.content.decode()) == (422, True)


def test_the_month_is_shown_from_all_sides_and_something_is_said_of_it(sit, person):
    person("eli", "coordinator")
    page = sit("demand_planner").get()
    for part in ("side-chart", "side-why", "side-history", "side-comments"):
        assert f'id="{part}"' in page.text
    assert "from here" not in page.text, "a line of the explanation leads nowhere from this page"
    assert page.press("comment", text="Ask @eli").status_code == 302
    assert Mention.objects.get().person.username == "eli"
    assert Comment.objects.get().about.startswith(f"cell:{CONSENSUS}:")
    assert "Ask @eli" in page.get().text
    assert "commented" in page.month
    assert page.press("comment", text=" ").status_code == 422


def test_without_a_month_or_a_button_nothing_is_done(sit):
    page = sit("demand_planner").get(f"?row={ROW}&line={CONSENSUS}")
    assert "Choose a month" in page.text
    address = reverse("grid:table") + page.query
    for do in ("hold", "extend", "release", "comment", "dance"):
        assert page.client.post(address, {"do": do}).status_code == 422
    assert not AdjustmentRecord.objects.filter(author=page.user).exists()


def test_who_only_reads_is_offered_no_button(sit):
    page = sit("auditor", "aud").get()
    assert not re.search(r'name="do"|name="at-', page.text)
    assert page.client.post(reverse("grid:table") + HERE, {"do": "hold"}).status_code == 403


def test_every_link_and_form_keeps_the_scenario(sit, person):
    page = sit("demand_planner")
    name = "Price fight & more"
    open_scenario(access_of(page.user), name, parent=working_name(), question="What if")
    for address in ("grid:show", "grid:table"):
        page.client.force_login(page.user)
        text = page.client.get(reverse(address), {"scenario": name}).content.decode()
        main = text[text.index("<main") :]
        assert 'data-testid="draft">Price fight &amp; more' in text[: text.index("<main")]
        assert 'data-testid="draft"' not in page.client.get(reverse(address)).content.decode()
        links = [html.unescape(each) for each in re.findall(r'href="(\?[^"]*)"', main)]
        assert len(links) > 12
        assert {parse_qs(urlsplit(each).query).get("scenario", [""])[0] for each in links} == {name}
        gets = re.findall(r'<form method="get".*?</form>|<form[^>]*method="get".*?</form>', main, re.DOTALL)
        assert gets and all('name="scenario" value="Price fight &amp; more"' in each for each in gets)
    query = f"?scenario=Price fight %26 more&row={ROW}&line={CONSENSUS}&at={MARCH}"
    page.get(query).press("hold")
    assert [each.name for each in ScenarioRecord.objects.filter(entries__adjustment=holds().get())] == [name]
    kept = page.client.post(
        reverse("grid:save_view"), {"name": "Mine", "query": "rows=family", "also": "&scenario=Price+fight+%26+more"}
    )
    assert parse_qs(urlsplit(kept["Location"]).query)["scenario"] == [name]
    assert GridViewRecord.objects.get().query.startswith("rows=family")


def test_a_published_plan_is_a_table_and_a_panel_too_and_takes_nothing(sit, demo_digest):
    page = sit("demand_planner").get(f"{HERE}&plan={demo_digest}")
    assert not re.search(r'name="do"|name="at-', page.text)
    assert reverse("grid:plan", args=[demo_digest]) in page.text
    grid = page.client.get(reverse("grid:plan", args=[demo_digest])).content.decode()
    assert f"plan={demo_digest}" in re.search(r'href="(/grid/table/[^"]*)"', grid)[1]
    assert reverse("workbook:download_plan", args=[demo_digest]) in grid
    cell = page.client.get(
        reverse("grid:cell"), {"line": CONSENSUS, "row": ROW, "at": MARCH, "plan": demo_digest}
    ).content.decode()
    assert "side-why" in cell
    assert "<form" not in cell


def test_a_link_shows_the_same_to_everybody_whatever_each_looks_at_first(sit):
    boss = sit("coordinator", "boss").get()
    first = "rows=market%2Citem&measures=demand_baseline_qty&unit=money&past=1&item=family%3AHair+care"
    boss.client.post(
        reverse("grid:save_view"), {"name": "First", "query": first, "shared": "1", "role": "demand_planner"}
    )
    page = sit("demand_planner")
    page.client.force_login(page.user)
    look = lambda query: page.client.get(reverse("grid:show") + query).context["view"]  # noqa: E731
    assert (look("").unit, look("").past) == ("money", True)
    link = look("?rows=family,item&measures=demand_consensus_qty")
    assert (link.unit, link.past, link.nodes) == ("base", False, ())
    units = {choice.value: choice.query for choice in page.client.get(reverse("grid:show")).context["choices"].units}
    assert look(f"?{units['base']}").unit == "base"


def test_the_day_a_hold_is_offered_is_that_of_the_home(sit, settings, monkeypatch):
    settings.TIME_ZONE = "Pacific/Kiritimati"  # 14 hours ahead of UTC
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 30, 12, tzinfo=UTC))
    page = sit("demand_planner")
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 30, 12, tzinfo=UTC))
    assert f'min="{date(2026, 12, 1)}" value="{date(2027, 1, 31)}"' in page.get().text


@pytest.mark.parametrize(
    ("levels", "rows"),
    [
        (["item.category", "market.region"], ("item.category", "market.region")),
        (["item.item", "market.market", "item.family", ""], ("item.family", "market.market", "item.item")),
        (["market.region", "market.region", ""], ("market.region",)),
        (["resource.resource"], ("resource.resource",)),
    ],
)
def test_rows_are_by_any_levels_and_those_of_a_dimension_go_from_the_top_down(sit, levels, rows):
    page = sit("demand_planner")
    page.client.force_login(page.user)
    answer = page.client.get(reverse("grid:show"), {"level": levels, "rows": "family", "measure": [CONSENSUS]})
    assert answer.context["view"].rows == rows
    shown = [next((each.value for each in place if each.is_chosen), "") for place in answer.context["choices"].levels]
    assert [each for each in shown if each] == list(rows)
    assert page.client.get(reverse("grid:numbers"), {"level": levels, "measure": [CONSENSUS]}).status_code == 200


def test_a_level_there_is_not_is_said(sit):
    page = sit("demand_planner")
    page.client.force_login(page.user)
    answer = page.client.get(reverse("grid:show"), {"level": ["galaxy"]})
    assert answer.status_code == 404
    assert "there is no level" in html.unescape(answer.content.decode())


@pytest.mark.parametrize(
    ("role", "may", "answered"),
    [("demand_planner", True, [302, 422]), ("executive", False, [422, 422]), ("auditor", False, [403, 403])],
)
def test_who_only_reads_neither_holds_nor_is_asked_to_bring_a_workbook_back(sit, role, may, answered):
    """Who rules may let a hold go, but there is none of that name."""
    page = sit(role).get()
    sent = {"seen": "0", "until": "2026-12-31", "key": "k"}
    answers = {do: page.client.post(reverse("grid:table") + HERE, sent | {"do": do}) for do in ("hold", "release")}
    assert [each.status_code for each in answers.values()] == answered
    assert holds().count() == int(may)
    grid = page.client.get(reverse("grid:show")).content.decode()
    assert (reverse("workbook:upload") in grid) == may
