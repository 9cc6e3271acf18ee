"""The draft's verbs: opened once, corrected by cell with both values where somebody was faster, and rights."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from equipoise.gather import gather, open_snapshot
from equipoise.intake import read_dataset
from equipoise_web.access import NotAllowed, access_of
from equipoise_web.actions.correct_row import correct_row, drop_row, undo_correction
from equipoise_web.actions.deliver_file import FileRefused, Kept, deliver_file, keep_delivery, keep_files, undo_delivery
from equipoise_web.actions.door import KeyReused, NotFound, StaleEdit
from equipoise_web.actions.open_draft import open_draft
from equipoise_web.actions.seal_draft import seal_draft
from equipoise_web.actions.which_row import Place, WrongCorrection
from equipoise_web.conftest import TOMATO
from equipoise_web.drafts import id_of, keep_contents, open_contents
from equipoise_web.records.models import AuditEntry, CorrectionRecord, DeliveryRecord, MonthDraft

pytestmark = pytest.mark.django_db
WRONG = (
    "item,market,date,quantity\n"
    "tool,retail,2027-01-01,16OO\n"  # line 2: letters in a number
    "tol,retail,2027-02-01,30OO\n"  # line 3: two wrong cells
    "tool,retail,2027-03-01,3200\n"
    "tool,retail,2027-04-01,3800\n"
    "tool,retail,2027-04-01,3900\n"  # lines 5 and 6: one key
    "tool,retail,2027-05-01,2200\n"
    "tool,retail,2027-05-01,2200\n"  # lines 7 and 8: wholly equal
)


@pytest.fixture
def who(person):
    return access_of(person("gatherer", "coordinator"))


@pytest.fixture
def draft(fresh_home, who, tmp_path, tomato_files):
    """A draft with the rows above, written as a delivery would."""
    id = open_draft(who)["draft"]
    folder = tmp_path / "files"
    folder.mkdir()
    for name, text in {**tomato_files, "forecast.csv": WRONG}.items():
        (folder / name).write_text(text, encoding="utf-8")
    MonthDraft.objects.update(version=2)
    keep_contents(id, 2, read_dataset(folder))
    return id


def contents(draft):
    return open_contents(draft, MonthDraft.objects.get(pk=draft).version)


def left_out(draft):
    return [row.line for row in contents(draft).quarantined("forecast") if row.code != "IN308"]


def mend(who, draft, line, column, old, new, version=2, reason="typo"):
    return correct_row(
        who,
        draft,
        version,
        table="forecast",
        row=Place("forecast.csv", line),
        column=column,
        old=old,
        new=new,
        reason=reason,
    )


def test_a_mended_row_counts_at_once_and_the_chain_says_who_and_why(who, draft):
    assert left_out(draft) == [2, 3, 5, 6, 7, 8]
    answer = mend(who, draft, 2, "quantity", "16OO", "1600")
    assert (answer["version"], answer["is_in"], answer["still"]) == (3, True, "")
    assert left_out(draft) == [3, 5, 6, 7, 8]
    entry = AuditEntry.objects.first()
    assert (entry.verb, entry.actor, entry.because) == ("correct_row", "gatherer", "typo")
    assert entry.after["key"] == {"date": "2027-01-01", "item": "tool", "market": "retail"}


def test_a_row_with_two_wrong_cells_says_what_is_still_wrong(who, draft):
    answer = mend(who, draft, 3, "quantity", "30OO", "3000")
    assert not answer["is_in"]
    assert "tol" in answer["still"]
    assert mend(who, draft, 3, "item", "tol", "tool", version=3)["is_in"]
    # Both are named by the cells that were delivered, so that they find the row again next month.
    assert {tuple(record.key.items()) for record in CorrectionRecord.objects.all()} == {
        (("date", "2027-02-01"), ("item", "tol"), ("market", "retail"))
    }


def test_one_of_two_rows_of_a_key_is_dropped_and_the_other_counts(who, draft):
    drop_row(who, draft, 2, table="forecast", row=Place("forecast.csv", 6), reason="the old plan")
    assert left_out(draft) == [2, 3, 7, 8]
    april = contents(draft).tables["forecast"].filter(contents(draft).tables["forecast"]["quantity"] == 3800)
    assert april.height == 1


def test_of_wholly_equal_rows_one_can_be_dropped(who, draft):
    drop_row(who, draft, 2, table="forecast", row=Place("forecast.csv", 8), reason="twice")
    assert left_out(draft) == [2, 3, 5, 6]


def test_who_comes_second_sees_both_values(who, draft, person):
    mend(who, draft, 2, "quantity", "16OO", "1600")
    other = access_of(person("other", "supply_planner"))
    with pytest.raises(StaleEdit, match="changed by gatherer") as stale:
        mend(other, draft, 2, "quantity", "16OO", "1700")
    assert (stale.value.mine, stale.value.theirs) == ("1700", "1600")
    mend(who, draft, 3, "quantity", "30OO", "3000", version=3)
    with pytest.raises(StaleEdit) as stale:
        mend(other, draft, 3, "quantity", "30OO", "3100")
    assert (stale.value.mine, stale.value.theirs) == ("3100", "3000")
    assert mend(other, draft, 3, "item", "tol", "tool")["is_in"]  # another cell of an old page is no conflict


def test_a_correction_taken_back_leaves_the_draft_as_it_was(who, draft):
    before = gather(contents(draft)).id
    done = mend(who, draft, 2, "quantity", "16OO", "1600")
    undo_correction(who, draft, done["correction"])
    assert gather(contents(draft)).id == before
    assert left_out(draft) == [2, 3, 5, 6, 7, 8]
    assert CorrectionRecord.objects.get().undone_at is not None
    with pytest.raises(StaleEdit):
        undo_correction(who, draft, done["correction"])


def test_any_row_can_be_corrected_by_its_key_and_a_wrong_old_value_is_said(who, draft):
    row = {"item": "tool"}
    answer = correct_row(who, draft, 2, table="prices", row=row, column="price", old="40", new="41", reason="list")
    assert contents(draft).tables["prices"]["price"].to_list() == [41.0]
    again = correct_row(who, draft, 3, table="prices", row=row, column="price", old="41", new="42", reason="list")
    assert contents(draft).tables["prices"]["price"].to_list() == [42.0]
    assert again["correction"] != answer["correction"]
    (joined,) = contents(draft).corrections
    assert (joined.old, joined.new, id_of(joined)) == ("40", "42", again["correction"])
    with pytest.raises(WrongCorrection, match="37"):
        correct_row(
            who,
            draft,
            4,
            table="prices",
            row={"item": "tool", "market": "retail"},
            column="price",
            old="37",
            new="38",
            reason="x",
        )
    with pytest.raises(WrongCorrection, match="No row"):
        correct_row(who, draft, 4, table="prices", row={"item": "axe"}, column="price", old="40", new="41", reason="x")
    assert MonthDraft.objects.get().version == 4


@pytest.mark.parametrize(("new", "reason", "says"), [("1600", " ", "reason"), ("16OO", "typo", "already")])
def test_what_says_nothing_is_refused(who, draft, new, reason, says):
    with pytest.raises(WrongCorrection, match=says):
        mend(who, draft, 2, "quantity", "16OO", new, reason=reason)
    assert MonthDraft.objects.get().version == 2


def test_a_value_that_is_wrong_too_keeps_the_row_out_and_says_so(who, draft):
    answer = mend(who, draft, 2, "quantity", "16OO", "16o0")
    assert not answer["is_in"]
    assert "16o0" in answer["still"]
    assert mend(who, draft, 2, "quantity", "16o0", "1600", version=3)["is_in"]


def test_one_draft_is_open_and_gives_way_only_while_nobody_worked_on_it(who, draft):
    again = open_draft(who, base=open_snapshot(TOMATO))
    assert again["draft"] == draft
    assert contents(draft).head.start.isoformat() == "2027-02-01"
    version = again["version"]
    correct_row(
        who, draft, version, table="prices", row={"item": "tool"}, column="price", old="40", new="41", reason="x"
    )
    with pytest.raises(StaleEdit, match="open already"):
        open_draft(who)


@pytest.mark.parametrize(
    ("role", "nodes"),
    [("sales", {}), ("auditor", {}), ("administrator", {}), ("", {}), ("coordinator", {"market": "retail"})],
)
def test_who_has_no_right_changes_nothing(person, draft, role, nodes):
    nobody = access_of(person("nobody", role, **nodes))
    for act in (
        lambda: open_draft(nobody),
        lambda: keep_files(nobody, []),
        lambda: deliver_file(nobody, draft, Kept("a.csv", "0" * 64, 1)),
        lambda: mend(nobody, draft, 2, "quantity", "16OO", "1600"),
        lambda: drop_row(nobody, draft, 2, table="forecast", row=Place("forecast.csv", 2), reason="x"),
        lambda: undo_correction(nobody, draft, "x"),
        lambda: seal_draft(nobody, draft, 2),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert MonthDraft.objects.get().version == 2


def test_a_planner_corrects_and_does_not_seal(person, draft):
    planner = access_of(person("planner", "supply_planner"))
    assert mend(planner, draft, 2, "quantity", "16OO", "1600")["is_in"]
    with pytest.raises(NotAllowed, match="seal"):
        seal_draft(planner, draft, 3)


def test_what_is_not_there_is_not_found(who, draft):
    with pytest.raises(NotFound):
        mend(who, 99, 2, "quantity", "16OO", "1600")
    with pytest.raises(NotFound, match="send it again"):
        deliver_file(who, draft, Kept("a.csv", "../../etc/passwd", 1))
    with pytest.raises(StaleEdit):
        mend(who, draft, 4, "quantity", "3200", "1")  # that row is not left out


def by_cells(who, draft, version, new, *, column="quantity", old=None, key="", **row):
    return correct_row(
        who, draft, version, table="forecast", row=row, column=column, old=old, new=new, reason="typo", key=key
    )


def test_without_an_old_value_the_one_that_stands_is_replaced(who, draft):
    answer = by_cells(who, draft, 2, "1600", date="2027-01-01")
    assert (answer["is_in"], CorrectionRecord.objects.get().old) == (True, "16OO")
    answer = correct_row(
        who,
        draft,
        3,
        table="forecast",
        row=Place("forecast.csv", 3),
        column="item",
        old=None,
        new="tool",
        reason="typo",
    )
    assert (answer["is_in"], "30OO" in answer["still"]) == (False, True)
    # The row is found by what it says now; the correction names it by what was delivered.
    assert by_cells(who, draft, 4, "3000", item="tool", date="2027-02-01")["is_in"]
    assert contents(draft).corrections[-1].key == (("date", "2027-02-01"), ("item", "tol"), ("market", "retail"))
    assert left_out(draft) == [5, 6, 7, 8]


def test_a_row_named_by_cells_says_whether_it_counts(who, draft):
    answer = by_cells(who, draft, 2, "3000", date="2027-02-01")
    assert (answer["is_in"], "tol" in answer["still"]) == (False, True)


def test_rows_that_differ_are_not_corrected_in_one(who, draft):
    with pytest.raises(WrongCorrection, match="3800, 3900"):
        by_cells(who, draft, 2, "4000", date="2027-04-01")
    by_cells(who, draft, 2, "4000", date="2027-04-01", old="3900")
    assert contents(draft).corrections[0].old == "3900"
    with pytest.raises(WrongCorrection, match="no row of forecast has date 2031-01-01"):
        by_cells(who, draft, 3, "4000", date="2031-01-01")


def test_of_an_older_version_only_a_cell_with_its_old_value_is_changed(who, draft, person):
    mend(who, draft, 2, "quantity", "16OO", "1600")
    other = access_of(person("other", "supply_planner"))
    with pytest.raises(StaleEdit, match="after you looked") as stale:
        by_cells(other, draft, 2, "3300", date="2027-03-01")
    assert (stale.value.mine, stale.value.theirs) == ("3300", "3200")
    by_cells(other, draft, 2, "3300", date="2027-03-01", old="3200")  # nobody has changed that cell
    with pytest.raises(StaleEdit, match="changed by other") as stale:
        by_cells(who, draft, 3, "3400", date="2027-03-01", old="3200")
    assert (stale.value.mine, stale.value.theirs) == ("3400", "3300")
    with pytest.raises(StaleEdit, match="after you looked"):
        drop_row(who, draft, 3, table="forecast", row={"date": "2027-03-01"}, reason="x")
    drop_row(who, draft, 4, table="forecast", row={"date": "2027-03-01"}, reason="x")
    assert 3300 not in contents(draft).tables["forecast"]["quantity"].to_list()


def test_a_key_that_comes_again_answers_again_and_for_another_value_is_refused(who, draft, deliver_nothing):
    made = by_cells(who, draft, 2, "1600", date="2027-01-01", key="k")
    assert by_cells(who, draft, 2, "1600", date="2027-01-01", key="k") == made
    with pytest.raises(KeyReused):
        by_cells(who, draft, 2, "1700", date="2027-01-01", key="k")
    asked = undo_delivery(who, deliver_nothing, draft=draft, key="u")
    DeliveryRecord.objects.update(undone_at="2026-01-01T00:00:00Z")
    assert undo_delivery(who, deliver_nothing, draft=draft, key="u") == asked


@pytest.fixture
def deliver_nothing(draft, who):
    return DeliveryRecord.objects.create(draft_id=draft, name="a.csv", digest="0" * 64, bytes=1, by_id=who.person).pk


def test_a_delivery_of_another_draft_is_not_there(who, draft, deliver_nothing):
    with pytest.raises(NotFound, match=f"draft {draft + 1}"):
        undo_delivery(who, deliver_nothing, draft=draft + 1)
    assert undo_delivery(who, deliver_nothing, draft=draft)["job"]


def test_one_delivery_is_one_file_or_files_that_are_read_together(who, fresh_home):
    def sent(*names):
        return [SimpleUploadedFile(name, b"item\nx\n") for name in names]

    assert keep_delivery(who, sent("items.csv")).name == "items.csv"
    assert keep_delivery(who, sent("items.csv", "dataset.toml")).name == "dataset.toml, items.csv"
    kept = sorted(path.name for path in (fresh_home / "deliveries").iterdir())
    for names in (("a.xlsx", "b.xlsx"), ("a.zip", "items.csv")):
        with pytest.raises(FileRefused, match="by itself"):
            keep_delivery(who, sent(*names))
    assert sorted(path.name for path in (fresh_home / "deliveries").iterdir()) == kept


def test_a_mapping_with_a_zero_character_is_refused(who, draft, fresh_home):
    with pytest.raises(FileRefused, match="character zero"):
        deliver_file(who, draft, keep_delivery(who, [SimpleUploadedFile("a.csv", b"x")]), mapping="a\0b")
