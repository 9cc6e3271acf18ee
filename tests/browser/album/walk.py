"""Walk through every page: two served homes, everybody signed in once, each page in the state that it is shown in."""

import json
from contextlib import ExitStack, contextmanager

from ..complaints import hear
from ..looks import SCHEMES, WIDTHS, show
from ..serving import PATIENCE, served
from . import scenes
from .pages import NO_PAGES, NOBODY, PAGES

PEOPLE = frozenset(shot.who for shots in PAGES.values() for shot in shots)


def missing_pages(routes):
    """Routes that answer GET and are in neither list, and names in the lists that are no route."""
    listed = {*PAGES, *NO_PAGES}
    return sorted(set(routes) - listed), sorted(listed - set(routes))


@contextmanager
def walked(browser, folder):
    """Serve the filled month of the folder, and once it is asked for its empty home, and walk through them."""
    month = folder / "month"
    things = json.loads((folder / "things.json").read_bytes())
    with ExitStack() as stack:
        site = stack.enter_context(served(month))
        things |= {"worker": site.worker, "database": month / "equipoise.sqlite3"}
        walk = Walk(browser, site, lambda: stack.enter_context(served(folder / "empty")), things)
        try:
            yield walk
        finally:
            walk.close()


class Walk:
    """Opens one page after the other; `complaints` is what the browser said on the last one."""

    def __init__(self, browser, site, serve_empty, things):
        self.browser, self.things = browser, things
        self.sites, self.serve_empty = {False: site}, serve_empty
        self.pages = {}
        self.complaints = []

    def shots(self, only="", people=PEOPLE):
        """Every state of every page whose name has `only` in it, as (route, shot, page), opened wide and light.

        `people` are those whose pages are shown: no page waits for what was done on another one.
        """
        for route, shots in PAGES.items():
            for shot in (each for each in shots if only in each.name and each.who in people):
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
        if is_before_data and is_before_data not in self.sites:
            self.sites[is_before_data] = self.serve_empty()
        context = self.browser.new_context(base_url=self.sites[is_before_data].address, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE)
        page = hear(context.new_page(), self.complaints)
        if who != NOBODY:
            scenes.sign_in(page, who, self.things)
        self.pages[who, is_before_data] = page
        return page
