"""A textbook plan, and the demo company's, for the pages."""

from pathlib import Path

import pytest

from equipoise.demo import write_demo
from equipoise.gather import open_snapshot
from equipoise.plan import Plan, compute_plan

TOMATO = Path(__file__).parents[4] / "examples" / "red_tomato"


@pytest.fixture(scope="session")
def tomato() -> Plan:
    return compute_plan(open_snapshot(TOMATO))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return compute_plan(open_snapshot(write_demo(tmp_path_factory.mktemp("demo"))))
