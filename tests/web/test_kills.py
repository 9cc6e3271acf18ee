"""kill -9: at each point of each verb, and in the middle of plan runs."""

import os

KILLS = 200 if os.environ.get("EQUIPOISE_SOAK") else 32


def test_kills(site):
    told = site.run("kills", KILLS, 7)
    print(told)
    assert told["whole"] > 0
    assert told["absent"] > 0
    assert told["run done again"] > 0
