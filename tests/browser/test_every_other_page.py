"""The other half of the album: see `test_every_page`."""

import pytest

from .album.check import OTHERS, wrong_with

pytestmark = pytest.mark.browser


def test_every_other_page_is_accessible_and_fits(browser, filled):
    assert wrong_with(browser, filled, OTHERS) == []
