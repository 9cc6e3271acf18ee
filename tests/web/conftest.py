"""The fixtures of the web application, for tests that cross its screens."""

from equipoise_web.conftest import digest, person, planner, tomato_home  # noqa: F401 - fixtures
