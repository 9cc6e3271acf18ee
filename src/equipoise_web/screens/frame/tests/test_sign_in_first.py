"""Nobody comes to a page without signing in, whatever its address names: there is nothing to be learned by guessing."""

import inspect
import re

import pytest
from django.urls import URLPattern, get_resolver

pytestmark = pytest.mark.django_db
OPEN = {"health", "join"}
"""Whether the server lives, and the link of an invitation."""
FILLED = {"int": "1", "str": "x", "slug": "x", "path": "x", "uuid": "00000000-0000-0000-0000-000000000000"}


def pages(resolver=None, prefix="/"):
    """Name and an address of every route of the screens that is not open to all."""
    for each in (resolver or get_resolver()).url_patterns:
        address = prefix + str(each.pattern)
        if not isinstance(each, URLPattern):
            yield from pages(each, address)
        elif inspect.unwrap(each.callback).__module__.startswith("equipoise_web.screens.") and each.name not in OPEN:
            yield each.name, re.sub(r"<(?:(\w+):)?\w+>", lambda found: FILLED[found[1] or "str"], address)


def test_every_page_is_here():
    assert len(list(pages())) > 70


@pytest.mark.parametrize(("name", "address"), list(pages()))
def test_a_page_asks_who_comes(client, name, address):
    answers = [client.get(address), client.post(address)]
    assert {answer.status_code for answer in answers} <= {302, 405}, name
    sent_on = [answer for answer in answers if answer.status_code == 302]
    assert sent_on
    assert all(answer.url.startswith("/sign-in/?") for answer in sent_on), name
