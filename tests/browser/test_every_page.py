"""Every page of the application, in the states it can be in: complete by the URL table, accessible, and never too wide.

The pages of some people are looked at here, the rest in `test_every_other_page`: each file has a process of its own.
"""

import pytest

from web.matrix import page_routes

from .album.check import SOME, wrong_with
from .album.pages import PAGES
from .album.walk import missing_pages

pytestmark = pytest.mark.browser


def test_every_route_that_answers_get_is_in_the_album():
    missing, gone = missing_pages(page_routes())
    assert missing == [], "show each in tests/browser/album/pages.py, or say there why it is no page"
    assert gone == [], "these are no routes any more"


def test_pictures_have_names_of_their_own():
    names = [shot.name for shots in PAGES.values() for shot in shots]
    assert len(names) == len(set(names))


def test_every_page_is_accessible_and_fits(browser, filled):
    assert wrong_with(browser, filled, SOME) == []
