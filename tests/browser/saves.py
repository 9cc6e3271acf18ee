"""Waiting until the grid says that what was typed is saved: what it said of an earlier entry does not count."""

from contextlib import contextmanager

SAID = """() => {
  if (globalThis.savesSaid === undefined) {
    globalThis.savesSaid = 0;
    const said = document.getElementById("grid-said");
    new MutationObserver(() => { if (said.textContent.startsWith("Saved")) globalThis.savesSaid += 1; })
      .observe(said, { childList: true });
  }
  return globalThis.savesSaid;
}"""
"""How often it was said since this was asked first; the same words said once more are counted, too."""


@contextmanager
def saving(page):
    """Do something that is saved; on the way out it is."""
    before = page.evaluate(SAID)
    yield
    page.wait_for_function("(before) => globalThis.savesSaid > before", arg=before)
