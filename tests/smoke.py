"""A subject of the benchmarks at a size that means nothing, in a process of its own: it sets Django up on a home."""

import json
import os
import subprocess
import sys
from pathlib import Path


def run_smoke(subject, answer, *, seconds):
    """What `answer`, an expression of the result `r`, says of the subject's module run once."""
    run = f"from benchmarks.{subject} import SUBJECT; r = SUBJECT.run('smoke', 1)"
    code = f"import json; {run}; print(json.dumps({answer}))"
    environment = {k: v for k, v in os.environ.items() if k not in ("DJANGO_SETTINGS_MODULE", "EQUIPOISE_HOME")}
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[1],
        env=environment,
        capture_output=True,
        check=False,
        text=True,
        timeout=seconds,
    )
    assert found.returncode == 0, found.stderr[-4000:]
    return json.loads(found.stdout)
