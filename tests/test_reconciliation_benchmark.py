"""Subject reconcile: our answers are checked whether the peer is installed or not, and a missing peer is named."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest


@pytest.fixture(autouse=True, scope="module")
def _benchmarks_on_path():
    root = str(Path(__file__).parents[1])
    sys.path.insert(0, root)
    yield
    sys.path.remove(root)


@pytest.fixture
def module(monkeypatch):
    """The subject without its peer, so that what is told does not depend on what is installed."""
    from benchmarks import reconciliation

    monkeypatch.setattr(reconciliation, "_has_peer", lambda: False)
    return reconciliation


def test_without_the_peer_it_says_so_and_still_checks_ours(module):
    result = module.run("smoke", 1)
    assert result.comparisons == []
    assert "not installed" in result.notes[0] and "CPU s" in result.notes[1]
    (table,) = result.tables
    assert [row[0] for row in table.rows] == [
        "Equipoise, even hierarchy",
        "Equipoise, uneven hierarchy",
        "Equipoise, uneven hierarchy, no series below 0",
    ]
    assert all(float(off) < 1e-6 and float(gap) == 0 for _, off, gap in table.rows)


def test_an_answer_that_is_not_the_optimum_is_refused(module, monkeypatch):
    from benchmarks.measure import Disagreement

    right = module.ours
    monkeypatch.setattr(module, "ours", lambda task, **how: right(task, **how) * 1.001)
    with pytest.raises(Disagreement, match="not the optimum"):
        module.run("smoke", 1)


def test_a_peer_that_ends_nearer_or_much_farther_is_a_disagreement(module):
    from benchmarks.measure import Disagreement

    task = module.make(module.uneven(200))
    assert len(task.nodes.above) > module.DENSE_TO
    mine = module.ours(task, is_signed=True)
    (row,) = module._beside("uneven", task, mine, mine.copy(), "a peer", is_signed=True)
    assert row[0] == "a peer, uneven"
    far = mine + task.base.mean() * 0.5
    for ours, theirs in ((mine, far), (far, mine)):
        with pytest.raises(Disagreement, match="from the base forecasts"):
            module._beside("uneven", task, ours, theirs, "a peer", is_signed=True)


def test_series_at_0_may_be_pulled_below_it_only_where_that_is_asked(module):
    task = module.make(module.even(2), is_rare=True)
    found = module.ours(task, is_signed=False)
    assert (found == 0).any()
    assert module.off_optimum(task, found, is_signed=False) < module.TOLERANCE
    clipped = replace(task, base=task.base * 0.9)
    assert module.off_optimum(clipped, found, is_signed=False) > module.TOLERANCE
