"""What axe-core says against a page as it stands there: WCAG 2.2 A and AA, and best practices."""

from axe_playwright_python.sync_playwright import Axe

RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
OPTIONS = {"runOnly": RULES, "resultTypes": ["violations"]}
"""Whatever a page does well is not written out: that would double the time."""


def offences(page):
    """A line for each element that breaks a rule; empty where none does.

    The rules stay in the page once they are there: reading them takes a browser longer than applying them again.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate("(options) => axe.run(options).then((found) => found.violations)", OPTIONS)
    return [f"{each['id']}: {n['html'][:120]} — {n['failureSummary'][:160]}" for each in found for n in each["nodes"]]
