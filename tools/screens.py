"""Pictures of every page at 1440 and 390 px, light and dark, to look at with one's own eyes.

`docs/pictures` keeps those that documents show; `--all DIR` keeps all of them; `--only WORD` takes those whose name has
the word in it. A page of the URL table that `tests/browser/album/pages.py` does not show makes it fail with its name.
"""

import os
import sys
import tempfile
from pathlib import Path

import click
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from browser.album.walk import Walk, missing_pages, walked  # noqa: E402 - its folder is named above
from browser.looks import SCHEMES, WIDTHS, show  # noqa: E402
from browser.once import filled_month  # noqa: E402
from browser.serving import CHROMIUM, FLAGS  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
KEPT = {("sheet", 1440, "light")}
"""Pictures that documents show."""


@click.command()
@click.option("--all", "everything", type=click.Path(file_okay=False, path_type=Path), help="Keep every picture here.")
@click.option("--only", default="", help="Only pages whose picture's name has this in it.")
def main(everything: Path | None, only: str) -> None:
    """Photograph every page of a served demo month."""
    check_complete()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        filled_month(Path(folder))
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with walked(chromium, Path(folder)) as walk:
            photograph(walk, everything, only)
        chromium.close()


def check_complete() -> None:
    """Exit with the names of pages that have no picture."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "web_settings"
    import django

    django.setup()
    from web.matrix import page_routes

    missing, gone = missing_pages(page_routes())
    if missing or gone:
        sys.exit(
            f"tests/browser/album/pages.py shows no {', '.join(missing) or 'page less'}; no route: {gone or 'none'}"
        )
    for name in ("DJANGO_SETTINGS_MODULE", "EQUIPOISE_HOME"):
        os.environ.pop(name)


def photograph(walk: Walk, everything: Path | None, only: str) -> None:
    """Every page in every width and scheme."""
    for _route, shot, page in walk.shots(only):
        for width in WIDTHS:
            for scheme in SCHEMES:
                show(page, width, scheme)
                keep(page, shot.name, width, scheme, everything)


def keep(page: Page, name: str, width: int, scheme: str, everything: Path | None) -> None:
    """Take a picture: of the whole page for the eye, of the window for documents."""
    if everything:
        everything.mkdir(parents=True, exist_ok=True)
        size = page.viewport_size
        # As tall as the page, so that what is fixed to the window's foot stands at the foot.
        page.set_viewport_size({"width": width, "height": max(900, page.evaluate("document.body.scrollHeight"))})
        page.screenshot(path=everything / f"{name}-{width}-{scheme}.png")
        page.set_viewport_size(size)
    if (name, width, scheme) in KEPT:
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.png")


if __name__ == "__main__":
    main()
