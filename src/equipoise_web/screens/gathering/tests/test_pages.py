"""The pages of data gathering: what they say, who may open them, and what a form does."""

import csv
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from equipoise_web.actions.lease_job import take_job
from equipoise_web.actions.open_draft import open_draft
from equipoise_web.jobs.worker import work_on
from equipoise_web.records.models import CorrectionRecord, Job, MonthDraft, SealedSnapshot

pytestmark = pytest.mark.django_db
WRONG = (
    "item,market,date,quantity\n"
    "tool,retail,2027-01-01,16OO\n"
    "tol,retail,2027-02-01,3000\n"
    "tol,retail,2027-03-01,3200\n"
    "=1+2,retail,2027-04-01,3800\n"
    "tool,retail,2027-05-01,2200\n"
)
PAGES = ("board", "upload", "findings", "quarantine", "corrections", "seal", "template", "left_out_csv")


def address(name, *args):
    return reverse(f"gathering:{name}", args=args)


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture
def coordinator(client, person, fresh_home):
    client.force_login(person("ann", "coordinator"))
    return client


@pytest.fixture
def wrong_draft(coordinator, deliver, tomato_files):
    draft = open_draft(deliver.who)["draft"]
    deliver(draft, {**tomato_files, "forecast.csv": WRONG})
    return draft


def mend(client, line, act="mend", *, reason="typing mistake", **cells):
    sent = {"table": "forecast", "file": "forecast.csv", "line": line, "version": MonthDraft.objects.get().version}
    for column, (old, new) in cells.items():
        sent |= {f"old.{column}": old, f"new.{column}": new}
    return client.post(address("mend"), {**sent, "reason": reason, "act": act}, headers={"HX-Request": "true"})


def test_without_any_data_three_ways_are_taught(coordinator):
    page = text(coordinator.get(address("board")))
    assert "three ways to begin" in page
    assert all(words in page for words in ("Template (.xlsx)", "Deliver files", "equipoise demo"))
    assert coordinator.get(address("seal")).url == address("board")


def test_files_are_sent_read_and_shown_on_the_board(coordinator, tomato_files):
    files = [SimpleUploadedFile(name, data.encode()) for name, data in tomato_files.items()]
    sent = coordinator.post(address("send"), {"files": files, "act": "deliver"})
    job = Job.objects.get()
    assert sent.url == address("job", job.pk)
    waiting = text(coordinator.get(sent.url))
    assert "Waits for its turn" in waiting
    assert "hx-trigger" in text(coordinator.get(address("progress", job.pk)))
    work_on(take_job())
    over = coordinator.get(address("progress", job.pk))
    assert over.headers["HX-Redirect"] == sent.url
    board = coordinator.get(sent.url, follow=True)
    assert board.redirect_chain[0][0] == address("board")
    page = text(board)
    assert "The data of Jan 2027 can be sealed" in page
    assert "and 10 more: 17 rows count, 0 left out." in page
    assert 'data-testid="table:forecast"' in page
    assert "ann" in page


def test_the_board_says_what_is_left_out_and_what_stands_for_what_is_missing(coordinator, wrong_draft):
    page = text(coordinator.get(address("board")))
    assert "4 rows are left out of Jan 2027" in page
    assert "Mend 4 rows" in page
    assert "Opening backlog is 0." in page  # what the plan does without open orders


def test_a_refused_file_says_why_and_is_on_the_board_until_the_next(coordinator, wrong_draft, deliver, tomato_files):
    job = deliver(wrong_draft, {"items.csv": "item,family\ntool,tools\n"})
    page = text(coordinator.get(address("job", job.pk)))
    assert "items.csv was not taken" in page
    assert 'data-testid="refused:IN007"' in page
    assert "refused: see why" in text(coordinator.get(address("board")))
    deliver(wrong_draft, {"items.csv": tomato_files["items.csv"]})
    assert "refused: see why" not in text(coordinator.get(address("board")))


def test_the_quarantine_marks_the_wrong_cell_and_mends_it_in_place(coordinator, wrong_draft):
    page = text(coordinator.get(address("quarantine")))
    assert "4 rows are left out" in page
    row = page.split('data-testid="row:forecast.csv:2"')[1].split("</form>")[0]
    assert re.findall(r'name="new\.(\w+)" value="[^"]*" aria-invalid="true"', row) == ["quantity"]
    answer = mend(coordinator, 2, quantity=("16OO", "1600"))
    part = text(answer)
    assert answer.status_code == 200
    assert "<html" not in part
    assert "forecast.csv line 2 counts now." in part
    assert "3 rows are left out" in part
    assert 'value="typing mistake"' in part  # the reason is offered for the next row
    undo = re.search(r'action="(/data/corrections/\w+/undo/)"', part)[1]
    assert "4 rows are left out" in text(coordinator.post(undo, headers={"HX-Request": "true"}))


def test_a_suggestion_is_taken_and_a_value_mended_everywhere(coordinator, wrong_draft):
    page = text(coordinator.get(address("quarantine")))
    assert 'name="take" value="tool"' in page
    assert "in all 2 rows with tol" in page
    sent = {"table": "forecast", "file": "forecast.csv", "line": 3, "version": 2, "reason": "misspelt"}
    sent |= {"old.item": "tol", "new.item": "tol", "take": "tool", "take_column": "item", "everywhere": "item"}
    assert "tol is tool now, in every row." in text(
        coordinator.post(address("mend"), sent, headers={"HX-Request": "true"})
    )
    assert "2 rows are left out" in text(coordinator.get(address("quarantine")))
    assert CorrectionRecord.objects.get().key == {"item": "tol"}


def test_a_row_is_dropped_with_a_reason_and_without_one_it_stays(coordinator, wrong_draft):
    assert mend(coordinator, 5, "drop", reason=" ").status_code == 422
    answer = mend(coordinator, 5, "drop", reason="a test line")
    assert "left out on purpose" in text(answer)
    assert "3 rows are left out" in text(answer)
    page = text(coordinator.get(address("corrections")))
    assert "Left out on purpose" in page
    assert "a test line" in page


def test_who_comes_second_sees_both_values(coordinator, wrong_draft):
    mend(coordinator, 2, quantity=("16OO", "1600"))
    answer = mend(coordinator, 2, quantity=("16OO", "1700"))
    assert answer.status_code == 409
    page = text(answer)
    assert "1700" in page
    assert "1600" in page
    assert "What stands now" in page


MALFORMED = [
    ({}, 2, 422),
    ({"quantity": ("16OO", "16OO")}, 2, 422),
    ({"nothing": ("a", "b")}, 2, 404),
    ({"quantity": ("1", "2")}, "x", 409),
]


def test_malformed_forms_are_refused_in_words(coordinator, wrong_draft, subtests):
    for cells, line, status in MALFORMED:
        with subtests.test(line=line, **{name: str(pair) for name, pair in cells.items()}):
            answer = mend(coordinator, line, **cells)
            assert answer.status_code == status
            assert 'class="refusal"' in text(answer)
            assert MonthDraft.objects.get().version == 2


def test_without_script_the_form_leads_back_to_the_list(coordinator, wrong_draft):
    sent = {"table": "forecast", "file": "forecast.csv", "line": 2, "version": 2, "reason": "typo", "act": "mend"}
    answer = coordinator.post(address("mend"), {**sent, "old.quantity": "16OO", "new.quantity": "1600"})
    assert answer.url.startswith(address("quarantine"))
    assert "forecast.csv line 2 counts now." in text(coordinator.get(answer.url))


def test_corrections_say_whether_they_are_needed_and_can_be_taken_back(coordinator, wrong_draft):
    mend(coordinator, 2, quantity=("16OO", "1600"))
    page = text(coordinator.get(address("corrections")))
    assert "Needed: the source is not mended" in page
    assert "typing mistake" in page
    id = re.search(r'data-testid="correction:(\w+)"', page)[1]
    assert coordinator.post(address("undo_correction", id)).url == address("corrections")
    assert "Nothing is corrected" in text(coordinator.get(address("corrections")))
    assert coordinator.post(address("undo_correction", id)).status_code == 409


def test_findings_show_the_rows_behind_them(coordinator, wrong_draft):
    page = text(coordinator.get(address("findings")))
    assert 'data-testid="finding:IN104"' in page
    assert "forecast.csv line 2" in page
    assert coordinator.get(address("findings"), {"severity": "worse"}).status_code == 404


def test_rows_left_out_are_taken_away_as_csv_without_formulas(coordinator, wrong_draft):
    answer = coordinator.get(address("left_out_csv"))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["line"] for row in rows] == ["2", "3", "4", "5"]
    assert rows[0]["quantity"] == "16OO"
    assert rows[3]["item"] == "'=1+2"
    assert "attachment" in answer.headers["Content-Disposition"]


def test_the_template_is_a_dataset_as_it_stands(coordinator, deliver):
    book = coordinator.get(address("template"))
    job = deliver(open_draft(deliver.who)["draft"], {"mine.xlsx": book.content})
    assert job.answer["tables"]["forecast"]["rows"] == 6


def test_a_preview_shows_both_sides_and_is_delivered_from_there(coordinator, wrong_draft, deliver):
    mapping = """
[[tables.prices.sources]]
file = "Preise.csv"
rename = {Artikel = "item", Preis = "price"}
constants = {valid_from = "2027-01-01"}
"""
    files = {"Preise.csv": "Artikel,Preis\ntool,44\naxe,3\n", "fenc.csv": "item,location\n"}
    job = deliver(wrong_draft, files, mapping=mapping, is_preview=True)
    page = text(coordinator.get(address("job", job.pk)))
    assert "Preise.csv, fenc.csv becomes prices" in page
    assert '<th scope="col">Artikel</th>' in page
    assert '<th scope="col">price</th>' in page
    assert "1 row would be left out" in page
    assert "Did you mean fences.csv?" in page  # a file that is no table is not passed over in silence
    sent = coordinator.post(address("deliver_previewed", job.pk), {"mapping_text": mapping, "act": "deliver"})
    work_on(take_job())
    assert coordinator.get(sent.url).url == address("board")
    assert Job.objects.first().answer["tables"]["prices"]["rows"] == 1


def test_a_month_is_sealed_on_screen_and_the_next_one_opens(coordinator, wrong_draft):
    page = text(coordinator.get(address("seal")))
    assert "Jan 2027 would be sealed without 4 rows" in page
    sent = coordinator.post(address("seal"), {"version": 2, "label": "January"})
    work_on(take_job())
    sealed = text(coordinator.get(sent.url))
    assert "The month is sealed" in sealed
    work_on(take_job())
    plan = Job.objects.first()
    assert coordinator.get(address("job", plan.pk)).url == reverse("sheet:show", args=[plan.answer["digest"]])
    snapshots = text(coordinator.get(address("snapshots")))
    assert "January" in snapshots
    assert "ann" in snapshots
    begin = text(coordinator.get(address("board")))
    assert "The next month has not begun" in begin
    coordinator.post(address("open"), {"base": SealedSnapshot.objects.get().snapshot})
    assert "of Feb 2027" in text(coordinator.get(address("board")))


def test_a_stale_page_seals_nothing(coordinator, wrong_draft):
    assert coordinator.post(address("seal"), {"version": 1}).status_code == 409
    assert coordinator.post(address("seal"), {"version": "x"}).status_code == 409
    assert not Job.objects.filter(kind="seal").exists()


def test_who_may_open_the_pages(client, person, deliver, tomato_files, subtests):
    deliver(open_draft(deliver.who)["draft"], tomato_files)
    people = [(role, person(f"someone-{role}", role)) for role in ("supply_planner", "sales", "administrator", "")]
    regional = person("regional", "supply_planner", market="retail")
    for name in PAGES:
        with subtests.test(page=name):
            client.logout()
            assert client.get(address(name)).status_code == 302
            assert "/sign-in/" in client.get(address(name)).url
            for role, somebody in people:
                client.force_login(somebody)
                assert client.get(address(name)).status_code == (200 if role == "supply_planner" else 403), role
            client.force_login(regional)
            assert client.get(address(name)).status_code == 403  # the draft holds rows of the whole company


def test_a_planner_gathers_and_is_told_who_seals(client, person, wrong_draft):
    client.force_login(person("bob", "supply_planner"))
    assert "the right of the S&amp;OP coordinator" in text(client.get(address("seal")))
    assert client.post(address("seal"), {"version": 2}).status_code == 403


def test_no_page_has_inline_script_or_style(coordinator, wrong_draft):
    for name in ("board", "upload", "findings", "quarantine", "corrections", "seal", "snapshots"):
        page = coordinator.get(address(name)).content.decode()
        assert " style=" not in page, name
        assert not re.search(r"<script(?![^>]*src=)", page), name
        assert len(re.findall("<h1>", page)) == 1, name


def test_what_a_file_holds_is_not_shown_to_who_only_runs_plans(client, person, wrong_draft):
    job = Job.objects.get()
    for role, nodes, status in (
        ("analyst", {}, 403),
        ("supply_planner", {"market": "retail"}, 403),
        ("sales", {}, 403),
    ):
        client.force_login(person(f"{role}", role, **nodes))
        assert client.get(address("job", job.pk)).status_code == status, role
    client.force_login(person("colleague", "demand_planner"))
    assert client.get(address("job", job.pk)).url == address("board")
