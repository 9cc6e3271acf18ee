"""A worked month with the Python client: files and frames in, rows mended, the snapshot out, and what is refused."""

import random
import socket
import threading
from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest

import equipoise
from equipoise.client import NotReached, NotSent, NotTaken, Refused, RunFailed
from equipoise.client_drafts import StillMoving
from equipoise.client_upload import Upload, parts_of
from equipoise.intake.readers.parquet import read_parquet
from equipoise_web.access import access_of
from equipoise_web.actions.correct_row import correct_row
from equipoise_web.actions.lease_job import take_job
from equipoise_web.actions.make_token import make_token
from equipoise_web.conftest import TOMATO
from equipoise_web.jobs.worker import work_on
from equipoise_web.reads.snapshots import open_snapshot
from equipoise_web.records.models import Job

pytestmark = pytest.mark.django_db
RIGHTS = ["read", "see_pooled", "gather", "seal", "run"]


@pytest.fixture
def cora(person):
    return person("cora", "coordinator")


@pytest.fixture
def there(fresh_address, cora):
    return equipoise.connect(fresh_address, make_token(access_of(cora), "robot", RIGHTS)["secret"])


@pytest.fixture
def work():
    """A worker that takes a job whenever somebody waits for one."""

    def progress(*told):
        job = take_job()
        if job is not None:
            work_on(job)

    return progress


@pytest.fixture
def draft(there, work):
    """Red Tomato as its folder is, delivered."""
    draft = there.open_draft()
    draft.deliver(TOMATO, progress=work)
    return draft


def forecast(*quantities):
    months = [date(2027, month, 1) for month in range(1, len(quantities) + 1)]
    return pl.DataFrame({"item": "tool", "market": "retail", "date": months, "quantity": quantities}, strict=False)


def test_a_worked_month(there, work):
    draft = there.open_draft()
    assert (draft.version, draft.report()["tables"]) == (1, [])
    told = []

    def progress(stage, part):
        told.append((stage, part))
        work()

    read = draft.deliver(TOMATO, progress=progress)
    assert (read["tables"]["forecast"]["rows"], told[-1][1], draft.version) == (6, 1.0, 2)
    wrong = forecast("16OO", "3000", "3200.5").with_columns(item=pl.Series(["tool", "tol", "tool"]))
    left_out = draft.deliver(wrong, table="forecast", progress=work)["tables"]["forecast"]
    assert left_out == {"rows": 1, "left_out": 2, "files": ["forecast.parquet"]}
    assert "IN104" in {each["code"] for each in draft.findings("error") + draft.findings("warning")}
    rows = draft.quarantine("forecast")
    assert rows.select("@file", "@line", "item", "quantity").rows() == [
        ("forecast.parquet", 2, "tool", "16OO"),
        ("forecast.parquet", 3, "tol", "3000"),
    ]
    for row in rows.iter_rows(named=True):
        if row["@suggestion"]:
            mended = draft.correct("forecast", row, column="item", new=row["@suggestion"], because="misspelt")
        else:
            mended = draft.correct("forecast", row, column="quantity", new=1600.0, because="letters O")
        assert (mended["is_in"], mended["version"]) == (True, draft.version)
    assert draft.quarantine("forecast").height == 0
    key = {"item": "tool", "date": date(2027, 3, 1)}
    draft.correct("forecast", key, column="quantity", new=3200, because="whole tools")
    prices = draft.deliver(TOMATO / "prices.csv", progress=work)["delivery"]
    draft.take_out(prices, progress=work)
    assert draft.report()["deliveries"][0]["name"] == "forecast.parquet"
    assert [each["reason"] for each in draft.corrections()] == ["whole tools", "misspelt", "letters O"]
    snapshot = draft.seal("January", progress=work)
    assert open_snapshot(snapshot).tables["forecast"]["quantity"].to_list() == [1600.0, 3000.0, 3200.0]
    assert [each["snapshot"] for each in there.snapshots()] == [snapshot]
    assert there.drafts()[0]["sealed_as"] == snapshot
    work()  # the first plan of its cycle
    following = there.open_draft(base=snapshot)
    assert following.report()["start"] == "2027-02-01"
    assert following.report()["corrections"] == 3
    assert there.draft(draft.id).report()["sealed_as"] == snapshot
    assert there.draft().id == following.id


def test_numbers_of_a_frame_are_sealed_as_they_were(draft, work):
    drawn = random.Random(7)
    values = [0.1 + 0.2, 1 / 3, 1e-7, 8.5e9 + 1 / 3, 123456789.123456789, drawn.uniform(0, 1e6)]
    draft.deliver(forecast(*values), table="forecast", progress=work)
    snapshot = open_snapshot(draft.seal(progress=work))
    assert snapshot.tables["forecast"]["quantity"].to_list() == values


def test_every_type_of_a_frame_arrives_as_it_is(tmp_path):
    drawn = random.Random(1)
    floats = [drawn.uniform(-1, 1) * 10.0 ** drawn.randint(-300, 300) for _ in range(2_000)]
    frame = pl.DataFrame(
        {
            "float": floats,
            "single": pl.Series(floats, dtype=pl.Float64).clip(-1e30, 1e30).cast(pl.Float32),
            "whole": [drawn.randint(-(2**63), 2**63 - 1) for _ in floats],
            "code": ["007", " =1+1", None, "é\u2003\n"] * 500,
            "word": pl.Series(["a", "b"] * 1_000, dtype=pl.Categorical),
            "day": [date(2027, 1, 31)] * 2_000,
            "instant": [datetime(2027, 1, 31)] * 2_000,
            "money": [Decimal("1.50")] * 2_000,
            "flag": [True, None] * 1_000,
        }
    )
    (part,) = parts_of(frame, "items", tmp_path)
    read = read_parquet(part.path.read_bytes(), part.name).frame
    assert [float(text) for text in read["float"]] == floats
    assert [float(text) for text in read["single"]] == frame["single"].cast(pl.Float64).to_list()
    assert [int(text) for text in read["whole"]] == frame["whole"].to_list()
    assert read["code"].to_list() == [code or "" for code in frame["code"]]
    assert read.select("word", "day", "money", "flag").row(0) == ("a", "2027-01-31", "1.50", "1")
    assert read["instant"][0].startswith("2027-01-31 00:00:00")
    assert read["flag"][1] == ""


def test_frames_and_files_by_table_are_one_delivery(there, work, tmp_path):
    frames = {path.stem: pl.read_csv(path, infer_schema=False) for path in TOMATO.glob("*.csv")}
    draft = there.open_draft()
    read = draft.deliver({**frames, "dataset": TOMATO / "dataset.toml"}, progress=work)
    assert set(read["tables"]) == set(frames)
    assert len(draft.report()["deliveries"]) == 1
    assert draft.seal(progress=work) == equipoise.open_snapshot(TOMATO).id  # the same data, the same snapshot


def test_a_foreign_layout_is_looked_at_first_and_appended(draft, work, tmp_path):
    (tmp_path / "Plan.csv").write_text("Monat;Menge\n2027-07-01;100\n")
    (tmp_path / "map.toml").write_text(
        '[[tables.forecast.sources]]\nfile = "Plan.csv"\nrename = {Monat = "date", Menge = "quantity"}\n'
        'constants = {item = "tool", market = "retail"}\n'
    )
    options = {"mapping": tmp_path / "map.toml", "append": True, "progress": work}
    looked = draft.deliver([tmp_path / "Plan.csv"], preview=True, **options)
    assert [each["name"] for each in looked["preview"]] == ["Plan.csv", "forecast"]
    assert draft.report()["version"] == 2
    assert draft.deliver(tmp_path / "Plan.csv", key="july", **options)["tables"]["forecast"]["rows"] == 7
    assert (
        draft.deliver(tmp_path / "Plan.csv", key="july", **options)["version"] == draft.version
    )  # sent twice, read once
    assert Job.objects.filter(kind="deliver").count() == 3


def test_what_is_refused_is_raised_with_its_findings(draft, work, tmp_path):
    with pytest.raises(NotTaken, match="items") as refused:
        draft.deliver(pl.DataFrame({"item": ["tool"], "family": ["tools"]}), table="items", progress=work)
    assert [each["code"] for each in refused.value.findings] == ["IN007"]
    assert draft.report()["version"] == 2
    with pytest.raises(NotSent, match="say which table"):
        draft.deliver(forecast(1))
    with pytest.raises(NotSent, match="no file"):
        draft.deliver(tmp_path / "nothing.csv")
    with pytest.raises(NotSent, match="holds no file"):
        draft.deliver(tmp_path)
    with pytest.raises(NotSent, match="'tags' of the frame for items is of type List"):
        draft.deliver(pl.DataFrame({"tags": [["a"]]}), table="items")
    with pytest.raises(Refused, match="of a kind that is not read") as refused:
        draft.deliver(__file__)
    assert (refused.value.status, refused.value.kind) == (422, "FileRefused")


def test_who_comes_second_is_told_both_values(draft, person, work):
    draft.deliver(forecast("16OO", "3000"), table="forecast", progress=work)
    (row,) = draft.quarantine("forecast").iter_rows(named=True)
    other = access_of(person("other", "supply_planner"))
    price = {"table": "prices", "row": {"item": "tool"}, "column": "price", "old": "40", "new": "41", "reason": "list"}
    correct_row(other, draft.id, draft.version, **price)
    assert draft.correct("forecast", row, column="quantity", new=1600, because="letters O")["is_in"]
    with pytest.raises(Refused) as stale:
        draft.correct("forecast", row, column="quantity", new=1700, because="letters O")
    assert (stale.value.status, stale.value.mine, stale.value.theirs) == (409, "1700", "1600")
    correct_row(other, draft.id, draft.version, **{**price, "old": "41", "new": "42"})
    with pytest.raises(Refused) as stale:
        draft.correct("prices", {"item": "tool"}, column="price", new=43, because="list")
    assert (stale.value.mine, stale.value.theirs) == ("43", "42.0")
    with pytest.raises(Refused, match="look at it again, then seal it"):
        draft.seal()
    draft.report()
    last = draft.correct("prices", {"item": "tool"}, column="price", new=43, because="list")
    draft.take_back(last["correction"])
    gone = draft.leave_out("forecast", {"item": "tool", "date": date(2027, 2, 1)}, because="a test")
    assert not gone["is_in"]
    assert draft.report()["on_purpose"] == 1


def test_a_list_that_moves_between_its_pages_is_read_anew(draft, work, monkeypatch, person):
    draft.deliver(forecast("1O", "2O", "3O", "4000"), table="forecast", progress=work)
    asked, client = draft.client.pages, draft.client
    other, moves = access_of(person("other", "supply_planner")), []

    def moving(path, where):
        for page in asked(path, {**where, "limit": "1"}):
            yield page
            if len(moves) < most:
                moves.append(page["version"])
                new = str(50 + len(moves))
                row = {"item": "tool"}
                correct_row(
                    other, draft.id, 0, table="prices", row=row, column="price", old=price(), new=new, reason="x"
                )

    def price():
        return str(49 + len(moves)) if len(moves) > 1 else "40"  # the one before

    most = 1
    monkeypatch.setattr(client, "pages", moving)
    assert draft.quarantine("forecast").height == 3
    assert draft.version == draft.report()["version"]
    most = 99
    monkeypatch.setattr("equipoise.client_drafts.TRIES", 2)
    with pytest.raises(StillMoving, match="changed 2 times"):
        draft.quarantine("forecast")


def test_the_same_data_are_not_sealed_twice(draft, there, work):
    snapshot = draft.seal(progress=work)
    work()
    again = there.open_draft()
    again.deliver(TOMATO, progress=work)
    with pytest.raises(RunFailed, match=f"sealed already as {snapshot[:12]}"):
        again.seal(progress=work)


def test_a_token_without_the_right_is_refused(draft, fresh_address, cora):
    reader = equipoise.connect(fresh_address, make_token(access_of(cora), "reader", ["read"])["secret"])
    with pytest.raises(Refused, match="no right to gather"):
        reader.draft()
    with pytest.raises(Refused, match="no right to gather"):
        reader.open_draft()


def test_a_body_is_as_long_as_it_says(tmp_path):
    (tmp_path / 'a "b"\n.csv').write_bytes(b"x" * 3_000_000)
    (tmp_path / "items.csv").write_bytes(b"item\r\n")
    upload = Upload(parts_of(tmp_path, "", tmp_path), {"mapping": "é"})
    pieces = list(upload)
    assert sum(map(len, pieces)) == upload.length
    assert max(map(len, pieces)) <= 1 << 20
    assert b'filename="a %22b%22%0A.csv"' in b"".join(pieces)


def test_what_a_server_says_before_it_hangs_up_is_read(tmp_path):
    (tmp_path / "items.csv").write_bytes(b"x" * 30_000_000)
    answer = b'{"error": "TooLarge", "message": "at most 10 bytes are read"}'
    head = b"HTTP/1.1 413 Too Large\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(answer)

    def refuse():
        came, _ = listening.accept()
        came.recv(1_000)
        came.sendall(head + answer)
        came.close()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=refuse)
        thread.start()
        client = equipoise.client.Client(f"http://127.0.0.1:{listening.getsockname()[1]}", "x")
        with pytest.raises(Refused, match="at most 10 bytes") as refused:
            equipoise.client.RemoteDraft(client, 1, 1).deliver(tmp_path)
        thread.join()
    assert (refused.value.status, refused.value.kind) == (413, "TooLarge")
    nowhere = equipoise.client.Client("http://127.0.0.1:9", "x")
    with pytest.raises(NotReached, match=r"while 30,\d+,\d+ bytes were sent"):
        equipoise.client.RemoteDraft(nowhere, 1, 1).deliver(tmp_path)
