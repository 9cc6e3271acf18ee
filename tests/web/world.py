"""The world of the matrix: one of every persona, and something of each sort that an address can name."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from equipoise_web.access import ROLES, SYSTEM, Held, access_of
from equipoise_web.actions.deactivate_person import deactivate_person
from equipoise_web.actions.invite_person import invite_person
from equipoise_web.actions.make_token import make_token
from equipoise_web.records.models import Grant

from .matrix import HOLDS, NOBODY


@dataclass
class World:
    """Clients by persona, and what addresses are filled with."""

    clients: dict[str, Client]
    things: dict[str, object]

    def ask(self, persona: str, verb: str, address: str, body: dict[str, object]) -> HttpResponse:
        """One request, of which nothing stays."""
        client = self.clients[persona]
        with transaction.atomic():
            answer = client.generic(verb, address) if verb != "POST" else client.post(address, body)
            if answer.streaming:
                list(answer.streaming_content)
            transaction.set_rollback(True)
        return answer


def build_world(digest: str) -> World:
    """Everybody who is in the table, and what they ask about."""
    for role in ROLES:
        _user(role, role)
    _user("own_scope", "sales", market="retail")
    _user("other_scope", "sales", market="elsewhere")
    _user("reader", "sales", is_read_only=True)
    _user("narrow_auditor", "auditor", market="elsewhere")
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
    assert set(clients) >= NOBODY
    return World(clients, things)


def _user(name: str, role: str, **nodes: object) -> User:
    user = User.objects.create_user(name, password="an administrator counts who can sign in")
    if role:
        Grant.objects.create(person=user, role=role, **nodes)
    return user
