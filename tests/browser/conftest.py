"""A served demo month and a headless Chromium, both for the whole session and both with a time limit."""

import pytest

from .complaints import hear
from .once import copy_once, filled_month, prepared_home, prepared_month
from .serving import CHROMIUM, FLAGS, PATIENCE, served


@pytest.fixture(scope="session")
def new_month(tmp_path_factory):
    """Makes a folder that is not there yet a home with a demo month that nobody served yet."""
    return lambda folder: copy_once(tmp_path_factory, "prepared", prepared_month, folder)


@pytest.fixture(scope="session")
def new_home(new_month, tmp_path_factory):
    """Makes a home with a demo month that nobody served yet."""
    return lambda: new_month(tmp_path_factory.mktemp("home") / "home")


@pytest.fixture(scope="session")
def home(new_home):
    return new_home()


@pytest.fixture
def filled(new_month, tmp_path_factory, tmp_path):
    """A folder with a month full of content, and with what addresses are filled with."""
    return copy_once(tmp_path_factory, "filled", lambda folder: filled_month(folder, new_month), tmp_path / "filled")


@pytest.fixture(scope="session")
def server(home):
    with served(home) as site:
        yield site.address


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory):
    """A home in which nothing was ever delivered."""
    return copy_once(tmp_path_factory, "empty", prepared_home, tmp_path_factory.mktemp("empty") / "home")


@pytest.fixture(scope="session")
def empty_server(empty_home):
    with served(empty_home) as site:
        yield site.address


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, server):
    context = browser.new_context(base_url=server, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE)
    opened = hear(context.new_page())
    yield opened
    context.close()


@pytest.fixture
def planner(page):
    page.goto("/")
    page.fill("#id_login", "planner")
    page.fill("#id_password", "demo")
    page.click("button:has-text('Sign in')")
    page.click("text=Open the plan")
    page.wait_for_selector("table.sheet")
    return page
