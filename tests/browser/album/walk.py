"""Walk through every page: two served homes, everybody signed in once, each page in the state that it is shown in."""

import json
from contextlib import ExitStack, contextmanager

from ..complaints import hear
from ..looks import SCHEMES, WIDTHS, show
from ..serving import PATIENCE, served
from . import scenes
from .pages import NO_PAGES, NOBODY, PAGES


def missing_pages(routes):
    """Routes that answer GET and are in neither list, and names in the lists that are no route."""
    listed = {*PAGES, *NO_PAGES}
    return sorted(set(routes) - listed), sorted(listed - set(routes))


@contextmanager
def walked(browser, folder):
    """Serve the filled month of the folder, and a home in which nothing was delivered, and walk through them."""
    month, empty = folder / "month", folder / "empty"
    empty.mkdir()
    things = json.loads((folder / "things.json").read_bytes())
    with ExitStack() as stack:
        site = stack.enter_context(served(month))
        before_data = stack.enter_context(served(empty))
        walk = Walk(
            browser,
            {False: site, True: before_data},
            things | {"worker": site.worker, "database": month / "equipoise.sqlite3"},
        )
        stack.callback(walk.close)
        yield walk


class Walk:
    """Opens one page after the other; `complaints` is what the browser said on the last one."""

    def __init__(self, browser, sites, things):
        self.browser, self.sites, self.things = browser, sites, things
        self.pages = {}
        self.complaints = []

    def shots(self, only="", part=slice(None)):
        """Every state of every page whose name has `only` in it, as (route, shot, page), opened wide and light.

        `part` are some of the routes: no page waits for what was done on another one.
        """
        for route, shots in list(PAGES.items())[part]:
            for shot in (each for each in shots if only in each.name):
                page = self._page(shot.who, shot.is_before_data)
                show(page, WIDTHS[0], SCHEMES[0])
                self.complaints.clear()
                answer = page.goto(shot.address.format(**self.things))
                try:
                    if shot.act is not None:
                        shot.act(page, self.things)
                    elif answer.status != shot.status:
                        raise AssertionError(f"{shot.name} at {page.url} answers {answer.status}, not {shot.status}")
                    page.wait_for_selector(shot.ready)
                    yield route, shot, page
                finally:
                    if shot.after is not None:
                        shot.after(page, self.things)

    def close(self):
        for page in self.pages.values():
            page.context.close()

    def _page(self, who, is_before_data):
        known = self.pages.get((who, is_before_data))
        if known is not None and who != NOBODY:
            return known
        if known is not None:
            known.context.close()  # nobody comes with a cookie
        context = self.browser.new_context(base_url=self.sites[is_before_data].address, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE)
        page = hear(context.new_page(), self.complaints)
        if who != NOBODY:
            scenes.sign_in(page, who, self.things)
        self.pages[who, is_before_data] = page
        return page
