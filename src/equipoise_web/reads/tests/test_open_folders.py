"""What is kept open is limited in bytes, opened once for several threads, and never what failed to open."""

import threading

import numpy as np
import pytest

from equipoise_web.reads import plans, snapshots
from equipoise_web.reads.open_folders import OpenFolders
from equipoise_web.reads.plans import open_plan


def test_the_least_used_are_let_go():
    opened = OpenFolders(limit=100, size=len)
    for name in "abc":
        opened.get(name, lambda: b"x" * 40)
    assert list(opened.values) == ["b", "c"]
    assert opened.bytes == 80
    opened.get("b", lambda: pytest.fail("it is open"))
    opened.get("d", lambda: b"x" * 40)
    assert list(opened.values) == ["b", "d"]


def test_the_last_one_is_kept_however_large():
    opened = OpenFolders(limit=10, size=len)
    opened.get("small", lambda: b"x")
    opened.get("large", lambda: b"x" * 1000)
    assert list(opened.values) == ["large"]
    opened.get("small", lambda: b"x")
    assert (list(opened.values), opened.bytes) == (["small"], 1)


def test_what_could_not_be_opened_is_tried_again():
    opened = OpenFolders(limit=10, size=len)
    with pytest.raises(OSError, match="gone"):
        opened.get("a", lambda: (_ for _ in ()).throw(OSError("gone")))
    assert opened.get("a", lambda: b"x") == b"x"
    assert not opened.opening


def test_two_who_ask_at_once_open_once_and_a_slow_one_holds_up_nobody_else():
    opened, calls, go = OpenFolders(limit=100, size=len), [], threading.Event()
    begun = threading.Event()

    def slow():
        calls.append(1)
        begun.set()
        assert go.wait(10)
        return b"slow"

    found = []
    threads = [threading.Thread(target=lambda: found.append(opened.get("slow", slow))) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert begun.wait(10)
    assert opened.get("other", lambda: b"quick") == b"quick"
    go.set()
    for thread in threads:
        thread.join(10)
    assert (found, calls) == ([b"slow"] * 4, [1])


def test_the_bytes_of_a_plan_are_those_of_its_arrays_and_tables(digest):
    plan = open_plan(digest)
    measures = sum(panel.measures[name].nbytes for s in plan.sections.values() for panel, name in s.measures())
    tables = snapshots.bytes_of_snapshot(plan.snapshot)
    assert tables > 0
    assert plans._bytes_of(plan) >= measures + tables
    assert open_plan(digest) is plan
    assert np.isfinite(plans._open.bytes)
