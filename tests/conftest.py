"""Shared by all tests: the demo company, its snapshot and its plan, computed once."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory):
    from equipoise.demo import write_demo

    return write_demo(tmp_path_factory.mktemp("company") / "demo")


@pytest.fixture(scope="session")
def demo_snapshot(demo_folder):
    from equipoise import gather, read_dataset

    return gather(read_dataset(demo_folder))


@pytest.fixture(scope="session")
def demo_adjustments(demo_folder):
    from equipoise.codec import read_adjustments
    from equipoise.core.adjustment import standing

    return standing(*read_adjustments(demo_folder / "adjustments.json"))


@pytest.fixture(scope="session")
def demo_plan(demo_snapshot, demo_adjustments):
    from equipoise import compute_plan

    return compute_plan(demo_snapshot, demo_adjustments)


@pytest.fixture(scope="session")
def red_tomato():
    from equipoise import gather, read_dataset

    return gather(read_dataset(ROOT / "examples" / "red_tomato"))
