"""Whoever brings a workbook back."""

import pytest

from .hands import Hands


@pytest.fixture
def hands(client, person, demo_digest):
    return lambda role="demand_planner", name="me", **scope: Hands(client, person(name, role, **scope))
