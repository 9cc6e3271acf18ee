"""Screenshots of every page at 1440 and 390 px, light and dark, into docs/pictures: to look at with one's own eyes."""

import os
import subprocess
import sys
import tempfile
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from conftest import CHROMIUM, FLAGS, free_port, wait_until_healthy  # noqa: E402 - its folder is named above

PICTURES = ROOT / "docs" / "pictures"
KEPT = {("sheet", 1440, "light")}
"""Pictures that documents show; the rest go to `--all DIR` and are not committed."""


def main() -> None:
    """Serve a demo month and photograph it."""
    everything = Path(sys.argv[sys.argv.index("--all") + 1]) if "--all" in sys.argv else None
    with tempfile.TemporaryDirectory() as folder:
        from equipoise.demo.run import run_demo

        run_demo(Path(folder))
        port = free_port()
        command = [sys.executable, "-m", "equipoise", "serve", "--home", folder, "--port", str(port)]
        process = subprocess.Popen(command, env=dict(os.environ), stderr=subprocess.PIPE)
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}/healthz", process)
            photograph(f"http://127.0.0.1:{port}", everything)
        finally:
            process.terminate()
            process.wait(timeout=20)


def photograph(address: str, everything: Path | None) -> None:
    """Every page in every width and scheme."""
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for width in (1440, 390):
            for scheme in ("light", "dark"):
                context = chromium.new_context(
                    base_url=address, viewport={"width": width, "height": 900}, color_scheme=scheme
                )
                walk(context.new_page(), Album(everything, width, scheme))
                context.close()
        chromium.close()


@dataclass(frozen=True)
class Album:
    """Where the pictures of one width and scheme go."""

    everything: Path | None
    width: int
    scheme: str

    def keep(self, page: Page, name: str) -> None:
        """Take a picture: of the whole page for the eye, of the window for documents."""
        if self.everything:
            self.everything.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=self.everything / f"{name}-{self.width}-{self.scheme}.png", full_page=True)
        if (name, self.width, self.scheme) in KEPT:
            PICTURES.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=PICTURES / f"{name}.png")


def walk(page: Page, album: Album) -> None:
    """Sign in at home, look at adjustments, read a family's sheet, ask a number why, see all families and findings."""
    page.goto("/")
    album.keep(page, "sign-in")
    page.fill("#id_login", "planner")
    page.fill("#id_password", "demo")
    page.click("button:has-text('Sign in')")
    album.keep(page, "home")
    for address, name in (("", "adjustments"), ("new/", "kinds"), ("new/promotion/", "form")):
        page.goto(f"/adjustments/{address}")
        album.keep(page, name)
    page.goto("/")
    page.click("text=Open the plan")
    page.wait_for_selector("#sheet-title")
    home = page.url
    page.goto(f"{home}?family=Laundry care")
    album.keep(page, "sheet-plain")
    if album.width > 640:
        page.click("td[data-testid='cell:demand_consensus_qty:plan:2'] a")
        page.wait_for_selector("#why .tree")
        album.keep(page, "sheet")
        page.click("#why a:has-text('Full lineage')")
    else:
        page.click(".months a >> nth=3")
    album.keep(page, "why")
    page.goto(home)
    album.keep(page, "sheet-all")
    page.goto(home.split("?")[0] + "findings/")
    album.keep(page, "findings")


if __name__ == "__main__":
    urllib.request.install_opener(urllib.request.build_opener(urllib.request.ProxyHandler({})))
    main()
