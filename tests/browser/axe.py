"""What axe-core says against a page as it stands there: WCAG 2.2 A and AA, and best practices."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
WITHOUT_TEXT = "axe.configure({ noHtml: true })"
"""To copy the text of all that is looked at takes long; of an offender it is read from the page."""
RULES = Path(__file__).with_name("rules")
SCRIPTS = [Axe().axe_script, WITHOUT_TEXT, *(path.read_text() for path in sorted(RULES.glob("*.js")))]
ALONE = "alone "
READABLE: set[str] = set()
"""Looks of texts that were judged in this process, on any page: a look says all that contrast depends on."""


def offences(page):
    """A line for each element that breaks a rule; empty where none does.

    The rules stay in the page once they are there: reading them takes a browser longer than applying them again.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate("\n;".join(SCRIPTS))
    found = page.evaluate("(tags) => structure.judge(tags)", TAGS) + unreadable(page)
    return [f"{rule}: {html[:120]} — {why[:160]}" for rule, html, why in found]


def unreadable(page):
    """Texts whose contrast is too low, of the looks that were not judged yet."""
    new = [look for look in page.evaluate("textLooks.find()") if look not in READABLE]
    if not new:
        return []
    answer = page.evaluate("(looks) => contrast.judge(looks)", new)
    READABLE.update(look for look in answer["settled"] if not look.startswith(ALONE))
    return answer["offences"]
