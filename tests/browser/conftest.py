"""A served demo month and a headless Chromium, both for the whole session and both with a time limit."""

import pytest

from .serving import CHROMIUM, FLAGS, served


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    from equipoise.demo.run import run_demo

    folder = tmp_path_factory.mktemp("home")
    run_demo(folder)
    return folder


@pytest.fixture(scope="session")
def server(home):
    with served(home) as site:
        yield site.address


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory):
    """A home in which nothing was ever delivered."""
    return tmp_path_factory.mktemp("empty-home")


@pytest.fixture(scope="session")
def empty_server(empty_home):
    with served(empty_home) as site:
        yield site.address


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=30_000)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, server):
    context = browser.new_context(base_url=server, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(10_000)
    opened = context.new_page()
    opened.complaints = []
    opened.on("console", lambda m: opened.complaints.append(m.text) if m.type in ("error", "warning") else None)
    opened.on("pageerror", lambda e: opened.complaints.append(str(e)))
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
