"""Accounts: by invitation only, two factors if one wishes, in the look of the house, under its content policy."""

import re

import pytest
from allauth.core.exceptions import SignupClosedException
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.socialaccount.internal.flows.login import complete_login
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.middleware import SessionMiddleware

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_guesses_yet")]
PASSWORD = "four plain words here"


@pytest.fixture
def user():
    return User.objects.create_user("ann", password=PASSWORD)


def sign_in(client, password=PASSWORD):
    return client.post("/sign-in/", {"login": "ann", "password": password})


def test_who_signs_in_comes_home(client, user):
    assert sign_in(client).url == "/"
    assert client.post("/sign-out/").url == "/sign-in/"


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client, user):
    wrong = sign_in(client, "not it").content.decode()
    unknown = client.post("/sign-in/", {"login": "nobody", "password": "not it"}).content.decode()
    assert "not correct" in wrong
    assert wrong.count("not correct") == unknown.count("not correct")


def test_nobody_signs_up(client):
    page = client.post("/account/sign-up/", {"username": "eve", "password1": PASSWORD})
    assert not User.objects.filter(username="eve").exists()
    assert "Accounts are made by invitation" in page.content.decode()


def test_who_comes_uninvited_from_the_identity_provider_gets_no_account(rf):
    request = rf.get("/")
    SessionMiddleware(lambda _: None).process_request(request)
    request.user = AnonymousUser()
    eve = User(username="eve", email="eve@example.com")
    with pytest.raises(SignupClosedException):
        complete_login(request, SocialLogin(user=eve, account=SocialAccount(provider="company", uid="1")), raises=True)
    assert not User.objects.filter(username="eve").exists()


def test_guessing_is_slowed_down(client, user):
    answers = [sign_in(client, f"guess {n}").content.decode() for n in range(7)]
    assert "Too many" in answers[-1]
    assert "Too many" in sign_in(client).content.decode()


def test_a_second_factor_is_asked_for_once_it_is_set_up(client, user):
    sign_in(client)
    page = client.get("/account/two-factor/totp/activate/")
    if page.status_code == 302:  # a session must be fresh for this
        client.post("/account/reauthenticate/", {"password": PASSWORD})
        page = client.get("/account/two-factor/totp/activate/")
    secret = page.context["form"].secret
    counter = next(iter(yield_hotp_counters_from_time()))
    code = format_hotp_value(hotp_value(secret, counter))
    assert client.post("/account/two-factor/totp/activate/", {"code": code}).status_code == 302
    shown = client.get("/account/two-factor/recovery-codes/").content.decode()
    codes = re.findall(r"<li><code>(\d{8})</code></li>", shown)
    assert len(codes) == 10
    client.post("/sign-out/")
    assert sign_in(client).url == "/account/two-factor/authenticate/"
    assert client.get("/").status_code == 302  # not in yet
    assert "Incorrect code" in client.post("/account/two-factor/authenticate/", {"code": "00000000"}).content.decode()
    assert client.post("/account/two-factor/authenticate/", {"code": codes[0]}).url == "/"
    assert client.get("/").status_code == 200
    client.post("/sign-out/")
    sign_in(client)
    again = client.post("/account/two-factor/authenticate/", {"code": codes[0]})
    assert "Incorrect code" in again.content.decode()  # a recovery code is spent
    assert client.post("/account/two-factor/authenticate/", {"code": codes[1]}).url == "/"


@pytest.mark.parametrize("path", ["account/password/", "account/two-factor/", "account/reauthenticate/"])
def test_pages_of_the_account_have_the_frame_and_no_inline_style(client, user, path):
    sign_in(client)
    page = client.get(f"/{path}").content.decode()
    assert "equipoise.css" in page
    assert " style=" not in page
    assert "onclick" not in page
