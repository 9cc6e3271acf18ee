"""The benchmark of the grid runs to its end, in a browser, at a size that means nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser


def test_the_grid_is_compared_with_its_own_page_and_a_bare_one():
    # In a process of its own: the subject sets Django up on a home folder of its own.
    code = (
        "import json; from benchmarks.grid import SUBJECT; r = SUBJECT.run('smoke', 1); print(json.dumps([r.about, "
        "[[c.what, c.ours.seconds, c.theirs.seconds] for c in r.comparisons], r.tables[0].rows]))"
    )
    environment = {k: v for k, v in os.environ.items() if k not in ("DJANGO_SETTINGS_MODULE", "EQUIPOISE_HOME")}
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        env=environment,
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )
    assert found.returncode == 0, found.stderr[-4000:]
    about, compared, clock = json.loads(found.stdout)
    assert "rows shown over 300 series" in about
    ((what, ours, theirs),) = compared
    assert what == "an edit, the server's part"
    assert min(*ours, *theirs) > 0
    assert [row[0] for row in clock] == [
        "first paint",
        "frame while scrolling, p95",
        "an edit, Enter to the painted total",
        "of it, the server's answer",
    ]
