"""The pages of people: the cast, the link that is shown once, what is refused."""

import re

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from equipoise_web.records.models import Grant

pytestmark = pytest.mark.django_db
PASSWORD = "four plain words here"


@pytest.fixture
def admin(client, person):
    client.force_login(person("admin", "administrator"))
    return client


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_list_says_who_may_do_what_where(admin, person):
    person("sally", "sales", market="North")
    person("newcomer")
    page = text(admin.get(reverse("people:list")))
    assert "3 people work here; 1 has no role yet" in page
    assert re.search(r"sally Sales market North", page)
    assert "no role, sees nothing" in page


def test_from_the_invitation_to_the_first_sign_in(admin, client):
    answer = admin.post(reverse("people:invite"), {"username": "sally", "name": "Sales North", "role": "sales"})
    assert "no-store" in answer["Cache-Control"]
    (link,) = re.findall(r"http://testserver(/join/[\w-]+/)", answer.content.decode())
    assert link not in admin.get(reverse("people:list")).content.decode()
    assert "1 link is open" in text(admin.get(reverse("people:list")))

    page = text(client.get(link))
    assert "Welcome, Sales North" in page
    assert "Sales the whole company" in page
    assert client.post(link, {"password": PASSWORD, "again": "other"}).status_code == 422
    assert "too common" in text(client.post(link, {"password": "password1234", "again": "password1234"}))
    answer = client.post(link, {"password": PASSWORD, "again": PASSWORD})
    assert answer.url == "/sign-in/"
    assert "_auth_user_id" not in client.session  # the administrator was signed out
    assert client.get(link).status_code == 404
    assert client.post(link, {"password": PASSWORD, "again": PASSWORD}).status_code == 404
    assert client.post("/sign-in/", {"login": "sally", "password": PASSWORD}).url == "/"
    assert "You are Sales" in text(client.get(reverse("people:account")))


def test_the_form_keeps_what_was_typed_and_says_what_is_wrong(admin, digest):
    sent = {"username": "sally", "role": ["sales", ""], "market": ["Nroth", ""], "item": ["", ""]}
    answer = admin.post(reverse("people:invite"), sent)
    assert answer.status_code == 404
    assert "no market &#x27;Nroth&#x27;" in answer.content.decode()
    assert 'value="Nroth"' in answer.content.decode()
    more = admin.post(reverse("people:invite"), {**sent, "more": "1"})
    assert more.content.decode().count('name="role"') == 3
    assert admin.post(reverse("people:invite"), {"username": "a b"}).status_code == 422
    assert admin.post(reverse("people:invite"), {"username": "sally", "role": "druid"}).status_code == 422


def test_a_role_is_given_on_a_node_and_ended(admin, person, digest):
    sally = person("sally")
    give = reverse("people:give", args=[sally.pk])
    assert admin.post(give, {"role": "sales", "market": "retail"}).status_code == 422  # no reason
    assert admin.post(give, {"role": "", "because": "x"}).status_code == 422
    sent = {"role": "sales", "market": "retail", "reach": "read", "because": "new"}
    assert admin.post(give, sent).url == reverse("people:show", args=[sally.pk])
    grant = Grant.objects.get(person=sally)
    assert (grant.role, grant.market, grant.is_read_only) == ("sales", "retail", True)
    assert "market retail, to read only" in text(admin.get(reverse("people:show", args=[sally.pk])))
    assert admin.post(give, sent).status_code == 409
    admin.post(reverse("people:end", args=[grant.pk]), {"because": "moved"})
    page = text(admin.get(reverse("people:show", args=[sally.pk])))
    assert "sally has no role and sees nothing" in page
    assert "Roles that ended" in page
    assert "end grant moved" in page


def test_shut_out_let_in_and_a_new_link(admin, person):
    sally = person("sally", "sales")
    out, back = (reverse(f"people:{name}", args=[sally.pk]) for name in ("deactivate", "reactivate"))
    assert admin.post(out, {"because": "left"}).status_code == 302
    page = text(admin.get(reverse("people:show", args=[sally.pk])))
    assert "sally stands in imported data and cannot sign in" not in page
    assert "sally is not active" in page
    assert admin.post(out, {"because": "left"}).status_code == 409
    assert admin.post(back, {"because": "back"}).status_code == 302
    link = admin.post(reverse("people:renew", args=[sally.pk]))
    assert "sets a new password" in text(link)
    assert "/join/" in link.content.decode()


def test_an_open_link_is_taken_back(admin):
    answer = admin.post(reverse("people:invite"), {"username": "sally"})
    (link,) = re.findall(r"(/join/[\w-]+/)", answer.content.decode())
    (end,) = re.findall(r'action="(/people/invitations/\d+/end/)"', admin.get(reverse("people:list")).content.decode())
    assert admin.post(end).status_code == 302
    assert admin.get(link).status_code == 404


def test_a_link_ends_with_the_role_of_who_made_it(admin):
    answer = admin.post(reverse("people:invite"), {"username": "sally"})
    (link,) = re.findall(r"(/join/[\w-]+/)", answer.content.decode())
    assert admin.get(link).status_code == 200
    Grant.objects.update(ended_at="2026-01-01T00:00:00Z")
    assert admin.get(link).status_code == 404


def test_who_may_not_invite_learns_no_names_of_nodes(client, person, digest):
    client.force_login(person("stranger"))
    sent = {"username": "eve", "role": "sales", "market": "Nroth"}
    assert client.post(reverse("people:invite"), sent).status_code == 403


def test_nobody_is_found_under_a_number_that_nobody_has(admin):
    assert admin.get(reverse("people:show", args=[999])).status_code == 404
    assert admin.post(reverse("people:deactivate", args=[999]), {"because": "x"}).status_code == 404


def test_others_are_refused_and_told_so(client, person):
    sally = person("sally", "sales")
    for name in ("coordinator", "stranger"):
        client.force_login(person(name, name if name in ("coordinator",) else ""))
        for path in (reverse("people:list"), reverse("people:invite"), reverse("people:show", args=[sally.pk])):
            assert client.get(path).status_code == 403
        assert client.post(reverse("people:deactivate", args=[sally.pk]), {"because": "x"}).status_code == 403
        assert client.post(reverse("people:invite"), {"username": "eve", "role": "coordinator"}).status_code == 403
    assert User.objects.get(username="sally").is_active


def test_the_account_says_in_words_what_one_may(client, person):
    client.force_login(person("sally", "sales", market="North"))
    page = text(client.get(reverse("people:account")))
    assert "Sales, market North" in page
    assert "Propose adjustments and comment" in page
    assert "May propose: Demand input" in page
    assert "You sign in with a password alone" in page
    client.force_login(person("stranger"))
    page = text(client.get(reverse("people:account")))
    assert "You have no role here yet" in page
    assert "Make the token" not in page


def test_a_token_is_shown_once_and_revoked(client, person):
    client.force_login(person("sally", "sales"))
    answer = client.post(reverse("people:make_token"), {"name": "nightly", "days": "30", "rights": ["read"]})
    (secret,) = re.findall(r"eqp_[\w-]+", answer.content.decode())
    assert "no-store" in answer["Cache-Control"]
    page = client.get(reverse("people:account")).content.decode()
    assert secret not in page
    assert "1 program acts for you" in text(client.get(reverse("people:account")))
    (revoke,) = re.findall(r'action="(/account/tokens/\d+/revoke/)"', page)
    assert client.post(revoke).status_code == 302
    assert client.post(revoke).status_code == 404
    for wrong in ({"days": "x"}, {"days": "0"}, {"days": "366"}, {"name": " "}, {"rights": []}, {"rights": ["fly"]}):
        sent = {"name": "n", "days": "3", "rights": ["read"], **wrong}
        assert client.post(reverse("people:make_token"), sent).status_code == 422
    assert client.post(reverse("people:make_token"), {"name": "n", "days": "3", "rights": ["seal"]}).status_code == 403


def test_no_page_of_people_has_inline_script_or_style(admin, person):
    sally = person("sally", "sales")
    for path in (reverse("people:list"), reverse("people:invite"), reverse("people:show", args=[sally.pk])):
        page = admin.get(path).content.decode()
        assert " style=" not in page
        assert "<script>" not in page
        assert len(re.findall("<h1>", page)) == 1
