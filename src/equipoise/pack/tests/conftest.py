"""Plans that the tests of the pack share: a textbook dataset and the small demo company."""

from pathlib import Path

import pytest

from equipoise.core.snapshot import Snapshot
from equipoise.demo import write_demo
from equipoise.gather import open_snapshot
from equipoise.plan import Plan, compute_plan

TOMATO = Path(__file__).parents[4] / "examples" / "red_tomato"


@pytest.fixture(scope="session")
def tomato_snapshot() -> Snapshot:
    return open_snapshot(TOMATO)


@pytest.fixture(scope="session")
def tomato(tomato_snapshot: Snapshot) -> Plan:
    return compute_plan(tomato_snapshot)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return compute_plan(open_snapshot(write_demo(tmp_path_factory.mktemp("demo"))))
