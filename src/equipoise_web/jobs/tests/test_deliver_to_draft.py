"""Delivering: files are read by a child with limits, on top of what stands; what is refused changes nothing."""

import io
import zipfile

import pytest

from equipoise.gather import gather, open_snapshot
from equipoise.intake import read_dataset
from equipoise_web.actions.deliver_file import FileRefused, keep_files, undo_delivery
from equipoise_web.actions.lease_job import take_job
from equipoise_web.actions.open_draft import open_draft
from equipoise_web.conftest import TOMATO
from equipoise_web.drafts import contents_folder, open_contents
from equipoise_web.jobs.child import read_in_child
from equipoise_web.jobs.worker import work_on
from equipoise_web.records.models import AuditEntry, DeliveryRecord, Job, MonthDraft

FORECAST = "item,market,date,quantity\ntool,retail,2027-01-01,1700\n"


@pytest.fixture
def draft(deliver):
    return open_draft(deliver.who)["draft"]


def contents(draft):
    return open_contents(draft, MonthDraft.objects.get(pk=draft).version)


def test_files_sent_together_become_the_draft_that_the_folder_is(deliver, draft, tomato_files):
    job = deliver(draft, tomato_files)
    assert (job.state, job.error) == ("done", "")
    assert job.answer["tables"]["forecast"] == {"rows": 6, "left_out": 0, "files": ["forecast.csv"]}
    assert gather(contents(draft)).id == open_snapshot(TOMATO).id
    assert MonthDraft.objects.get().version == 2
    (record,) = DeliveryRecord.objects.all()
    assert record.name == "costs.csv, dataset.toml, forecast.csv and 10 more"
    entry = AuditEntry.objects.first()
    assert (entry.verb, entry.actor, entry.through) == ("take_delivery", "gatherer", f"job:{job.pk}")


def test_one_table_replaces_the_one_that_stood_and_can_be_taken_out_again(deliver, draft, tomato_files):
    deliver(draft, tomato_files)
    before = gather(contents(draft)).id
    deliver(draft, {"forecast.csv": FORECAST})
    assert contents(draft).tables["forecast"]["quantity"].to_list() == [1700.0]
    undo_delivery(deliver.who, DeliveryRecord.objects.last().pk)
    work_on(take_job())
    assert gather(contents(draft)).id == before
    assert DeliveryRecord.objects.filter(undone_at__isnull=False).count() == 1
    assert AuditEntry.objects.first().verb == "take_out_delivery"


def test_appended_rows_are_added_to_those_that_stand(deliver, draft, tomato_files):
    deliver(draft, tomato_files)
    deliver(draft, {"forecast.csv": FORECAST}, is_append=True)
    assert contents(draft).tables["forecast"]["quantity"].to_list() == [1700.0, 3000, 3200, 3800, 2200, 2200]


def test_the_last_delivery_of_a_first_month_can_be_taken_out(deliver, draft, tomato_files):
    deliver(draft, tomato_files)
    undo_delivery(deliver.who, DeliveryRecord.objects.get().pk)
    work_on(take_job())
    assert contents(draft) is None
    assert deliver(draft, tomato_files).state == "done"
    assert contents(draft) is not None


def test_what_is_refused_leaves_the_draft_as_it_was(deliver, draft, tomato_files):
    deliver(draft, tomato_files)
    job = deliver(draft, {"items.csv": "item,family\ntool,tools\n"})
    assert job.state == "done"
    (finding,) = job.answer["refused"]
    assert finding["code"] == "IN007"
    assert "name" in finding["message"]
    assert finding["remedy"]
    assert MonthDraft.objects.get().version == 2
    assert DeliveryRecord.objects.count() == 1


def test_a_first_delivery_without_demand_says_what_is_missing(deliver, draft, tomato_files):
    answer = deliver(draft, {name: tomato_files[name] for name in ("dataset.toml", "items.csv")}).answer
    assert {finding["where"] for finding in answer["refused"]} == {"table markets", "demand"}
    assert contents(draft) is None


def test_a_mapping_is_shown_before_and_after_and_changes_nothing(deliver, draft, tomato_files):
    deliver(draft, tomato_files)
    theirs = "Article;Shop;Day;Pieces\ntool;retail;31.01.2027;1.700\n"
    mapping = """
[[tables.forecast.sources]]
file = "Plan.csv"
rename = {Article = "item", Shop = "market", Day = "date", Pieces = "quantity"}
dates = {date = "%d.%m.%Y"}
numbers = {columns = ["quantity"], thousands = ".", decimal = ","}
"""
    answer = deliver(draft, {"Plan.csv": theirs}, mapping=mapping, is_preview=True).answer
    before, after = answer["preview"]
    assert (before["side"], before["name"], before["rows"]) == (
        "before",
        "Plan.csv",
        [["tool", "retail", "31.01.2027", "1.700"]],
    )
    assert (after["side"], after["name"]) == ("after", "forecast")
    assert dict(zip(after["columns"], after["rows"][0], strict=True)) == {
        "item": "tool",
        "market": "retail",
        "date": "2027-01-31",
        "quantity": "1700",
    }
    assert MonthDraft.objects.get().version == 2
    assert deliver(draft, {"Plan.csv": theirs}, mapping=mapping).answer["tables"]["forecast"]["rows"] == 1


def archive(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as into:
        for name, text in files.items():
            into.writestr(name, text)
    return stream.getvalue()


def test_an_archive_cannot_write_outside_of_its_folder(deliver, draft, tomato_files, fresh_home):
    answer = deliver(draft, {"evil.zip": archive(**{"../../outside.csv": "x", **tomato_files})}).answer
    assert "outside.csv" in answer["refused"][0]["message"]
    assert not list(fresh_home.rglob("outside.csv"))
    assert deliver(draft, {"good.zip": archive(**tomato_files)}).answer["tables"]["items"]["rows"] == 1


def test_a_hostile_workbook_ends_the_child_and_nothing_else(deliver, draft, tomato_files):
    deliver(draft, tomato_files)
    rows = '<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row>'
    sheet = f"<worksheet><sheetData>{rows}</sheetData></worksheet>"
    answer = deliver(draft, {"bomb.xlsx": archive(**{"xl/worksheets/sheet1.xml": sheet})}).answer
    assert answer["refused"]
    assert MonthDraft.objects.get().version == 2


def test_too_little_memory_and_too_little_time_are_findings(deliver, draft, tomato_files, fresh_home):
    from equipoise_web.drafts import keep_file

    digest, _ = keep_file([archive(**tomato_files)])
    entry = {"path": str(fresh_home / "deliveries" / digest), "name": "a.zip", "mapping": "", "is_append": False}
    recipe = {"onto": "", "base": "", "deliveries": [entry], "corrections": [], "is_preview": False}
    for limits in ({"memory": 200 << 20}, {"seconds": 0}):
        work = fresh_home / f"work-{len(list(fresh_home.iterdir()))}"
        work.mkdir()
        answer = read_in_child(recipe, work, lambda *_: None, **limits)
        assert [finding["code"] for finding in answer["refused"]] == ["IN008"]
        assert "a.zip" in answer["refused"][0]["where"]


def test_a_change_made_while_a_file_was_read_is_kept(deliver, draft, tomato_files, monkeypatch):
    from equipoise_web.actions.correct_row import correct_row
    from equipoise_web.jobs import deliver_to_draft as job

    deliver(draft, tomato_files)
    reading, tries = job.read_in_child, []

    def read_and_be_overtaken(*arguments):
        answer = reading(*arguments)
        if not tries:
            correct_row(
                deliver.who,
                draft,
                2,
                table="prices",
                row={"item": "tool"},
                column="price",
                old="40",
                new="41",
                reason="new list",
            )
        tries.append(1)
        return answer

    monkeypatch.setattr(job, "read_in_child", read_and_be_overtaken)
    deliver(draft, {"forecast.csv": FORECAST})
    assert len(tries) == 2
    assert contents(draft).tables["prices"]["price"].to_list() == [41.0]
    assert contents(draft).tables["forecast"]["quantity"].to_list() == [1700.0]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("report.pdf", b"x", "kind that is not read"),
        ("items.csv", b"", "is empty"),
        (".htaccess.csv", b"x", "no name"),
        ("~$book.xlsx", b"x", "no name"),
    ],
)
def test_what_is_no_planning_file_is_not_kept(deliver, fresh_home, name, data, says):
    from django.core.files.uploadedfile import SimpleUploadedFile

    with pytest.raises(FileRefused, match=says):
        keep_files(deliver.who, [SimpleUploadedFile(name, data)])
    assert not (fresh_home / "deliveries").exists()


def test_the_draft_has_two_folders_and_the_job_leaves_nothing_else(deliver, draft, tomato_files, fresh_home):
    deliver(draft, tomato_files)
    deliver(draft, {"forecast.csv": FORECAST})
    assert {path.name for path in (fresh_home / "drafts" / str(draft)).iterdir()} == {"0", "1"}
    assert contents_folder(draft, 3).name == "1"
    assert Job.objects.filter(state="done").count() == 2


def test_a_draft_on_disk_that_was_killed_before_its_commit_is_not_seen(deliver, draft, tomato_files):
    deliver(draft, tomato_files)
    before = gather(contents(draft)).id
    wrong = read_dataset(TOMATO)
    from equipoise.store_drafts import write_draft

    write_draft(wrong, contents_folder(draft, 3))  # what a writer leaves whose transaction was not committed
    assert gather(contents(draft)).id == before
    deliver(draft, {"forecast.csv": FORECAST})
    assert contents(draft).tables["forecast"]["quantity"].to_list() == [1700.0]
