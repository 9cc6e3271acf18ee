"""What is wrong with pages of the album: not accessible, too wide, or the browser complains."""

from ..axe import offences
from ..looks import looks
from .pages import NOBODY, SECURED
from .walk import PEOPLE, walked

SOME = frozenset({NOBODY, "planner", "marketing", SECURED})
OTHERS = PEOPLE - SOME
"""Two halves of all pages, by who looks at them: so everybody signs in once."""


def wrong_with(browser, folder, people):
    """In words, of the pages of some people in every width and scheme, under their own strict content policy."""
    wrong = []
    with walked(browser, folder) as walk:
        for _route, shot, page in walk.shots(people=people):
            for look in looks(page):
                too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                if too_wide > 0:
                    wrong.append(f"{shot.name} at {look} scrolls sideways by {too_wide} px")
                if shot.is_ours:
                    wrong += [f"{shot.name} at {look}: {said}" for said in offences(page)]
            wrong += [f"{shot.name}: {said}" for said in walk.complaints if not is_expected(said, shot.status)]
    return wrong


def is_expected(complaint, status):
    """A page that answers 404 on purpose is told as one by the browser, too."""
    return status >= 400 and f"status of {status}" in complaint
