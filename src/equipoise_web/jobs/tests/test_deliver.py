"""Webhooks: signed, tried again, given up, ended with a right, and never sent to an inner door."""

import hashlib
import hmac
import json
import socket
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address

import pytest
from django.utils import timezone

from equipoise_web.access import SYSTEM, NotAllowed, access_of
from equipoise_web.actions.door import NotFound, door
from equipoise_web.actions.make_webhook import WrongWebhook, end_webhook, make_webhook
from equipoise_web.actions.outbox import take_messages, tell_failed
from equipoise_web.actions.webhook_address import WrongAddress, check_number, read_address
from equipoise_web.jobs import deliver
from equipoise_web.jobs.deliver import NotDelivered, deliver_due, pinned, signature
from equipoise_web.reads.webhooks import WebhookNotFound, read_messages, read_webhooks
from equipoise_web.records.models import OutboxMessage

pytestmark = pytest.mark.django_db


class Receiver(HTTPServer):
    """Keeps what it is told, and answers with the status it is set to."""

    status = 204
    where = ""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Told)
        self.told = []

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}/in?key=1"


class Told(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        if self.server.where:
            self.send_header("Location", self.server.where)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def receiver(settings):
    settings.EQUIPOISE_WEBHOOK_PRIVATE = True
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def planner_of(person):
    return access_of(person("paula", "demand_planner"))


def write(verb, subject):
    """Some write of somebody else."""
    with door(SYSTEM, verb) as entry:
        entry.tell(subject, answer={})


def test_a_write_is_told_signed_and_once(receiver, planner_of):
    made = make_webhook(planner_of, receiver.address, ["publish_plan"])
    write("publish_plan", "plan:abc")
    write("open_scenario", "scenario:x")
    assert receiver.told == []  # a write waits for nobody
    assert deliver_due() == 1
    assert deliver_due() == 0
    ((path, headers, body),) = receiver.told
    assert path == "/in?key=1"
    told = json.loads(body)
    assert (told["verb"], told["object"], told["actor"]) == ("publish_plan", "plan:abc", "equipoise")
    at, _, mac = headers["Equipoise-Signature"].removeprefix("t=").partition(",v1=")
    expected = hmac.new(made["secret"].encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    assert mac == expected
    assert abs(int(at) - time.time()) < 60
    (message,) = read_messages(planner_of, made["id"])
    assert (message.state, message.attempts, str(message.id)) == ("sent", 1, headers["Equipoise-Delivery"])


def test_a_rolled_back_write_tells_nothing(receiver, planner_of):
    make_webhook(planner_of, receiver.address, ["*"])
    with pytest.raises(RuntimeError), door(SYSTEM, "publish_plan") as entry:
        entry.tell("plan:abc", answer={})
        raise RuntimeError("disk full")
    assert deliver_due() == 0


def test_it_is_tried_again_after_growing_pauses_and_given_up_after_a_day(receiver, planner_of):
    made = make_webhook(planner_of, receiver.address, ["publish_plan"])
    write("publish_plan", "plan:abc")
    receiver.status = 503
    assert deliver_due() == 1
    (message,) = read_messages(planner_of, made["id"])
    assert (message.state, message.error) == ("waiting", "the receiver answered 503")
    assert 5 < (message.next_at - timezone.now()).total_seconds() <= 10
    assert deliver_due() == 0  # its pause is not over
    rows = OutboxMessage.objects.filter(pk=message.id)
    rows.update(next_at=timezone.now())
    receiver.status = 200
    assert deliver_due() == 1
    assert read_messages(planner_of, made["id"])[0].state == "sent"
    rows.update(sent_at=None, next_at=timezone.now(), made_at=timezone.now() - timedelta(hours=25), error="late")
    assert deliver_due() == 0
    (message,) = read_messages(planner_of, made["id"])
    assert (message.state, message.error, message.next_at) == ("given up", "late", None)
    (webhook,) = read_webhooks(planner_of)
    assert (webhook.waiting, webhook.error) == (0, "late")


def test_a_message_is_taken_by_one_worker(receiver, planner_of):
    make_webhook(planner_of, receiver.address, ["publish_plan"])
    write("publish_plan", "plan:abc")
    (taken,) = take_messages()
    assert take_messages() == []
    tell_failed(taken, "x" * 400)
    assert len(OutboxMessage.objects.get().error) == 300


def test_a_redirect_is_not_followed(receiver, planner_of):
    receiver.status, receiver.where = 307, receiver.address
    make_webhook(planner_of, receiver.address, ["publish_plan"])
    write("publish_plan", "plan:abc")
    deliver_due()
    assert len(receiver.told) == 1
    assert "redirects are not followed" in OutboxMessage.objects.get().error


@pytest.mark.parametrize(
    ("role", "nodes", "knows"),
    [
        ("coordinator", {}, {"plan:1", "scenario:x", "adjustment:a", "person:eve", "token:1"}),
        ("demand_planner", {}, {"plan:1", "scenario:x", "adjustment:a"}),
        ("sales", {"market": "retail"}, {"plan:1", "scenario:x"}),
        ("administrator", {}, {"plan:1", "scenario:x", "adjustment:a", "person:eve", "token:1"}),
    ],
)
def test_one_is_told_of_what_one_may_know(role, nodes, knows, receiver, person):
    make_webhook(access_of(person("ann", role, **nodes)), receiver.address, ["touch"])
    for subject in ("plan:1", "scenario:x", "adjustment:a", "person:eve", "token:1"):
        write("touch", subject)
    deliver_due()
    assert {json.loads(body)["object"] for _, _, body in receiver.told} == knows


def test_it_ends_with_the_right_of_its_person(receiver, person):
    user = person("ann", "demand_planner")
    make_webhook(access_of(user), receiver.address, ["publish_plan"])
    write("publish_plan", "plan:abc")
    user.grants.update(ended_at=timezone.now())
    assert deliver_due() == 0
    assert not OutboxMessage.objects.exists()
    assert receiver.told == []


def test_an_ended_webhook_sends_nothing_more(receiver, planner_of, person):
    made = make_webhook(planner_of, receiver.address, ["publish_plan"])
    write("publish_plan", "plan:abc")
    with pytest.raises(NotFound):
        end_webhook(access_of(person("eve", "sales")), made["id"])
    end_webhook(planner_of, made["id"])
    assert deliver_due() == 0
    with pytest.raises(NotFound):
        end_webhook(planner_of, made["id"])
    with pytest.raises(WebhookNotFound):
        read_messages(access_of(person("sam", "sales")), made["id"])


def test_who_may_not_connect_makes_none(person):
    for name, role in (("stranger", ""), ("eve", "executive")):
        with pytest.raises(NotAllowed):
            make_webhook(access_of(person(name, role)), "https://hooks.example.com/", ["publish_plan"])


@pytest.mark.parametrize("verbs", [[], ["publish plan"], ["PUBLISH"], [""], ["x" * 61]])
def test_verbs_are_words(verbs, planner_of):
    with pytest.raises(WrongWebhook, match="name verbs"):
        make_webhook(planner_of, "https://hooks.example.com/", verbs)


@pytest.mark.parametrize(
    "address",
    [
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://",
        "https://user:pass@example.com/",
        "https://example.com:99999/",
        "https://example.com:0/",
        "https://example.com/\r\nX: y",
        "https://exämple.com/",
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://10.1.2.3/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:127.0.0.1]/",
        "http://0.0.0.0/",
        "https://example.com/" + "x" * 500,
    ],
)
def test_an_address_that_must_not_be_called_is_refused_at_once(address, planner_of):
    with pytest.raises(WrongAddress):
        make_webhook(planner_of, address, ["publish_plan"])


INNER = "127.0.0.1 10.0.0.1 172.16.0.1 192.168.1.1 100.64.0.1 169.254.169.254 224.0.0.1 0.0.0.0"
INNER_6 = "::1 fe80::1 fc00::1 ::ffff:10.0.0.1 64:ff9b::7f00:1 2002:7f00:1:: ff02::1 ::"


@pytest.mark.parametrize("number", [*INNER.split(), *INNER_6.split()])
def test_inner_networks_are_not_called(number, settings):
    with pytest.raises(WrongAddress, match="not a public address"):
        check_number(ip_address(number))
    settings.EQUIPOISE_WEBHOOK_PRIVATE = True
    check_number(ip_address(number))


def test_a_name_is_looked_up_once_and_every_address_of_it_is_checked(monkeypatch):
    asked = []

    def answer(*numbers):
        def look_up(host, port, **_):
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port)) for number in numbers]

        return look_up

    monkeypatch.setattr(deliver.socket, "getaddrinfo", answer("93.184.216.34"))
    assert pinned(read_address("http://hooks.example.com:8080/"))[0][1] == ("93.184.216.34", 8080)
    assert asked == ["hooks.example.com"]
    monkeypatch.setattr(deliver.socket, "getaddrinfo", answer("93.184.216.34", "127.0.0.1"))
    with pytest.raises(WrongAddress):
        pinned(read_address("http://hooks.example.com/"))


def test_a_receiver_that_drips_or_talks_nonsense_is_left_in_time(settings, planner_of, monkeypatch):
    settings.EQUIPOISE_WEBHOOK_PRIVATE = True
    monkeypatch.setattr(deliver, "SECONDS", 0.6)
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def drip():
        line, _ = listener.accept()
        with line:
            while not stop.wait(0.1):
                try:
                    line.sendall(b"H")
                except OSError:
                    return

    thread = threading.Thread(target=drip)
    thread.start()
    make_webhook(planner_of, f"http://127.0.0.1:{listener.getsockname()[1]}/", ["publish_plan"])
    write("publish_plan", "plan:abc")
    begin = time.monotonic()
    deliver_due()
    took = time.monotonic() - begin
    stop.set()
    thread.join()
    listener.close()
    assert took < 5
    assert OutboxMessage.objects.get().error
    nonsense, other = socket.socketpair()
    with nonsense, other:
        other.sendall(b"SSH-2.0-OpenSSH\r\n")
        with pytest.raises(NotDelivered, match="did not answer in HTTP"):
            deliver._status(nonsense, time.monotonic() + 5)


def test_a_receiver_without_a_good_certificate_is_told_nothing(receiver, planner_of):
    address = receiver.address.replace("http://", "https://")
    make_webhook(planner_of, address, ["publish_plan"])
    write("publish_plan", "plan:abc")
    deliver_due()
    assert receiver.told == []
    assert "could not be reached" in OutboxMessage.objects.get().error


def test_delivery_goes_on_after_a_fault_and_ends_when_told(monkeypatch):
    stop, tried = threading.Event(), []

    def due():
        tried.append(1)
        if len(tried) == 1:
            raise RuntimeError("the database is away")
        stop.set()
        return 0

    monkeypatch.setattr(deliver, "deliver_due", due)
    monkeypatch.setattr(deliver, "PAUSE", 0.01)
    monkeypatch.setattr(deliver, "close_old_connections", lambda: None)
    deliver.deliver_until(stop)
    assert len(tried) == 2


def test_the_signature_covers_time_and_body():
    assert signature("s", 1, b"{}") == "t=1,v1=" + hmac.new(b"s", b"1.{}", hashlib.sha256).hexdigest()
    assert len({signature("s", 1, b"{}"), signature("s", 2, b"{}"), signature("t", 1, b"{}")}) == 3
