"""Serving to others: what refuses to start, what TLS switches on, sign-in through others by configuration, and the
command line that lets the first administrator in."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from hashlib import sha256

import pytest
from click.testing import CliRunner
from django.contrib.auth.models import User

from equipoise_web.access import ROLES, SYSTEM, Held, Right, access_of
from equipoise_web.actions.accept_invitation import accept_invitation
from equipoise_web.actions.invite_demo_people import dismiss_demo_people, invite_demo_people
from equipoise_web.actions.invite_person import invite_person
from equipoise_web.administer import people
from equipoise_web.records.models import AuditEntry, Invitation
from equipoise_web.safe_start import NotSafe, check_safe_start
from equipoise_web.serve import audit

DRAWN = "Zk3-qP9xW_v7Lm2Rt8Yb5Nc1Hd6Jf4Gs0TzQwXeUrIoPaSdKlMn"
PASSWORD = "four plain words here"


def run(home, *arguments, **environment):
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("EQUIPOISE_", "DJANGO_"))}
    settings = {"EQUIPOISE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "equipoise_web.settings"}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, env={**inherited, **settings, **environment}, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    """A home with a database of the newest shape, which takes longer to make than what is asked of it."""
    home = tmp_path_factory.mktemp("migrated")
    done = run(home, "-m", "django", "migrate", "--verbosity", "0")
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def home(migrated, tmp_path):
    return shutil.copytree(migrated, tmp_path / "home")


@pytest.fixture
def fit(settings):
    """An installation that may be served to others."""
    settings.DEBUG = False
    settings.SECRET_KEY = DRAWN
    settings.ALLOWED_HOSTS = [*settings.LOOPBACK_HOSTS, "planning.example.com"]
    return settings


def test_a_fit_installation_is_served(db, fit):
    check_safe_start()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DEBUG", True, "DEBUG is on"),
        ("SECRET_KEY", DRAWN[:49], "has 49 characters and needs 50"),
        ("SECRET_KEY", "django-insecure-" + DRAWN, "known or easy to guess"),
        ("SECRET_KEY", "changeme" * 8, "known or easy to guess"),
        ("SECRET_KEY", "abcabcabc" * 8, "known or easy to guess"),
        ("ALLOWED_HOSTS", ["127.0.0.1", "localhost"], "EQUIPOISE_HOSTS"),
    ],
)
def test_what_lets_strangers_in_refuses_to_start(db, fit, name, value, words):
    setattr(fit, name, value)
    with pytest.raises(NotSafe, match=words):
        check_safe_start()


def test_demo_passwords_refuse_to_start_until_they_are_locked(db, fit):
    invite_demo_people()
    with pytest.raises(NotSafe, match="13 people of the demo company"):
        check_safe_start()
    dismiss_demo_people()
    check_safe_start()


def test_serve_on_another_address_ends_before_anything_listens(tmp_path):
    (tmp_path / "secret.key").write_text("short")
    done = run(tmp_path, "-m", "equipoise", "serve", "--host", "0.0.0.0", "--port", "1")
    assert done.returncode == 2
    assert "has 5 characters and needs 50" in done.stderr
    assert "EQUIPOISE_HOSTS" in done.stderr
    assert "is served on" not in done.stderr


@pytest.mark.parametrize(
    ("asked", "zone"),
    [("Europe/Berlin", "Europe/Berlin"), (" Asia/Tokyo ", "Asia/Tokyo"), ("", "UTC")],
)
def test_a_home_has_the_days_of_its_time_zone(tmp_path, asked, zone):
    ask = "import django; django.setup(); from django.conf import settings; print(settings.TIME_ZONE)"
    done = run(tmp_path, "-c", ask, EQUIPOISE_TIME_ZONE=asked)
    assert (done.stdout.strip(), done.stderr) == (zone, "")


@pytest.mark.parametrize(
    ("asked", "instead"),
    [
        ("Berlin", "Europe/Berlin"),  # no area
        ("America/Nwe York", "America/New_York"),  # mistyped
        ("Europe", "Europe/Berlin"),  # a folder of zones
        ("../UTC", "Etc/UTC"),  # out of the folder of all zones
        ("GMT+25", "Europe/Berlin"),
    ],
)
def test_a_time_zone_there_is_not_refuses_to_start_and_says_what_to_give(tmp_path, asked, instead):
    done = run(tmp_path, "-m", "equipoise", "serve", "--port", "1", EQUIPOISE_TIME_ZONE=asked)
    assert done.returncode == 2
    said = f"EQUIPOISE_TIME_ZONE={asked!r} is no time zone: give area and city, such as {instead}"
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "is served on" not in done.stderr


def test_a_drawn_key_is_long_enough_and_its_owners_alone(tmp_path):
    from equipoise_web.home import SHORTEST_KEY, secret_key

    assert len(secret_key(tmp_path)) >= SHORTEST_KEY
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0


def test_the_deployment_check_is_clean_behind_tls(tmp_path):
    tls = {"EQUIPOISE_HTTPS": "1", "EQUIPOISE_HOSTS": "planning.example.com"}
    command = ("-m", "django", "check", "--deploy", "--fail-level", "WARNING")
    done = run(tmp_path, *command, **tls)
    assert done.returncode == 0, done.stderr
    assert "no issues (2 silenced)" in done.stdout
    without = run(tmp_path, *command)
    assert {"security.W004", "security.W008", "security.W012", "security.W016"} <= set(
        re.findall(r"security\.W\d+", without.stderr)
    )


ASK = """
import django, json, sys
django.setup()
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, reverse
def has(name, *args):
    try:
        reverse(name, args=args)
        return True
    except NoReverseMatch:
        return False
client = Client()
page = client.get("/sign-in/", **json.loads(sys.argv[1]))
print(json.dumps({
    "status": page.status_code,
    "page": page.content.decode(),
    "headers": dict(page.headers),
    "cookies": [bool(morsel["secure"]) for morsel in page.cookies.values()],
    "oidc": has("openid_connect_login", "company"),
    "passkey": has("mfa_login_webauthn"),
}))
"""


def ask(home, headers, **environment):
    done = run(home, "-c", ASK, json.dumps(headers), **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_behind_tls_cookies_are_secure_and_plain_requests_are_sent_on(home):
    tls = {"EQUIPOISE_HTTPS": "1", "EQUIPOISE_HOSTS": "planning.example.com"}
    secure = {
        "HTTP_HOST": "planning.example.com",
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_X_FORWARDED_FOR": "192.0.2.7",
    }
    found = ask(home, secure, **tls)
    assert found["status"] == 200
    assert found["headers"]["Strict-Transport-Security"] == "max-age=31536000"
    assert found["cookies"] == [True]
    plain = ask(home, {"HTTP_HOST": "planning.example.com"}, **tls)
    assert plain["status"] == 301
    assert plain["headers"]["Location"] == "https://planning.example.com/sign-in/"
    other = ask(home, {**secure, "HTTP_HOST": "evil.example.com"}, **tls)
    assert other["status"] == 400


def test_without_tls_a_forged_header_changes_nothing(home):
    found = ask(home, {"HTTP_HOST": "localhost", "HTTP_X_FORWARDED_PROTO": "https"})
    assert found["status"] == 200
    assert "Strict-Transport-Security" not in found["headers"]
    assert found["cookies"] == [False]
    assert not found["oidc"]
    assert not found["passkey"]
    assert "passkey" not in found["page"]


def test_passkeys_and_the_company_account_switch_on_by_configuration(home):
    found = ask(
        home,
        {"HTTP_HOST": "localhost"},
        EQUIPOISE_PASSKEYS="1",
        EQUIPOISE_OIDC_SERVER="https://id.example.com",
        EQUIPOISE_OIDC_CLIENT="equipoise",
        EQUIPOISE_OIDC_SECRET="kept",
        EQUIPOISE_OIDC_NAME="Kestrel account",
    )
    assert found["oidc"]
    assert found["passkey"]
    assert "Sign in with Kestrel account" in found["page"]
    assert "Sign in with a passkey" in found["page"]
    assert re.findall(r"<script(?![^>]*(?: src=| type=.application/json))", found["page"]) == []


@pytest.fixture
def home_set_up(db, settings, monkeypatch):
    """The commands set Django up on a home folder; here it is set up, on the home of the tests."""
    monkeypatch.setattr("equipoise_web.administer._open", lambda home: None)
    monkeypatch.setattr("equipoise_web.serve.open_home", lambda home: None)


def test_the_command_line_lets_the_first_administrator_in(home_set_up):
    done = CliRunner().invoke(
        people, ["add", "boss", "--role", "administrator", "--address", "https://plan.example.com/"]
    )
    assert done.exit_code == 0, done.output
    (secret,) = re.findall(r"^https://plan\.example\.com/join/([\w-]+)/$", done.stdout, re.M)
    accept_invitation(secret, PASSWORD)
    assert access_of(User.objects.get(username="boss")).may(Right.PEOPLE)
    invited = AuditEntry.objects.get(verb="invite_person")
    assert (invited.actor, invited.through) == ("equipoise", "command line")
    again = CliRunner().invoke(people, ["link", "boss"])
    assert "http://127.0.0.1:8000/join/" in again.stdout
    assert Invitation.objects.filter(is_renewal=True).count() == 1


def test_the_command_line_refuses_a_role_that_there_is_not(home_set_up):
    done = CliRunner().invoke(people, ["add", "boss", "--role", "king"])
    assert "no role 'king'" in str(done.exception)
    assert not Invitation.objects.exists()


def test_a_fresh_home_is_set_up_by_the_command_itself(tmp_path):
    code = "from equipoise_web.administer import people; people()"
    done = run(tmp_path, "-c", code, "add", "boss", "--role", "administrator", "--home", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "/join/" in done.stdout
    assert (tmp_path / "equipoise.sqlite3").exists()


def test_the_demo_is_locked_by_the_command_line(home_set_up):
    invite_demo_people()
    assert CliRunner().invoke(people, ["lock-demo"]).exit_code == 0
    assert not User.objects.get(username="planner").has_usable_password()


def test_the_chain_is_exported_whole_and_can_be_verified_elsewhere(home_set_up, tmp_path):
    invite_person(SYSTEM, "sally", [Held(ROLES["sales"])], name="=1+1")
    invite_person(SYSTEM, "paul", [])
    done = CliRunner().invoke(audit, ["export", "--format", "jsonl"])
    entries = [json.loads(line) for line in done.stdout.splitlines()]
    previous = "0" * 64
    for entry in entries:
        digest = entry.pop("digest")
        assert entry["previous"] == previous
        text = json.dumps(entry, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        assert sha256(text.encode()).hexdigest() == digest
        previous = digest
    assert len(entries) == 2

    file = tmp_path / "audit.csv"
    assert CliRunner().invoke(audit, ["export", "--out", str(file)]).exit_code == 0
    rows = list(csv.DictReader(file.open(encoding="utf-8", newline="")))
    assert [row["verb"] for row in rows] == ["invite_person", "invite_person"]
    assert rows[-1]["digest"] == previous
    again = CliRunner().invoke(audit, ["export", "--out", str(file)])
    assert again.exit_code != 0  # a file that is there is not written over


@pytest.mark.parametrize("verb", ["verify", "export"])
def test_a_home_that_was_never_served_has_nothing_to_audit(tmp_path, verb):
    done = run(tmp_path, "-m", "equipoise", "audit", verb)
    assert done.returncode == 2
    assert "this home has no records yet; `equipoise serve` begins them" in done.stderr
