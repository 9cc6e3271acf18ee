"""For every test: properties are drawn the same way each run, and a hundred times more of them under `make soak`.

A file is searched for examples in its docstrings only if it has one: each process would search them all, for seconds.

Where files of tests are shared out among processes, the longest come first, so that none is still running alone at the
end: only the order in which files are begun is chosen here, never what runs.
"""

import os
from collections import Counter
from pathlib import Path

import pytest
from _pytest.doctest import DoctestModule
from hypothesis import settings

settings.register_profile("ci", deadline=None, derandomize=True)
settings.register_profile("soak", deadline=None, max_examples=2_000)
settings.load_profile("soak" if os.environ.get("EQUIPOISE_SOAK") else "ci")

TESTS = Path(__file__).parent / "tests"
LONGEST = [
    TESTS / name
    for name in (
        "browser/test_every_page.py",
        "browser/test_every_other_page.py",
        "web/test_matrix.py",
        "web/test_mutation.py",
        "test_benchmarks.py",
        "web/test_kills.py",
        "web/test_schema.py",
        "web/test_non_interference.py",
        "web/test_serving.py",
        "web/test_backup.py",
        "web/test_two_workers.py",
        "web/test_twenty_writers.py",
        "browser/test_journey.py",
        "browser/test_grid_bench.py",
        "browser/test_month.py",
    )
]
"""Files with few tests that each take long."""


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path):
    """Without examples nothing is collected from docstrings; that every module imports has a test in tests/house."""
    found = yield
    if not any(isinstance(each, DoctestModule) for each in found) or b">>>" in file_path.read_bytes():
        return found
    return [each for each in found if not isinstance(each, DoctestModule)]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """The longest files first, then what crosses rooms, then the rooms; among these, files with many tests first."""
    if not hasattr(config, "workerinput"):
        return
    if missing := [str(path) for path in LONGEST if not path.is_file()]:
        raise pytest.UsageError(f"conftest.py begins with files that there are not: {', '.join(missing)}")
    tests = Counter(item.path for item in items)
    places = {path: number for number, path in enumerate(LONGEST)}

    def turn(item):
        crosses_rooms = item.path.is_relative_to(TESTS)
        return places.get(item.path, len(LONGEST)), not crosses_rooms, -tests[item.path], str(item.path)

    items.sort(key=turn)
