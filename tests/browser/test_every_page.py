"""Every page of the application, in the states it can be in: complete by the URL table, accessible, and never too wide.

Under its own strict content policy; whatever the browser complains about fails.
"""

from itertools import product

import pytest

from web.matrix import page_routes

from .album.pages import PAGES
from .album.walk import SCHEMES, WIDTHS, missing_pages, walked
from .axe import offences

pytestmark = pytest.mark.browser
LOOKS = tuple(product(WIDTHS, SCHEMES))


def test_every_route_that_answers_get_is_in_the_album():
    missing, gone = missing_pages(page_routes())
    assert missing == [], "show each in tests/browser/album/pages.py, or say there why it is no page"
    assert gone == [], "these are no routes any more"


def test_pictures_have_names_of_their_own():
    names = [shot.name for shots in PAGES.values() for shot in shots]
    assert len(names) == len(set(names))


def test_every_page_is_accessible_and_fits(browser, tmp_path):
    wrong = []
    with walked(browser, tmp_path) as walk:
        for _route, shot, page in walk.shots():
            for width, scheme in LOOKS:
                walk.show(page, width, scheme)
                too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                if too_wide > 0:
                    wrong.append(f"{shot.name} at {width} px scrolls sideways by {too_wide} px")
                if shot.is_ours:
                    wrong += [f"{shot.name} at {width} px, {scheme}: {said}" for said in offences(page)]
            wrong += [f"{shot.name}: {said}" for said in walk.complaints if not is_expected(said, shot.status)]
    assert wrong == []


def is_expected(complaint, status):
    """A page that answers 404 on purpose is told as one by the browser, too."""
    return status >= 400 and f"status of {status}" in complaint
