"""Signing in, the first page, and who may be there."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from equipoise_web.actions.adopt_plans import adopt_plans
from equipoise_web.actions.invite_demo_people import DEMO_PASSWORD, dismiss_demo_people, invite_demo_people
from equipoise_web.records.models import PublishedPlan
from equipoise_web.screens.home import views
from equipoise_web.serve import _is_loopback

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_guesses_yet")]


def sign_in(client: Client, name: str, password: str):
    return client.post("/sign-in/", {"login": name, "password": password})


def test_the_first_page_asks_who_you_are(client):
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer.url.startswith("/sign-in/")


def test_demo_people_are_shown_only_where_they_may_sign_in(client, settings):
    settings.EQUIPOISE_DEMO_USERS = True
    assert "Demand planner" in client.get("/sign-in/").content.decode()
    settings.EQUIPOISE_DEMO_USERS = False
    assert "Demand planner" not in client.get("/sign-in/").content.decode()


def test_demo_people_sign_in_and_are_locked_when_others_are_served(client):
    invite_demo_people()
    assert sign_in(client, "planner", DEMO_PASSWORD).status_code == 302
    client.logout()
    dismiss_demo_people()
    answer = sign_in(client, "planner", DEMO_PASSWORD)
    assert answer.status_code == 200
    assert "not correct" in answer.content.decode()


def test_inviting_again_leaves_a_changed_password_alone():
    invite_demo_people()
    user = User.objects.get(username="planner")
    user.set_password("my own")
    user.save()
    invite_demo_people()
    dismiss_demo_people()
    assert User.objects.get(username="planner").check_password("my own")


def test_without_a_plan_the_page_teaches(planner):
    page = planner.get("/").content.decode()
    assert "There is no plan yet" in page
    assert "equipoise demo" in page


def test_with_a_plan_home_leads_to_its_sheet(planner, digest):
    answer = planner.get("/")
    assert answer.status_code == 200
    assert f'href="/plan/{digest}/"' in answer.content.decode()


def test_a_plan_is_adopted_once(digest, tomato_home):
    assert adopt_plans(tomato_home) == []
    assert PublishedPlan.objects.count() == 1


def test_a_damaged_plan_is_not_adopted(db, tomato_home, tmp_path):
    import shutil

    from equipoise.store import SnapshotDamaged

    home = tmp_path / "home"
    shutil.copytree(tomato_home, home)
    victim = next(home.glob("plans/*/sections/supply/production_qty.npy"))
    data = bytearray(victim.read_bytes())
    data[-3] ^= 1
    victim.write_bytes(bytes(data))
    with pytest.raises(SnapshotDamaged, match="production_qty"):
        adopt_plans(home)
    assert PublishedPlan.objects.count() == 0


def test_no_page_allows_inline_script_or_style(client):
    policy = client.get("/sign-in/")["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "script-src 'self'" in policy
    page = client.get("/sign-in/").content.decode()
    assert " style=" not in page
    assert "<style" not in page
    assert "onclick" not in page


def test_health_needs_no_sign_in(client):
    assert client.get("/healthz").content == b"ok"


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("192.168.1.4", False)],
)
def test_loopback(host, expected):
    assert _is_loopback(host) is expected


def test_an_address_that_is_none_is_told_on_a_page(planner):
    answer = planner.get("/no-such-page/")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()
    assert "no-such-page" not in answer.content.decode()


def test_a_list_that_is_none_says_which(planner, digest):
    answer = planner.get("/adjustments/?verdict=maybe")
    assert answer.status_code == 404
    assert "There is no such list." in answer.content.decode()


def test_a_fault_of_ours_has_a_number_that_the_log_knows(client, digest, person, monkeypatch, caplog):
    def break_down(*_):
        raise ZeroDivisionError("a broken invariant")

    monkeypatch.setattr(views, "read_home", break_down)
    client.force_login(person("paul", "demand_planner"))
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    page = answer.content.decode()
    assert "That is our fault, not yours" in page
    assert "broken invariant" not in page
    report = re.search(r"<code>([0-9a-f]{8})</code>", page).group(1)
    assert f"Report {report}: GET / failed" in caplog.text


def test_a_form_that_has_expired_says_so(person):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("paul", "demand_planner"))
    answer = client.post("/jobs/")
    assert answer.status_code == 403
    assert "This form has expired" in answer.content.decode()


def test_who_is_refused_is_told_whom_to_ask(client, person):
    person("adam", "administrator")
    client.force_login(person("sally", "sales"))
    answer = client.get("/people/")
    assert answer.status_code == 403
    assert "<li>adam</li>" in answer.content.decode()


def test_before_data_who_does_not_gather_is_told_who_does(client, person):
    person("cora", "coordinator")
    client.force_login(person("sally", "sales"))
    page = client.get("/").content.decode()
    assert "<li>cora</li>" in page
    assert "equipoise demo" not in page
