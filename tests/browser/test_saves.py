"""Waiting for a save waits for the one that was asked for."""

import pytest
from playwright.sync_api import TimeoutError

from .saves import saving

pytestmark = pytest.mark.browser
SAY = "(text) => { document.getElementById('grid-said').textContent = text; }"


@pytest.fixture
def said(browser):
    page = browser.new_page()
    page.set_default_timeout(500)
    page.set_content("<p id='grid-said'>Saved: +50 on Dish care</p>")
    yield page
    page.close()


def test_what_was_said_of_an_earlier_entry_does_not_count(said):
    with pytest.raises(TimeoutError), saving(said):
        pass
    with pytest.raises(TimeoutError), saving(said):
        said.evaluate(SAY, "Say why")


def test_the_same_words_said_once_more_do(said):
    for _ in range(2):
        with saving(said):
            said.evaluate(SAY, "Saved: +50 on Dish care")
