"""Every access check is proved by a test: with any one of them taken out, some test fails."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SUITE = (
    "src/equipoise_web/actions/tests",
    "src/equipoise_web/tests",
    "src/equipoise_web/reads/tests",
    "src/equipoise_web/screens",
    "tests/web/test_matrix.py",
    "tests/web/test_non_interference.py",
)
HARMLESS: tuple[tuple[str, str], ...] = ()
"""Checks of which one alone may go: how their name begins, and the reason why nothing is lost."""


@pytest.mark.skipif(not os.environ.get("EQUIPOISE_SOAK"), reason="takes minutes: make soak")
def test_every_check_is_proved(tmp_path):
    report = tmp_path / "mutants.json"
    environment = {
        **{name: value for name, value in os.environ.items() if name != "EQUIPOISE_SOAK"},
        "EQUIPOISE_MUTANTS": str(report),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")]),
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "web.mutants", *SUITE]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert report.is_file(), done.stdout[-3000:] + done.stderr[-3000:]
    found = json.loads(report.read_text(encoding="utf-8"))
    alive = [name for name in found["alive"] if not any(name.startswith(known) for known, _ in HARMLESS)]
    killed = [f"killed {mutant}\n    by {test}" for mutant, test in found["killed"].items()]
    listed = "\n".join([*killed, *(f"ALIVE  {mutant}" for mutant in alive)])
    assert found["broken"] == [], found["broken"]
    assert len(found["killed"]) > 40
    assert not alive, listed
