"""The benchmark of the grid runs to its end, in a browser, at a size that means nothing."""

import pytest
from tests.smoke import run_smoke

pytestmark = pytest.mark.browser


def test_the_grid_is_compared_with_its_own_page_and_a_bare_one():
    answer = "[r.about, [[c.what, c.ours.seconds, c.theirs.seconds] for c in r.comparisons], r.tables[0].rows]"
    about, compared, clock = run_smoke("grid", answer, seconds=300)
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
