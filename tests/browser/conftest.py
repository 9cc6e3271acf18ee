"""A served demo month and a headless Chromium, both for the whole session and both with a time limit."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import pytest

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    from equipoise.demo.run import run_demo

    folder = tmp_path_factory.mktemp("home")
    run_demo(folder)
    return folder


@contextmanager
def served(home):
    port = free_port()
    command = [sys.executable, "-m", "equipoise", "serve", "--home", str(home), "--port", str(port)]
    environment = {k: v for k, v in os.environ.items() if k not in ("DJANGO_SETTINGS_MODULE", "EQUIPOISE_HOME")}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_healthy(f"{address}/healthz", process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="session")
def server(home):
    with served(home) as address:
        yield address


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory):
    """A home in which nothing was ever delivered."""
    return tmp_path_factory.mktemp("empty-home")


@pytest.fixture(scope="session")
def empty_server(empty_home):
    with served(empty_home) as address:
        yield address


def wait_until_healthy(address, process, seconds=90):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise AssertionError(process.stderr.read().decode())
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                if answer.status == 200:
                    return
        except OSError:  # not there yet, or too slow to answer in time
            time.sleep(0.1)
    raise AssertionError(f"{address} did not answer within {seconds} s")


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
