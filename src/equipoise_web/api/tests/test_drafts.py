"""The month's draft through the API: from the first delivery to the seal, and who is refused what."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from equipoise.gather import open_snapshot
from equipoise_web.access import access_of
from equipoise_web.actions.lease_job import take_job
from equipoise_web.actions.make_token import make_token
from equipoise_web.actions.open_draft import open_draft
from equipoise_web.api.deliveries import MOST_BODY
from equipoise_web.conftest import TOMATO
from equipoise_web.jobs.worker import work_on
from equipoise_web.records.models import AuditEntry, CorrectionRecord, DeliveryRecord, Job, MonthDraft

pytestmark = pytest.mark.django_db
API = "/api/v1"
WRONG = (
    "item,market,date,quantity\n"
    "tool,retail,2027-01-01,16OO\n"  # line 2: letters in a number
    "tol,retail,2027-02-01,3000\n"  # line 3: no such item
    "tol,retail,2027-03-01,3200\n"
    "tool,retail,2027-04-01,3800\n"
    "tool,retail,2027-05-01,2200\n"
)
PRICE = {"table": "prices", "key": {"item": "tool"}, "column": "price", "new": "41", "reason": "new list"}


class Caller:
    """Somebody's requests: in a session whose CSRF token is not asked for, or with a token."""

    def __init__(self, user, rights=None):
        self.user, self.client = user, Client()
        if rights is None:
            self.client.force_login(user)
        else:
            secret = make_token(access_of(user), "robot", rights)["secret"]
            self.client = Client(headers={"Authorization": f"Bearer {secret}"})

    def get(self, path, **headers):
        return self.client.get(f"{API}{path}", headers=headers)

    def post(self, path, body, **headers):
        return self.client.post(f"{API}{path}", body, content_type="application/json", headers=headers)

    def send(self, path, files, headers=None, **fields):
        sent = [SimpleUploadedFile(name, text.encode()) for name, text in files.items()]
        return self.client.post(f"{API}{path}", {"files": sent, **fields}, headers=headers or {})

    def delete(self, path, **headers):
        return self.client.delete(f"{API}{path}", headers=headers)


@pytest.fixture
def cora(person, fresh_home):
    return Caller(person("cora", "coordinator"))


@pytest.fixture
def draft(cora, deliver, tomato_files):
    """A first month's draft with the rows above."""
    id = cora.post("/drafts", {}).json()["id"]
    deliver(id, {**tomato_files, "forecast.csv": WRONG})
    return id


def work(caller, answer):
    """Do the job that was asked for; how it ended, as the API says."""
    assert answer.status_code == 202, answer.content
    job = answer.json()["job"]
    leased = take_job()
    assert leased.id == job
    work_on(leased)
    return caller.get(f"/jobs/{job}").json()


def test_a_month_from_its_first_file_to_its_seal(cora, tomato_files):
    opened = cora.post("/drafts", {})
    assert (opened.status_code, opened.json()) == (201, {"id": opened.json()["id"], "base": "", "version": 1})
    draft = f"/drafts/{opened.json()['id']}"
    empty = cora.get("/drafts/open").json()
    assert (empty["company"], empty["score"], empty["tables"], empty["deliveries"]) == (None, None, [], [])
    sent = cora.send(f"{draft}/deliveries", {**tomato_files, "forecast.csv": WRONG})
    waits = cora.get(draft).json()["reading"]
    assert [(each["job"], each["state"]) for each in waits] == [(sent.json()["job"], "queued")]
    read = work(cora, sent)
    assert read["answer"]["tables"]["forecast"] == {"rows": 2, "left_out": 3, "files": ["forecast.csv"]}
    stands = cora.get(draft).json()
    assert (stands["version"], stands["company"], stands["quarantined"]) == (2, "Red Tomato Tools", 3)
    assert 0 < stands["score"] <= 100
    tables = {each["name"]: each for each in stands["tables"]}
    assert (tables["forecast"]["rows"], tables["forecast"]["quarantined"], tables["forecast"]["by"]) == (2, 3, "cora")
    assert stands["deliveries"][0]["tables"]["forecast"] == {"rows": 2, "quarantined": 3, "files": ["forecast.csv"]}
    assert stands["reading"] == []
    found = cora.get(f"{draft}/findings").json()
    assert "IN104" in {each["code"] for each in found["findings"]}
    version = 2
    for sent in (
        {"file": "forecast.csv", "line": 2, "column": "quantity", "old": "16OO", "new": "1600"},
        {"key": {"item": "tol"}, "column": "item", "new": "tool"},
    ):
        mended = cora.post(f"{draft}/corrections", {"table": "forecast", "version": version, "reason": "typo", **sent})
        assert (mended.status_code, mended.json()["is_in"]) == (201, True), mended.content
        version = mended.json()["version"]
    assert cora.get(f"{draft}/tables/forecast/quarantine").json()["rows"] == []
    sealed = work(cora, cora.post(f"{draft}/seal", {"version": version, "label": "January"}))
    assert sealed["state"] == "done", sealed["error"]
    snapshot = sealed["answer"]["snapshot"]
    (shown,) = cora.get("/snapshots").json()["snapshots"]
    assert (shown["snapshot"], shown["label"], shown["sealed_by"]) == (snapshot, "January", "cora")
    assert cora.get("/drafts/open").status_code == 404
    over = cora.get(draft).json()
    assert (over["sealed_as"], over["quarantined"], over["corrections"]) == (snapshot, 0, 2)
    late = cora.post(f"{draft}/corrections", {**PRICE, "version": version})
    assert (late.status_code, late.json()["error"]) == (409, "DraftSealed")
    work_on(take_job())  # the first plan of its cycle
    following = cora.post("/drafts", {"base": snapshot}).json()
    assert (following["base"], following["id"] != opened.json()["id"]) == (snapshot, True)
    begins = cora.get("/drafts/open").json()
    assert (begins["start"], begins["corrections"]) == ("2027-02-01", 2)
    assert {each["carried"] for each in begins["tables"]} == {"2026-12-31"}
    assert [each["id"] for each in cora.get("/drafts").json()["drafts"]] == [following["id"], opened.json()["id"]]


def test_lists_of_a_draft_go_on_where_the_page_before_ended(cora, draft):
    whole = cora.get(f"/drafts/{draft}/tables/forecast/quarantine").json()
    assert [(each["line"], each["wrong"]) for each in whole["rows"]] == [
        (2, ["quantity"]),
        (3, ["item"]),
        (4, ["item"]),
    ]
    assert whole["rows"][1]["suggestion"] == "tool"
    assert whole["rows"][0]["cells"]["quantity"] == "16OO"
    first = cora.get(f"/drafts/{draft}/tables/forecast/quarantine?limit=2").json()
    rest = cora.get(f"/drafts/{draft}/tables/forecast/quarantine?limit=2&after={first['next']}").json()
    assert (first["rows"] + rest["rows"], rest["next"]) == (whole["rows"], None)
    findings = cora.get(f"/drafts/{draft}/findings?limit=200").json()
    paged, after = [], "0"
    while after is not None:
        page = cora.get(f"/drafts/{draft}/findings?limit=3&after={after}").json()
        paged, after = paged + page["findings"], page["next"]
    assert (paged, findings["version"]) == (findings["findings"], 2)
    errors = cora.get(f"/drafts/{draft}/findings?severity=error").json()["findings"]
    assert errors == [each for each in findings["findings"] if each["severity"] == "error"]
    for number in range(3):
        cora.post(f"/drafts/{draft}/corrections", {**PRICE, "version": 2 + number, "new": str(50 + number)})
    cora.post(
        f"/drafts/{draft}/corrections",
        {"table": "forecast", "version": 5, "file": "forecast.csv", "line": 4, "reason": "a test line"},
    )
    newest = cora.get(f"/drafts/{draft}/corrections?limit=1").json()
    assert [(each["column"], each["reason"]) for each in newest["corrections"]] == [("", "a test line")]
    (older,) = cora.get(f"/drafts/{draft}/corrections?limit=1&after={newest['next']}").json()["corrections"]
    assert (older["old"], older["new"], older["state"], older["author"]) == ("40", "52", "needed", "cora")
    assert cora.get(f"/drafts/{draft}").json()["on_purpose"] == 1
    assert [each["line"] for each in cora.get(f"/drafts/{draft}/tables/forecast/quarantine").json()["rows"]] == [2, 3]


def test_a_version_is_fetched_once(cora, draft, person):
    for path in ("findings", "tables/forecast/quarantine", "corrections"):
        first = cora.get(f"/drafts/{draft}/{path}")
        assert first.status_code == 200
        tag = first["ETag"]
        assert cora.get(f"/drafts/{draft}/{path}", **{"If-None-Match": tag}).status_code == 304
        other = Caller(person(f"someone-{path[:3]}", "supply_planner"))
        assert other.get(f"/drafts/{draft}/{path}", **{"If-None-Match": tag}).status_code == 200
        version = MonthDraft.objects.get().version
        cora.post(f"/drafts/{draft}/corrections", {**PRICE, "version": version, "new": str(50 + version)})
        assert cora.get(f"/drafts/{draft}/{path}", **{"If-None-Match": tag}).status_code == 200


def test_a_delivery_is_appended_looked_at_and_taken_out_again(cora, draft):
    path = f"/drafts/{draft}/deliveries"
    mapping = '[[tables.prices.sources]]\nfile = "Preise.csv"\nrename = {Artikel = "item", Preis = "price"}\n'
    looked = work(cora, cora.send(path, {"Preise.csv": "Artikel,Preis\ntool,44\n"}, mapping=mapping, is_preview=True))
    assert [(each["side"], each["name"]) for each in looked["answer"]["preview"]] == [
        ("before", "Preise.csv"),
        ("after", "prices"),
    ]
    assert cora.get(f"/drafts/{draft}").json()["version"] == 2
    more = {"forecast.csv": "item,market,date,quantity\ntool,retail,2027-01-01,1600\n"}
    done = work(cora, cora.send(path, more, is_append="true"))
    assert done["answer"]["tables"]["forecast"]["rows"] == 3
    stands = cora.get(f"/drafts/{draft}").json()
    assert (stands["deliveries"][0]["id"], stands["deliveries"][0]["is_append"]) == (done["answer"]["delivery"], True)
    elsewhere = cora.delete(f"/drafts/{draft + 1}/deliveries/{done['answer']['delivery']}")
    assert elsewhere.status_code == 404
    out = work(cora, cora.delete(f"{path}/{done['answer']['delivery']}"))
    assert out["state"] == "done"
    assert {each["name"]: each["rows"] for each in cora.get(f"/drafts/{draft}").json()["tables"]}["forecast"] == 2
    assert cora.delete(f"{path}/{done['answer']['delivery']}").status_code == 404


def test_a_refused_file_is_an_answer_and_leaves_the_draft_as_it_was(cora, draft):
    before = cora.get(f"/drafts/{draft}").json()
    job = work(cora, cora.send(f"/drafts/{draft}/deliveries", {"items.csv": "item,family\ntool,tools\n"}))
    assert (job["state"], [each["code"] for each in job["answer"]["refused"]]) == ("done", ["IN007"])
    after = cora.get(f"/drafts/{draft}").json()
    assert after["reading"] == [{"job": job["id"], "name": "items.csv", "state": "refused"}]
    assert {**after, "reading": []} == {**before, "reading": []}


def test_the_same_key_writes_once(cora, draft):
    key = {"Idempotency-Key": "k"}
    one = cora.send(f"/drafts/{draft}/deliveries", {"a.csv": "x"}, key)
    assert cora.send(f"/drafts/{draft}/deliveries", {"a.csv": "x"}, key).json() == one.json()
    other = cora.send(f"/drafts/{draft}/deliveries", {"a.csv": "y"}, key)
    assert (other.status_code, other.json()["error"]) == (422, "KeyReused")
    assert Job.objects.filter(state="queued").count() == 1
    made = cora.post(f"/drafts/{draft}/corrections", {**PRICE, "version": 2}, **{"Idempotency-Key": "c"})
    again = cora.post(f"/drafts/{draft}/corrections", {**PRICE, "version": 2}, **{"Idempotency-Key": "c"})
    assert (again.status_code, again.json()) == (201, made.json())
    assert CorrectionRecord.objects.count() == 1
    back = cora.delete(f"/drafts/{draft}/corrections/{made.json()['correction']}", **{"Idempotency-Key": "d"})
    assert back.json() == {"version": 4}
    repeated = cora.delete(f"/drafts/{draft}/corrections/{made.json()['correction']}", **{"Idempotency-Key": "d"})
    assert repeated.json() == {"version": 4}
    sealed = [cora.post(f"/drafts/{draft}/seal", {"version": 4}, **{"Idempotency-Key": "s"}).json() for _ in range(2)]
    assert sealed[0] == sealed[1]
    opened = cora.post("/drafts", {}, **{"Idempotency-Key": "o"})
    assert opened.status_code == 409
    assert AuditEntry.objects.filter(verb="ask_seal").count() == 1


def test_who_comes_second_gets_both_values(cora, draft, person):
    path = f"/drafts/{draft}/corrections"
    bob = Caller(person("bob", "supply_planner"))
    cell = {
        "table": "forecast",
        "version": 2,
        "file": "forecast.csv",
        "line": 2,
        "column": "quantity",
        "reason": "typo",
    }
    assert cora.post(path, {**cell, "new": "1600"}).status_code == 201
    late = bob.post(path, {**cell, "new": "1700"})
    assert (late.status_code, late.json()["mine"], late.json()["theirs"]) == (409, "1700", "1600")
    moved = bob.post(path, {**PRICE, "version": 2})
    assert (moved.status_code, moved.json()["mine"], moved.json()["theirs"]) == (409, "41", "40")
    assert bob.post(path, {**PRICE, "version": 2, "old": "40"}).status_code == 201  # nobody has changed that cell
    changed = cora.post(path, {**PRICE, "version": 3, "old": "40.00", "new": "42"})
    assert (changed.status_code, changed.json()["theirs"], "bob" in changed.json()["message"]) == (409, "41", True)
    stale = cora.post(f"/drafts/{draft}/seal", {"version": 3})
    assert (stale.status_code, stale.json()["mine"], stale.json()["theirs"]) == (409, "version 3", "version 4")
    (last, *_) = cora.get(path).json()["corrections"]
    assert cora.delete(f"{path}/{last['id']}").status_code == 200
    assert cora.delete(f"{path}/{last['id']}").status_code == 409


def test_another_draft_is_opened_only_where_nobody_worked(cora, draft, own_snapshot):
    refused = cora.post("/drafts", {"base": own_snapshot})
    assert (refused.status_code, refused.json()["error"]) == (409, "StaleEdit")
    assert (refused.json()["mine"], refused.json()["theirs"]) == (own_snapshot[:12], "the first month")
    assert cora.post("/drafts", {"base": "0" * 64}).status_code == 404
    assert cora.post("/drafts", {"base": "../x"}).status_code == 404


@pytest.fixture
def own_snapshot(fresh_home):
    """Red Tomato, sealed in the home of the test."""
    from equipoise.store import write_snapshot

    snapshot = open_snapshot(TOMATO)
    (fresh_home / "snapshots").mkdir(exist_ok=True)
    write_snapshot(snapshot, fresh_home / "snapshots" / snapshot.id)
    return snapshot.id


READS = ("", "/open", "/{draft}", "/{draft}/findings", "/{draft}/corrections", "/{draft}/tables/forecast/quarantine")


WITHOUT_THE_RIGHT = [
    ("sales", {}),
    ("auditor", {}),
    ("administrator", {}),
    ("", {}),
    ("coordinator", {"market": "retail"}),
]


def test_who_has_no_right_to_the_whole_sees_and_changes_nothing(person, draft, subtests):
    delivery = DeliveryRecord.objects.get().pk
    at = f"/drafts/{draft}"
    for number, (role, nodes) in enumerate(WITHOUT_THE_RIGHT):
        with subtests.test(role=role, **nodes):
            nobody = Caller(person(f"nobody-{number}", role, **nodes))
            answers = [nobody.get(f"/drafts{path.format(draft=draft)}") for path in READS] + [
                nobody.post("/drafts", {}),
                nobody.send(f"{at}/deliveries", {"items.csv": "item\nx\n"}),
                nobody.delete(f"{at}/deliveries/{delivery}"),
                nobody.post(f"{at}/corrections", {**PRICE, "version": 2}),
                nobody.delete(f"{at}/corrections/0123456789abcdef"),
                nobody.post(f"{at}/seal", {"version": 2}),
            ]
            for answer in answers:
                assert (answer.status_code, answer.json()["error"]) == (403, "NotAllowed"), answer.request["PATH_INFO"]
                assert ("no role here yet" in answer.json()["message"]) == (role == "")
            assert MonthDraft.objects.get().version == 2
            assert not Job.objects.exclude(state="done").exists()


def test_a_planner_gathers_and_does_not_seal_and_a_token_gives_no_more(person, draft):
    paula = person("paula", "demand_planner")
    planner = Caller(paula)
    assert planner.post(f"/drafts/{draft}/corrections", {**PRICE, "version": 2}).status_code == 201
    assert planner.post(f"/drafts/{draft}/seal", {"version": 3}).status_code == 403
    robot = Caller(paula, ["read", "gather"])
    sent = robot.send(f"/drafts/{draft}/deliveries", {"prices.csv": "item,market,price\ntool,retail,41\n"})
    assert work(robot, sent)["state"] == "done"
    assert AuditEntry.objects.filter(verb="deliver_file").first().through.startswith("token:")
    reader = Caller(paula, ["read"])
    assert [reader.get(f"/drafts{path.format(draft=draft)}").status_code for path in READS] == [403] * len(READS)
    assert reader.send(f"/drafts/{draft}/deliveries", {"items.csv": "x"}).status_code == 403
    assert Client().get(f"{API}/drafts").status_code == 401
    assert Client().post(f"{API}/drafts/{draft}/deliveries", {}).status_code == 401


def test_files_of_a_session_need_its_csrf_token(person, draft):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person("strict", "coordinator"))
    sent = {"files": [SimpleUploadedFile("items.csv", b"item\nx\n")]}
    assert strict.post(f"{API}/drafts/{draft}/deliveries", sent).status_code == 403
    assert not Job.objects.filter(state="queued").exists()


MULTIPART = "multipart/form-data; boundary=X"
PART = b'--X\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\nx\r\n'


MALFORMED = [
    (b"", MULTIPART, 400),
    (b"--X", MULTIPART, 400),
    (PART + b"--X--\r\n", "multipart/form-data", 400),  # no boundary
    (b'{"files": []}', "application/json", 400),
    (b"files=a.csv", "application/x-www-form-urlencoded", 400),
    (PART * 101 + b"--X--\r\n", MULTIPART, 400),
    (PART.replace(b"a.csv", b"a.exe") + b"--X--\r\n", MULTIPART, 422),
    (PART.replace(b"\r\n\r\nx", b"\r\n\r\n") + b"--X--\r\n", MULTIPART, 422),  # an empty file
    (PART * 2 + b"--X--\r\n", MULTIPART, 422),  # two files of one name
    (PART + PART.replace(b"a.csv", b"b.xlsx") + b"--X--\r\n", MULTIPART, 422),  # two deliveries
    (PART + b'--X\r\nContent-Disposition: form-data; name="mapping"\r\n\r\na\0b\r\n--X--\r\n', MULTIPART, 422),
    (PART + b'--X\r\nContent-Disposition: form-data; name="is_append"\r\n\r\nperhaps\r\n--X--\r\n', MULTIPART, 400),
    (PART + b'--X\r\nContent-Disposition: form-data; name="mapping"\r\n\r\n' + b"x" * 2_700_000, MULTIPART, 413),
    (PART.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n", 1) + b"--X--\r\n", MULTIPART, 400),
]


def test_a_malformed_delivery_is_refused_in_the_one_shape(cora, draft, fresh_home, subtests):
    for number, (body, media_type, status) in enumerate(MALFORMED):
        with subtests.test(number=number):
            kept = len(list((fresh_home / "deliveries").iterdir()))
            answer = cora.client.post(f"{API}/drafts/{draft}/deliveries", body, content_type=media_type)
            assert answer.status_code == status, answer.content
            assert answer.json()["error"]
            assert answer.json()["message"]
            assert not Job.objects.filter(state="queued").exists()
            assert len(list((fresh_home / "deliveries").iterdir())) <= kept + (b"a\0b" in body)


def test_what_is_too_large_is_refused_before_it_is_read(cora, draft, monkeypatch):
    class Unread:
        def read(self, *_):
            raise AssertionError("the body was read")

        readline = read

    sent = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(MOST_BODY + 1), "CONTENT_TYPE": MULTIPART}
    answer = cora.client.post(f"{API}/drafts/{draft}/deliveries", **sent)
    assert (answer.status_code, answer.json()["error"]) == (413, "TooLarge")
    assert "200,9" in answer.json()["message"]
    # Elsewhere a body of files is no larger than any other.
    sent["CONTENT_LENGTH"] = "1000001"
    for path in (f"/drafts/{draft}/corrections", f"/drafts/{draft}/seal", "/drafts", "/scenarios"):
        assert cora.client.post(f"{API}{path}", **sent).status_code == 413, path
    monkeypatch.setattr("equipoise_web.actions.deliver_file.MOST_BYTES", 10)
    answer = cora.send(f"/drafts/{draft}/deliveries", {"items.csv": "x" * 11})
    assert (answer.status_code, answer.json()["error"], "10 is the limit" in answer.json()["message"]) == (
        422,
        "FileRefused",
        True,
    )


WRONG_CORRECTIONS = [
    ({"table": "price_list"}, 404, "price_list"),
    ({"column": "cost"}, 404, "no column"),
    ({"key": {"item": "axe"}}, 422, "no row of prices has item axe"),
    ({"key": {"weight": "1"}}, 422, "weight"),
    ({"key": {"@at": "1"}}, 422, "@at"),
    ({"key": {}}, 400, "by key"),
    ({"file": "prices.csv", "line": 2}, 400, "by file and line"),
    ({"key": {}, "file": "prices.csv", "line": 2}, 409, "counts"),  # that row is not left out
    ({"reason": " "}, 422, "reason"),
    ({"reason": ""}, 400, "reason"),
    ({"new": "40"}, 422, "40 already"),
    ({"new": "x" * 40_000}, 400, "new"),
    ({"version": "two"}, 400, "version"),
    ({"version": None}, 400, "version"),
    ({"cell": "price"}, 400, "cell"),
    ({"new": "\ud800"}, 400, "unicode"),
]


def test_a_wrong_correction_names_what_is_wrong(cora, draft, subtests):
    for change, status, says in WRONG_CORRECTIONS:
        with subtests.test(change=ascii(change)[:80]):
            answer = cora.post(f"/drafts/{draft}/corrections", {**PRICE, "version": 2, **change})
            assert answer.status_code == status, answer.content
            assert says in json.dumps(answer.json())
            assert MonthDraft.objects.get().version == 2


NOT_THERE = [
    ("/drafts/99", 404),
    ("/drafts/0", 400),
    ("/drafts/last", 400),
    (f"/drafts/{2**70}", 400),
    ("/drafts/99/findings", 404),
    ("/drafts/{draft}/findings?severity=worse", 400),
    ("/drafts/{draft}/findings?limit=0", 400),
    ("/drafts/{draft}/tables/price_list/quarantine", 404),
    ("/drafts/{draft}/tables/forecast/quarantine?limit=5001", 400),
]


def test_what_is_not_there_is_said(cora, draft, subtests):
    for path, status in NOT_THERE:
        with subtests.test(path=path):
            assert cora.get(path.format(draft=draft)).status_code == status


def test_a_draft_without_files_has_empty_lists_and_nothing_to_seal(cora):
    draft = open_draft(access_of(cora.user))["draft"]
    assert cora.get(f"/drafts/{draft}/findings").json()["findings"] == []
    assert cora.get(f"/drafts/{draft}/corrections").json()["corrections"] == []
    assert cora.get(f"/drafts/{draft}/tables/items/quarantine").json()["rows"] == []
    assert cora.post(f"/drafts/{draft}/corrections", {**PRICE, "version": 1}).status_code == 404
    assert cora.post(f"/drafts/{draft}/seal", {"version": 1}).status_code == 404
