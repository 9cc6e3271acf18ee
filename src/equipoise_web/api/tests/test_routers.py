"""Pages of lists, a plan by its question, kinds, KPIs, audit, tokens, webhooks and the shape of refusals."""

import csv
import io
import json

import polars as pl
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from equipoise.codec import adjustment_from_json
from equipoise_web.access import Right, access_of
from equipoise_web.actions.ask_job import ask_job
from equipoise_web.actions.make_token import make_token
from equipoise_web.actions.open_scenario import open_scenario
from equipoise_web.actions.propose_adjustment import propose_adjustment
from equipoise_web.api.answers import MOST_ROWS, TooLarge, write_frame
from equipoise_web.api.root import MOST_BYTES, api
from equipoise_web.reads.plans import open_plan
from equipoise_web.reads.scenarios import question_of, working_scenario
from equipoise_web.reads.snapshots import axes_of

pytestmark = pytest.mark.django_db
API = "/api/v1"
SENT = {"kind": "demand_override", "amount": "+10%", "scope": {"item": "tool"}, "reason": "second shelf"}


class Caller:
    """Somebody's requests, in a session whose CSRF token is not asked for."""

    def __init__(self, user):
        self.client = Client()
        self.client.force_login(user)
        self.user = user

    def get(self, path, **headers):
        return self.client.get(f"{API}{path}", headers=headers)

    def post(self, path, body, **headers):
        return self.client.post(f"{API}{path}", body, content_type="application/json", headers=headers)

    def delete(self, path):
        return self.client.delete(f"{API}{path}")


@pytest.fixture
def by(person, digest):
    return lambda name, role, **nodes: Caller(person(name, role, **nodes))


@pytest.fixture
def paula(by):
    return by("paula", "demand_planner")


@pytest.fixture
def root(digest):
    return working_scenario().name


def propose(user, root, **more):
    return propose_adjustment(
        access_of(user), {**SENT, **more}, scenario=root, axes=axes_of(question_of(root).snapshot)
    )["id"]


def every(caller, path, name, limit):
    """Entries of all pages, and how many pages there were."""
    found, pages, after = [], 0, ""
    while after is not None:
        page = caller.get(
            f"{path}{'&' if '?' in path else '?'}limit={limit}{f'&after={after}' if after else ''}"
        ).json()
        found, pages, after = found + page[name], pages + 1, page["next"]
    return found, pages


def test_lists_go_on_where_the_page_before_ended(paula, root):
    made = [propose(paula.user, root, reason=f"reason {n}") for n in range(5)]
    found, pages = every(paula, "/adjustments", "adjustments", 2)
    assert [each["id"] for each in found] == made[::-1]
    assert pages == 3
    for n in range(4):
        open_scenario(access_of(paula.user), f"branch {n}", parent=root)
    found, pages = every(paula, "/scenarios", "scenarios", 2)
    assert [each["name"] for each in found] == ["branch 3", "branch 2", "branch 1", "branch 0", root]
    assert pages == 3
    for path, name in (("/plans", "plans"), ("/snapshots", "snapshots")):
        found, pages = every(paula, path, name, 1)
        assert len(found) == 1
    for n in range(3):
        ask_job(access_of(paula.user), "compute_plan", {"scenario": f"branch {n}"})
    found, pages = every(paula, "/jobs", "jobs", 1)
    assert [each["question"]["scenario"] for each in found] == ["branch 2", "branch 1", "branch 0", root]


def test_a_page_is_full_though_others_lie_outside_the_scope(paula, by, root):
    inside = [propose(paula.user, root, scope={"item": "tool", "market": "retail"}) for _ in range(2)]
    for _ in range(3):
        propose(paula.user, root, scope={})
    inside.append(propose(paula.user, root, scope={"item": "tool", "market": "retail"}))
    sally = by("sally", "sales", market="retail")
    found, _ = every(sally, "/adjustments", "adjustments", 2)
    assert [each["id"] for each in found] == inside[::-1]
    outside = every(paula, "/adjustments", "adjustments", 200)[0][1]["id"]
    assert sally.get(f"/adjustments/{outside}").status_code == 404
    assert sally.get(f"/adjustments/{outside}/comments").status_code == 404
    assert sally.post(f"/adjustments/{outside}/comments", {"text": "I know of it"}).status_code == 404


def test_adjustments_by_where_they_stand(paula, by, root):
    one, two = propose(paula.user, root), propose(paula.user, root)
    quinn = by("quinn", "demand_planner")
    assert quinn.post(f"/adjustments/{one}/rulings", {"verdict": "accepted"}).status_code == 201
    for state, ids in (("accepted", [one]), ("proposed", [two]), ("rejected", []), ("", [two, one])):
        shown = paula.get(f"/adjustments?state={state}").json()["adjustments"]
        assert [each["id"] for each in shown] == ids
    assert paula.get("/adjustments?state=lost").status_code == 400


def test_if_match_keeps_a_ruling_from_passing_another_by(paula, by, root):
    id = propose(paula.user, root)
    quinn = by("quinn", "demand_planner")
    tag = quinn.get(f"/adjustments/{id}")["ETag"]
    path = f"/adjustments/{id}/rulings"
    assert quinn.post(path, {"verdict": "accepted"}, **{"If-Match": tag}).status_code == 201
    late = quinn.post(path, {"verdict": "rejected", "because": "no"}, **{"If-Match": tag})
    assert (late.status_code, late.json()["mine"], late.json()["theirs"]["verdict"]) == (409, "rejected", "accepted")
    assert quinn.post(path, {"verdict": "rejected"}, **{"If-Match": "W/x"}).status_code == 400


def test_a_plan_by_its_question(paula, root, digest):
    asked = question_of(root)
    answer = paula.get(f"/plans/{asked.fingerprint}")
    assert (answer.status_code, answer.json()["digest"]) == (200, digest)
    assert answer["Content-Location"] == f"{API}/plans/{digest}"
    assert paula.get(f"/plans/{digest}").json() == answer.json()
    propose(paula.user, root)
    newer = question_of(root).fingerprint
    moved = paula.get(f"/plans/{asked.fingerprint}?scenario={root}")
    assert (moved.status_code, moved["Location"]) == (303, f"{API}/plans/{newer}?scenario={root.replace(' ', '+')}")
    assert paula.get(f"/plans/{digest}?scenario={root}").status_code == 303
    assert paula.get(f"/plans/{asked.fingerprint}").status_code == 200  # who asks for that very plan gets it
    waiting = paula.get(f"/plans/{newer}?scenario={root}")
    assert (waiting.status_code, waiting.json()["fingerprint"], waiting.json()["scenario"]) == (202, newer, root)
    assert waiting.json()["job"]["state"] == "queued"  # a change asks for its plan itself
    job = paula.post("/jobs", {"scenario": root}).json()["id"]
    assert paula.get(f"/plans/{newer}").json()["job"] == {"id": job, "state": "queued", "stage": "", "progress": 0.0}
    assert paula.get("/plans/" + "0" * 64).status_code == 404
    assert paula.get(f"/plans/of/{root}").json()["fingerprint"] == newer


def test_what_is_immutable_is_tagged_by_person_form_and_question(paula, by, digest):
    quinn = by("quinn", "demand_planner")
    tags = set()
    paths = ["", "/measures/production_qty", "/measures/production_qty?format=csv", "/findings", "/kpis", "/adherence"]
    paths += ["/grid?measure=demand_consensus_qty", f"/compare/{digest}", "/explain/demand_consensus_qty?bucket=0"]
    for path in paths:
        first = paula.get(f"/plans/{digest}{path}")
        assert first.status_code == 200, path
        assert "private" in first["Cache-Control"]
        again = paula.get(f"/plans/{digest}{path}", **{"If-None-Match": f'"x", W/{first["ETag"]}'})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        tags.add(first["ETag"])
        other = quinn.get(f"/plans/{digest}{path}", **{"If-None-Match": first["ETag"]})
        assert (other.status_code, other.content) == (200, first.content)
    by_accept = paula.get(f"/plans/{digest}/measures/production_qty", Accept="text/csv")
    assert by_accept["ETag"] not in tags
    assert len(tags) == len(paths)


def test_not_modified_is_never_said_to_who_may_not_see_it(paula, digest):
    tag = paula.get(f"/plans/{digest}/measures/revenue_amount")["ETag"]
    paula.user.grants.update(role="sales")
    refused = paula.get(f"/plans/{digest}/measures/revenue_amount", **{"If-None-Match": tag})
    assert refused.status_code == 403


def test_the_format_by_accept(paula, digest):
    path = f"/plans/{digest}/measures/production_qty"
    for accept, found in (
        ("application/vnd.apache.parquet", "application/vnd.apache.parquet"),
        ("text/html, text/csv;q=0.5", "text/csv; charset=utf-8"),
        ("*/*", "application/json"),
        ("", "application/json"),
    ):
        assert paula.get(path, Accept=accept)["Content-Type"] == found
    assert paula.get(f"{path}?format=json", Accept="text/csv")["Content-Type"] == "application/json"


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8), min_size=1, max_size=20))
def test_no_text_becomes_a_formula_and_none_is_lost(texts):
    read = list(csv.reader(io.StringIO(write_frame(pl.DataFrame({"item": texts}), "csv").decode(), newline="")))[1:]
    for text, (cell,) in zip(texts, [row or [""] for row in read], strict=True):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
        assert cell in (text, f"'{text}")


def test_csv_holds_no_formula_and_a_table_has_its_limits():
    codes = ["=1+1", "+1", "-1", "@x", "\tx", "ok", None, "a=b"]
    frame = pl.DataFrame({"item": codes, "market": codes, "n": [-1.0] * len(codes)})
    read = pl.read_csv(io.BytesIO(write_frame(frame, "csv")))
    assert read["item"].to_list() == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "ok", None, "a=b"]
    assert read["n"].to_list() == [-1.0] * len(codes)
    assert pl.read_ipc(io.BytesIO(write_frame(frame, "arrow"))).equals(frame)
    with pytest.raises(TooLarge, match="arrow or parquet"):
        write_frame(pl.DataFrame({"n": range(MOST_ROWS + 1)}), "json")


def test_a_part_of_the_company_gets_no_line_of_another(by, digest, monkeypatch):
    """Red Tomato has one item and one market: who has another market sees the shape of nothing."""
    nowhere = by("nora", "marketing", market="nowhere")
    assert nowhere.get(f"/plans/{digest}/measures/demand_consensus_qty?level=item").json() == {
        "rows": [],
        "tier": "optimum",
    }
    grid = nowhere.get(f"/plans/{digest}/grid?measure=demand_consensus_qty").content
    head = json.loads(grid[4 : 4 + int.from_bytes(grid[:4], "little")])
    assert (head["rows"], head["total"], head["shape"]) == ([], 0, [1, 0, 6])
    whole = nowhere.get(f"/plans/{digest}/measures/demand_consensus_qty?level=&time=").json()["rows"]
    assert whole == [{"demand_consensus_qty": 0.0}]
    inside = by("rita", "marketing", market="retail")
    rows = inside.get(f"/plans/{digest}/measures/demand_consensus_qty?level=item&time=").json()["rows"]
    assert rows == [{"item": "tool", "demand_consensus_qty": 16_000.0}]


def test_what_tells_of_the_whole_company_is_for_who_may_see_it(by, paula, digest, root):
    sally = by("sally", "sales", market="retail")
    for path in ("findings", "kpis", "performance", "value-added", "adherence", f"compare/{digest}"):
        assert paula.get(f"/plans/{digest}/{path}").status_code == 200, path
        refused = sally.get(f"/plans/{digest}/{path}")
        assert (refused.status_code, refused.json()["error"]) == (403, "NotAllowed"), path
    snapshot = question_of(root).snapshot
    assert sally.get(f"/snapshots/{snapshot}").status_code == 403
    shown = paula.get(f"/snapshots/{snapshot}")
    assert shown.json()["tables"]["items"] == {"rows": 1, "quarantined": 0}
    assert paula.get(f"/snapshots/{snapshot}", **{"If-None-Match": shown["ETag"]}).status_code == 304
    assert paula.get("/snapshots/..").status_code == 404
    assert paula.get("/snapshots/%2e%2e").status_code == 404


def test_the_report_of_a_part_names_nothing_of_the_whole(by, paula, digest):
    whole = paula.get(f"/plans/{digest}").json()
    assert whole["findings"]
    nora = by("nora", "sales", market="nowhere").get(f"/plans/{digest}").json()
    assert nora["findings"] == []
    assert nora["demand_consensus_qty"] == 0
    assert nora["cost_total_amount"] is None
    assert set(nora["by_bucket"]["revenue_amount"]) == {None}


def test_kpis_are_those_of_the_scorecard(paula, digest):
    from equipoise.scorecard import scorecard

    rows = paula.get(f"/plans/{digest}/kpis").json()["kpis"]
    expected = [score.as_json() for score in scorecard(open_plan(digest))]
    assert [(row["name"], row["value"], row["status"]) for row in rows] == [
        (row["name"], row["value"], row["status"]) for row in expected
    ]


def test_a_kind_says_what_it_takes(paula):
    kinds = {each["kind"]: each for each in paula.get("/adjustments/kinds").json()["kinds"]}
    override = kinds["demand_override"]
    assert (override["stage"], override["on_roll"], override["may_propose"]) == ("demand", "ask", True)
    assert "amount" in override["body"]["required"]
    assert not kinds["overtime"]["may_propose"]
    assert kinds["launch_date"]["body"]["properties"]["launch_date"] == {"type": "string", "format": "date"}
    assert "total" in kinds["demand_input"]["body"]["properties"]["basis"]["enum"]
    assert "workforce" in kinds["set_policy"]["body"]["properties"]["knob"]["enum"]
    for example in override["body"]["properties"]["amount"]["examples"]:
        adjustment_from_json({"kind": "demand_override", "amount": example})


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"amount": "nan"}, "is not an amount"),
        ({"amount": {"set": "nan"}}, "known and finite"),
        ({"amount": 10**400}, "finite"),
        ({"amount": "9" * 400}, "too large"),
        ({"supersedes": 5}, "must be a list of codes"),
        ({"scope": []}, "scope"),
        ({"kind": "promotion", "amount": None, "uplift_pct": {}}, "amount"),
        ({"kind": ["demand_override"]}, ""),
        ({"confidence_pct": "much"}, "must be a number"),
        ({"speed": 1}, "has no field speed"),
        ({"function": "supply"}, "does not speak for supply"),
    ],
)
def test_a_wrong_adjustment_names_its_field(more, message, paula, root):
    answer = paula.post("/adjustments", {**SENT, "scenario": root, **more})
    assert answer.status_code in (400, 422), answer.content
    assert message in answer.json()["message"]


def test_comments_on_a_plan(paula, by, digest):
    made = paula.post(f"/plans/{digest}/comments", {"text": "signed off"}, **{"Idempotency-Key": "c1"})
    assert (
        paula.post(f"/plans/{digest}/comments", {"text": "signed off"}, **{"Idempotency-Key": "c1"}).json()
        == made.json()
    )
    (comment,) = paula.get(f"/plans/{digest}/comments").json()
    assert (comment["text"], comment["by"]) == ("signed off", "paula")
    assert paula.post("/plans/nothing/comments", {"text": "x"}).status_code == 404
    assert paula.post(f"/plans/{digest}/comments", {"text": " "}).status_code == 422
    assert by("stan", "").post(f"/plans/{digest}/comments", {"text": "x"}).status_code == 403


def test_a_key_used_for_something_else_is_refused(paula, root):
    named = {"Idempotency-Key": "k"}
    assert paula.post("/scenarios", {"name": "one", "parent": root}, **named).status_code == 201
    other = paula.post("/scenarios", {"name": "two", "parent": root}, **named)
    assert (other.status_code, other.json()["error"]) == (422, "KeyReused")
    assert paula.post("/scenarios", {"name": "x", "parent": root}, **{"Idempotency-Key": "k" * 201}).status_code == 400


def test_a_scenario_may_have_any_name(paula, root):
    assert paula.post("/scenarios", {"name": "50/50 é?", "parent": root}).status_code == 201
    assert paula.get("/scenarios/50%2F50%20%C3%A9%3F").json()["scenario"] == "50/50 é?"
    assert paula.get("/plans/of/50%2F50%20%C3%A9%3F").status_code == 200
    twice = paula.post("/scenarios", {"name": "50/50 é?", "parent": root})
    assert twice.status_code == 409


def test_the_audit_chain_for_who_may_read_it(by, paula, root):
    propose(paula.user, root)
    cora, adam = by("cora", "coordinator"), by("adam", "administrator")
    shown = cora.get("/audit?verb=propose_adjustment").json()["entries"]
    assert [(each["actor"], each["after"]["amount"]["value"]) for each in shown] == [("paula", 10.0)]
    hidden = adam.get("/audit?verb=propose_adjustment").json()["entries"]
    assert [(each["actor"], each["after"], each["because"]) for each in hidden] == [("paula", None, None)]
    assert hidden[0]["digest"] == shown[0]["digest"]
    found, pages = every(cora, "/audit", "entries", 1)
    assert [each["seq"] for each in found] == list(range(len(found), 0, -1))
    assert pages == len(found) + 1
    verdict = cora.get("/audit/verdict").json()
    assert verdict == {"entries": len(found), "digest": found[0]["digest"], "faults": []}
    for path in ("/audit", "/audit/verdict"):
        assert paula.get(path).status_code == 403
        assert by(f"part{len(path)}", "auditor", market="retail").get(path).status_code == 403


def test_tokens_are_made_by_their_person_and_shown_without_their_secret(paula, by):
    made = paula.post("/tokens", {"name": "robot", "rights": ["read", "connect"], "days": 3})
    assert made.status_code == 201
    robot = {"Authorization": f"Bearer {made.json()['secret']}"}
    (shown,) = paula.get("/tokens").json()["tokens"]
    assert shown["used_at"] is None
    assert made.json()["secret"] not in json.dumps(shown)
    nobody = Client()
    assert nobody.get(f"{API}/me", headers=robot).status_code == 200
    assert paula.get("/tokens").json()["tokens"][0]["used_at"]
    again = nobody.post(
        f"{API}/tokens", {"name": "child", "rights": ["read"]}, content_type="application/json", headers=robot
    )
    assert (again.status_code, "sign in" in again.json()["message"]) == (403, True)
    assert paula.post("/tokens", {"name": "robot", "rights": ["people"]}).status_code == 403
    assert paula.post("/tokens", {"name": "robot", "rights": ["read"], "days": 9999}).status_code == 400
    eve = by("eve", "sales")
    assert eve.get("/tokens").json()["tokens"] == []
    assert eve.delete(f"/tokens/{shown['id']}").status_code == 404
    assert paula.delete(f"/tokens/{shown['id']}").json() == {"id": shown["id"]}
    assert nobody.get(f"{API}/me", headers=robot).status_code == 401


def test_a_right_that_is_no_more_leaves_a_token_the_others(person, digest):
    from equipoise_web.records.models import ApiToken

    made = make_token(access_of(person("paula", "demand_planner")), "old", ["read"])
    ApiToken.objects.update(rights=["fly", "read"])
    me = Client().get(f"{API}/me", headers={"Authorization": f"Bearer {made['secret']}"})
    assert me.json()["rights"] == [Right.READ.value]


def test_webhooks_are_ones_own(paula, by):
    made = paula.post("/webhooks", {"address": "https://hooks.example.com/in", "verbs": ["publish_plan"]})
    assert (made.status_code, len(made.json()["secret"])) == (201, 64)
    (shown,) = paula.get("/webhooks").json()["webhooks"]
    assert (shown["verbs"], shown["waiting"], "secret" in shown) == (["publish_plan"], 0, False)
    id = shown["id"]
    assert paula.get(f"/webhooks/{id}/messages").json() == {"messages": [], "next": None}
    eve = by("eve", "sales")
    assert eve.get("/webhooks").json() == {"webhooks": []}
    assert eve.get(f"/webhooks/{id}/messages").status_code == 404
    assert eve.delete(f"/webhooks/{id}").status_code == 404
    assert by("xena", "executive").get("/webhooks").status_code == 403
    inner = paula.post("/webhooks", {"address": "http://169.254.169.254/", "verbs": ["*"]})
    assert (inner.status_code, inner.json()["error"]) == (422, "WrongAddress")
    assert paula.delete(f"/webhooks/{id}").status_code == 200
    assert paula.get("/webhooks").json()["webhooks"][0]["ended_at"]


@pytest.mark.parametrize(
    ("status", "kind", "ask"),
    [
        (400, "WrongRequest", lambda c: c.post("/scenarios", "no json")),
        (400, "WrongRequest", lambda c: c.post("/scenarios", "[" * 100_000)),
        (400, "WrongRequest", lambda c: c.post("/scenarios", '{"name": "a\\u0000b"}')),
        (400, "WrongRequest", lambda c: c.post("/scenarios", '{"name": "\\ud800", "parent": "x"}')),
        (400, "WrongRequest", lambda c: c.get("/plans?limit=0")),
        (400, "WrongRequest", lambda c: c.get("/plans/x%00y")),
        (400, "WrongRequest", lambda c: c.get(f"/jobs/{2**70}")),
        (404, "JobNotFound", lambda c: c.get("/jobs/999")),
        (404, "PlanNotFound", lambda c: c.get("/plans/nothing")),
        (413, "TooLarge", lambda c: c.post("/scenarios", json.dumps({"name": "x" * MOST_BYTES}))),
    ],
)
def test_every_refusal_has_one_shape(status, kind, ask, paula):
    answer = ask(paula)
    assert (answer.status_code, answer.json()["error"]) == (status, kind)
    assert answer.json()["message"]


def test_nobody_is_told_how_to_sign_in(digest):
    answer = Client().get(f"{API}/plans")
    assert (answer.status_code, answer.json()["error"]) == (401, "NotSignedIn")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_the_document_names_every_refusal_and_gives_examples():
    document = api.get_openapi_schema()
    operations = [(path, verb, op) for path, each in document["paths"].items() for verb, op in each.items()]
    assert len(operations) >= 35
    for path, verb, operation in operations:
        codes = {str(code) for code in operation["responses"]}
        assert {"401"} <= codes, (verb, path)
        assert operation["description"], (verb, path)
        if verb in ("post", "delete"):
            assert {"400", "403", "409", "413", "422"} <= codes, (verb, path)
    refusal = document["components"]["schemas"]["Refusal"]
    assert {example["error"] for example in refusal["examples"]} == {"NotAllowed", "StaleEdit", "WrongRequest"}
    measure = document["paths"][f"{API}/plans/{{digest}}/measures/{{name}}"]["get"]["responses"][200]["content"]
    assert set(measure) >= {"application/json", "application/vnd.apache.arrow.file", "application/vnd.apache.parquet"}
