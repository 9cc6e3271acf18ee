"""The world of the matrix: one of every persona, and something of each sort that an address can name."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from equipoise_web.access import ROLES, SYSTEM, Held, access_of
from equipoise_web.actions.add_comment import add_comment
from equipoise_web.actions.ask_job import ask_job
from equipoise_web.actions.correct_row import correct_row
from equipoise_web.actions.deactivate_person import deactivate_person
from equipoise_web.actions.deliver_file import deliver_file, keep_files
from equipoise_web.actions.invite_person import invite_person
from equipoise_web.actions.make_token import make_token
from equipoise_web.actions.make_webhook import make_webhook
from equipoise_web.actions.offer_supply import offer_supply
from equipoise_web.actions.open_draft import open_draft
from equipoise_web.actions.open_scenario import open_scenario
from equipoise_web.actions.propose_adjustment import propose_adjustment
from equipoise_web.actions.save_grid_view import save_grid_view
from equipoise_web.reads.scenario_page import number_of
from equipoise_web.reads.scenarios import working_scenario
from equipoise_web.reads.snapshots import axes_of, open_snapshot
from equipoise_web.records.models import DeliveryRecord, Grant, PublishedPlan

from .matrix import HOLDS, NOBODY, Thing

REASON = "The chain opens in Zanzibar"
"""What only those may read who see the world's adjustment."""


@dataclass
class World:
    """Clients by persona, and what addresses are filled with."""

    clients: dict[str, Client]
    things: dict[str, object]

    def ask(
        self,
        persona: str,
        verb: str,
        address: str,
        body: Mapping[str, object],
        *,
        is_api: bool = False,
        is_json: bool = False,
    ) -> HttpResponse:
        """One request, of which nothing stays."""
        client = self.clients[persona]
        cookies = deepcopy(client.cookies)
        sent = {name: self._filled(value) for name, value in body.items()}
        with transaction.atomic():
            if verb != "POST":
                answer = client.generic(verb, address)
            elif is_json or (is_api and not any(isinstance(value, SimpleUploadedFile) for value in sent.values())):
                answer = client.post(address, sent, content_type="application/json")
            else:
                answer = client.post(address, sent)
            if answer.streaming:
                answer.shown = b"".join(answer.streaming_content)
            else:
                answer.shown = answer.content
            transaction.set_rollback(True)
        client.cookies = cookies
        return answer

    def _filled(self, value: object) -> object:
        if not isinstance(value, Thing):
            return value
        thing = self.things[value.name]
        return SimpleUploadedFile("items.csv", thing) if isinstance(thing, bytes) else thing


def build_world(digest: str) -> World:
    """Everybody who is in the table, and what they ask about."""
    for role in ROLES:
        _user(role, role)
    _user("own_scope", "sales", market="retail")
    _user("other_scope", "sales", market="elsewhere")
    _user("reader", "sales", is_read_only=True)
    _user("narrow_auditor", "auditor", market="elsewhere")
    _user("narrow_planner", "demand_planner", market="elsewhere")
    _user("stranger", "")
    gone, victim = _user("gone", "administrator"), _user("victim", "sales")
    clients = {name: Client(raise_request_exception=False) for name in (*HOLDS, "signed_out")}
    for name, client in clients.items():
        if name not in ("signed_out", "program"):
            client.force_login(User.objects.get(username=name))
    deactivate_person(SYSTEM, "gone", because="left")
    secret = make_token(access_of(User.objects.get(username="coordinator")), "robot", ["read"])["secret"]
    clients["program"] = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {secret}"})
    link = invite_person(SYSTEM, "newcomer", [Held(ROLES["sales"])])
    things = {
        "digest": digest,
        "victim": victim.pk,
        "gone": gone.pk,
        "grant": victim.grants.get().pk,
        "invitation": link["id"],
        "secret": link["secret"],
        "token": make_token(access_of(victim), "nightly", ["read"])["id"],
    }
    things |= _work(digest, victim) | _draft()
    assert set(clients) >= NOBODY
    return World(clients, things)


def _work(digest: str, victim: User) -> dict[str, object]:
    """What was proposed, asked for and connected: the adjustment by the victim, the preview by sales, one job by nobody
    and the rest by the coordinator."""
    plan = PublishedPlan.objects.get(digest=digest)
    scenario = working_scenario()
    assert scenario is not None
    coordinator, sales = (access_of(User.objects.get(username=name)) for name in ("coordinator", "sales"))
    body = {
        "kind": "demand_input",
        "amount": "+5%",
        "scope": {"item": "tool", "market": "retail", "first": "2027-01-01", "last": "2027-01-31"},
        "reason": REASON,
    }
    made = propose_adjustment(access_of(victim), body, scenario=scenario.name, axes=axes_of(plan.snapshot))
    branch = open_scenario(coordinator, "Second shift", parent=scenario.name)["name"]
    other = open_scenario(coordinator, "Third shift", parent=scenario.name)["name"]
    own = {"kind": "demand_override", "amount": "+2%", "scope": {"item": "tool", "market": "retail"}, "reason": "x"}
    propose_adjustment(coordinator, own, scenario=branch, axes=axes_of(plan.snapshot))
    add_comment(coordinator, f"adjustment:{made['id']}", "Which shelf?")
    offered = offer_supply(
        access_of(User.objects.get(username="supply_planner")),
        axes=axes_of(plan.snapshot),
        item="tool",
        market="retail",
        bucket=3,
        quantity=100.0,
        arrives=4,
        cost=0.0,
        currency="EUR",
        short=266.0,
        because="The line is full",
    )
    question = {"scenario": scenario.name, "body": body, "person": sales.person}
    return {
        "snapshot": plan.snapshot,
        "scenario": scenario.name,
        "branch": branch,
        "other_branch": other,
        "root_number": scenario.pk,
        "branch_number": number_of(branch),
        "other_number": number_of(other),
        "own": "demand_consensus_qty",
        "pooled": "production_qty",
        "kind": "demand_input",
        "dimension": "item",
        "resource": "assembly",
        "supply_view": "sites",
        "adjustment": made["id"],
        "job": ask_job(SYSTEM, "compute_plan", {"scenario": scenario.name})["id"],
        "own_job": ask_job(coordinator, "compute_plan", {"scenario": branch})["id"],
        "own_preview": ask_job(coordinator, "preview", question | {"person": coordinator.person})["id"],
        "preview": ask_job(sales, "preview", question)["id"],
        "offer": offered["offer"],
        "hook": make_webhook(coordinator, "https://hooks.example.com/in", ["publish_plan"])["id"],
        "view": save_grid_view(coordinator, "By family", "rows=family")["id"],
        "own_token": make_token(coordinator, "weekly", ["read"])["id"],
    }


def _draft() -> dict[str, object]:
    """The month's draft, carried over, with a correction and a delivery, and the job that reads another."""
    file = b"item,name,family,uom\ntool,Garden tool,tools,unit\n"
    gatherer = access_of(User.objects.get(username="demand_planner"))
    snapshot = PublishedPlan.objects.get().snapshot
    draft = open_draft(gatherer, base=open_snapshot(snapshot))
    mended = correct_row(
        gatherer,
        draft["draft"],
        draft["version"],
        table="items",
        row={"item": "tool"},
        column="name",
        old="Gardening tool",
        new="Garden tool",
        reason="It has a name",
    )
    (kept,) = keep_files(gatherer, [SimpleUploadedFile("items.csv", file)])
    record = DeliveryRecord.objects.create(
        draft_id=draft["draft"], name=kept.name, digest=kept.digest, bytes=kept.bytes, by_id=gatherer.person
    )
    return {
        "draft": draft["draft"],
        "table": "forecast",
        "file": file,
        "version": mended["version"],
        "correction": mended["correction"],
        "delivery": record.pk,
        "delivery_job": deliver_file(gatherer, draft["draft"], kept)["job"],
    }


def _user(name: str, role: str, **nodes: object) -> User:
    user = User.objects.create_user(name, password="an administrator counts who can sign in")
    if role:
        Grant.objects.create(person=user, role=role, **nodes)
    return user
