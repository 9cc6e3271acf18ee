"""The Python client against the application served over HTTP: the same numbers, the server's own words in errors."""

import threading
from wsgiref.simple_server import make_server

import polars as pl
import pytest

import equipoise
from equipoise.client import NotComputed, NotReached, Refused, RunFailed
from equipoise.explain import explain
from equipoise_web.access import access_of
from equipoise_web.actions.lease_job import take_job
from equipoise_web.actions.make_token import make_token
from equipoise_web.jobs.worker import work_on
from equipoise_web.reads.plans import open_plan
from equipoise_web.reads.scenarios import working_scenario

pytestmark = pytest.mark.django_db
RIGHTS = ["read", "see_pooled", "propose", "rule", "branch", "run"]
SENT = {"kind": "demand_override", "amount": "+10%", "scope": {"item": "tool"}, "reason": "second shelf"}


def token_of(user, rights=RIGHTS):
    return make_token(access_of(user), "robot", rights)["secret"]


@pytest.fixture
def there(address, person):
    return equipoise.connect(address, token_of(person("paula", "demand_planner")))


def test_frames_come_as_the_plan_gives_them(there, digest):
    plan = open_plan(digest)
    remote = there.plan(working_scenario().name)
    assert remote == there.plan(digest) == there.plan(plan.fingerprint)
    for name, by in (
        ("demand_consensus_qty", ("item", "bucket")),
        ("revenue_amount", ("bucket", "family")),
        ("service_fill_pct", ("fiscal_quarter",)),
        ("cost_total_amount", ()),
    ):
        assert remote.frame(name, by=by).equals(plan.frame(name, by=by)), name
    assert remote.frame("cost_total_amount", by=()).item() == pytest.approx(422_275, abs=0.01)
    why = remote.explain("demand_consensus_qty", bucket=1, item="tool")
    assert why["value"] == explain(plan, "demand_consensus_qty", bucket=1, item="tool").value == 3000
    assert remote.report()["cost_total_amount"] == pytest.approx(422_275, abs=0.01)
    assert isinstance(remote.kpis(), pl.DataFrame)
    assert {"revenue_amount", "demand_consensus_qty"} <= {each["name"] for each in there.measures()}


def test_lists_are_read_to_their_end(there, monkeypatch):
    root = working_scenario().name
    for number in range(3):
        there.open_scenario(f"branch {number}/x", parent=root)
    assert there.question("branch 1/x")["snapshot"] == there.snapshots()[0]["snapshot"]
    asked = []
    answered = there.ask

    def two_at_a_time(method, path, *rest, **named):
        asked.append(path)
        return answered(method, path.replace("limit=200", "limit=2"), *rest, **named)

    monkeypatch.setattr(there, "ask", two_at_a_time)
    names = [each["name"] for each in there.scenarios()]
    assert names == ["branch 2/x", "branch 1/x", "branch 0/x", root]
    assert len(asked) == 2


def test_an_adjustment_makes_a_new_question_and_run_answers_it(there, digest):
    root = working_scenario().name
    made = there.propose(SENT, scenario=root, key="once")
    assert there.propose(SENT, scenario=root, key="once") == made
    assert [each["id"] for each in there.adjustments(state="proposed", kind="demand_override")] == [made["id"]]
    with pytest.raises(NotComputed, match="has no answer yet; job"):
        there.plan(root)
    seen = []

    def progress(stage, part):
        seen.append((stage, part))
        if len(seen) == 1:
            with pytest.raises(NotComputed, match=r"job \d+ works on it"):
                there.plan(root)
            work_on(take_job())

    plan = there.run(root, progress, every=0.01)
    assert seen[-1][1] == 1.0
    assert plan.digest != digest
    assert there.plan(root) == plan
    before, after = (each.frame("demand_consensus_qty", by=()).item() for each in (there.plan(digest), plan))
    assert after == pytest.approx(1.1 * before)
    assert plan.compare(digest)["a"]["digest"] == plan.digest
    there.rule(made["id"], "withdrawn")
    assert there.plan(root).digest == digest


def test_what_the_server_refuses_is_raised_in_its_words(there, address, person, digest):
    root = working_scenario().name
    made = there.propose(SENT, scenario=root)
    chair = equipoise.connect(address, token_of(person("chair", "demand_planner")))
    (shown,) = chair.adjustments()
    chair.rule(made["id"], "accepted", version=shown["version"])
    with pytest.raises(Refused, match="chair has accepted it since you looked") as stale:
        there.rule(made["id"], "withdrawn", version=shown["version"])
    assert (stale.value.status, stale.value.mine, stale.value.theirs["by"]) == (409, "withdrawn", "chair")
    sales = equipoise.connect(address, token_of(person("sally", "sales"), ["read"]))
    with pytest.raises(Refused, match="no right to read revenue_amount") as refused:
        sales.plan(digest).frame("revenue_amount")
    assert (refused.value.status, refused.value.kind) == (403, "NotAllowed")
    with pytest.raises(Refused, match=r"body\.sent\.reason: Field required"):
        there.propose({"kind": "demand_override"}, scenario=root)
    with pytest.raises(Refused, match="did you mean demand_consensus_qty"):
        there.plan(digest).frame("demand_consensus_qt")


def test_a_run_that_is_cancelled_is_an_error(there):
    root = working_scenario().name
    there.propose(SENT, scenario=root)

    def cancel(*_):
        for job in there.entries("/jobs", "jobs"):
            if job["state"] == "queued":
                there.call("POST", f"/jobs/{job['id']}/cancel")

    with pytest.raises(RunFailed, match="was cancelled"):
        there.run(root, cancel, every=0.01)


def test_a_wrong_token_or_address_is_said_at_once(address):
    with pytest.raises(Refused, match="send a token that is good"):
        equipoise.connect(address, "eqp_guess")
    with pytest.raises(NotReached, match="must begin with https"):
        equipoise.connect("plan.example.com", "x")
    with pytest.raises(NotReached, match="cannot be reached"):
        equipoise.connect("http://127.0.0.1:9", "x")
    with pytest.raises(NotReached, match="not as Equipoise does"):
        equipoise.connect(f"{address}/elsewhere", "x")
    assert "eqp_secret" not in repr(equipoise.client.Client(address, "eqp_secret"))


def test_a_token_never_follows_a_redirect_elsewhere():
    def elsewhere(environ, start_response):
        start_response("302 Found", [("Location", "http://localhost:9/api/v1/me")])
        return [b""]

    server = make_server("127.0.0.1", 0, elsewhere)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    with pytest.raises(NotReached, match="leads to http://localhost:9"):
        equipoise.connect(f"http://127.0.0.1:{server.server_port}", "eqp_secret")
    thread.join()
    server.server_close()
