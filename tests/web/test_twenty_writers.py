"""Twenty people write at once: nobody is refused for being late, nothing that was acknowledged is lost, all get on."""

import os

SOAK = bool(os.environ.get("EQUIPOISE_SOAK"))


def test_twenty_writers(site):
    told = site.run("twenty_writers", 60 if SOAK else 8)
    print(told)
    assert told["least"] > 0
    assert min(told["verbs"].values()) > 0
    assert told["least"] >= 0.3 * told["most"], told
