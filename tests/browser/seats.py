"""People who sit down before a site again and again: each signs in once, and has a new page every time."""

from contextlib import contextmanager

from .complaints import hear
from .serving import PATIENCE


def by_form(page, name):
    page.goto("/")
    page.fill("#id_login", name)
    page.fill("#id_password", "demo")
    page.click("button:has-text('Sign in')")
    page.wait_for_selector("header .who")


class Seats:
    """Signed in, with what a browser keeps of a site; what a page keeps for itself goes with the page."""

    def __init__(self, browser, address, sign_in=by_form, **options):
        self.browser, self.address, self.sign_in, self.options = browser, address, sign_in, options
        self.contexts = {}
        self.pages = []

    def sit(self, name):
        """A new page of somebody, on which nothing was opened yet."""
        if name not in self.contexts:
            self.contexts[name] = self.browser.new_context(
                base_url=self.address, viewport={"width": 1440, "height": 900}, **self.options
            )
            self.contexts[name].set_default_timeout(PATIENCE)
            first = self._page(name)
            self.sign_in(first, name)
            assert first.complaints == [], name
        return self._page(name)

    def _page(self, name):
        page = hear(self.contexts[name].new_page())
        self.pages.append(page)
        return page

    def leave(self):
        """Close every page; who signed in stays so."""
        while self.pages:
            self.pages.pop().close()


@contextmanager
def seated(*args, **options):
    seats = Seats(*args, **options)
    yield seats
    for context in seats.contexts.values():
        context.close()
