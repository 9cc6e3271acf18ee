"""Who looks at supply."""

import pytest

from equipoise_web.access import access_of


@pytest.fixture
def eye(person, demo_digest):
    return access_of(person("eye", "analyst"))


@pytest.fixture
def supply(signed_in, demo_digest):
    return signed_in("suzy", "supply_planner")


@pytest.fixture
def demand(signed_in, demo_digest):
    return signed_in("paula", "demand_planner")
