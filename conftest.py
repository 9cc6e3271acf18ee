"""For every test: properties are drawn the same way each run, and a hundred times more of them under `make soak`."""

import os

from hypothesis import settings

settings.register_profile("ci", deadline=None, derandomize=True)
settings.register_profile("soak", deadline=None, max_examples=2_000)
settings.load_profile("soak" if os.environ.get("EQUIPOISE_SOAK") else "ci")
