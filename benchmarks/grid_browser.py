"""A headless Chromium at the grid and at its peers: first paint, an edit, frames while scrolling, on the clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measure import Disagreement

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
PROBE = Path(__file__).parent / "grid_probe.js"
WIDTH, HEIGHT = 1440, 900
STEPS, LONGEST = 120, 40_000
PATIENCE = 60_000
"""Milliseconds that a page may take."""


@dataclass(frozen=True)
class Edited:
    """Seconds of one edit: from Enter to the painted total above it, and of these the server's answer."""

    whole: float
    server: float


@contextmanager
def browser(port: int, cookie: str) -> Iterator["Page"]:
    """A window of one person, with the probe in every page."""
    from playwright.sync_api import sync_playwright

    name, _, value = cookie.partition("=")
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS), timeout=PATIENCE)
        try:
            address = f"http://127.0.0.1:{port}"
            context = chromium.new_context(base_url=address, viewport={"width": WIDTH, "height": HEIGHT})
            context.add_cookies([{"name": name, "value": value, "url": address}])
            context.add_init_script(path=PROBE)
            context.set_default_timeout(PATIENCE)
            yield context.new_page()
        finally:
            chromium.close()


def paint(page: "Page", path: str) -> float:
    """Seconds from the start of the navigation until the grid's cells are painted."""
    page.goto("about:blank")
    page.goto(path)
    return float(_probed(page, "paintedAt")) / 1e3


def open_all(page: "Page", path: str) -> int:
    """Open every row of the grid, as its button does, and remember it; the number of rows that are then shown."""
    paint(page, path)
    page.click("#grid-all")
    shown = page.locator("#grid revo-grid").evaluate(
        "grid => grid.source.length - Object.keys(grid.trimmedRows).length"
    )
    return int(shown)


def scroll(page: "Page") -> list[float]:
    """Seconds of each frame on the way down the open page."""
    told = page.evaluate("([steps, most]) => scrollDown(steps, most)", [STEPS, LONGEST])
    if told["top"] <= 0:
        raise Disagreement("the grid does not scroll")
    return [frame / 1e3 for frame in told["frames"]]


def bare_path(page: "Page") -> str:
    """The address of a bare grid as large as the one that is open, with columns as wide."""
    box = page.locator("#grid").bounding_box()
    cell = page.locator("revogr-data[type='rgRow'][col-type='rgCol'] .rgCell").first.bounding_box()
    assert box is not None and cell is not None, "the grid is open"
    return f"/bare/?width={box['width']:.0f}&height={box['height']:.0f}&wide={cell['width']:.0f}"


def edit(page: "Page", row: str, above: str, mark: str, measure: str) -> Edited:
    """Type +1 into a cell; what it takes until the row above says it."""
    page.click(f'[data-testid="cell:{measure}:{row}:{mark}"]')
    page.evaluate("(id) => nextEdit(id)", f"cell:{measure}:{above}:{mark}")
    page.keyboard.type("+1")
    page.keyboard.press("Enter")
    told = _probed(page, "edited")
    return Edited(told["whole"] / 1e3, told["server"] / 1e3)


def _probed(page: "Page", name: str) -> Any:  # noqa: ANN401 - what the probe left
    return page.wait_for_function(f"() => window.{name}", timeout=PATIENCE).json_value()
