"""Read delivered files in a child process with limits: a hostile file ends the child, and nothing else."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from equipoise.intake import CODES
from equipoise.store import finding_as_json
from equipoise_web.jobs.step import Tell

MEMORY = 6 << 30
"""Bytes of address space; the libraries alone reserve about one and a half GiB."""
SECONDS = 600
"""Of computing, and of waiting."""
PAUSE = 0.05
STARVED = ("memory", "systemerror")
"""What an interpreter without memory says: mostly MemoryError, in the midst of an import that an error was lost."""
KEPT = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "SYSTEMROOT")
"""Of the environment; where the database is and its password, a child that reads files need not know."""


def read_in_child(
    recipe: Mapping[str, Any], work: Path, tell: Tell, *, memory: int = MEMORY, seconds: int = SECONDS
) -> dict[str, Any]:
    """What `read_in_child.py` answers to the recipe; a finding where the limits ended it. Files are left in `work`."""
    (work / "recipe.json").write_text(json.dumps(recipe), encoding="utf-8")
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    command = [sys.executable, "-m", "equipoise_web.jobs.read_in_child", str(work), str(memory), str(seconds)]
    with (work / "log").open("wb") as log:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**environment, "TMPDIR": str(work), "POLARS_MAX_THREADS": "2", "OMP_NUM_THREADS": "1"},
        )
        try:
            _wait(child, work, tell, seconds)
        finally:
            child.kill()
            child.wait()
    if child.returncode == 0 and (work / "answer.json").is_file():
        answer: dict[str, Any] = json.loads((work / "answer.json").read_bytes())
        return answer
    return {"refused": [_too_much(recipe, work, child.returncode, memory, seconds)], "preview": []}


def _wait(child: "subprocess.Popen[bytes]", work: Path, tell: Tell, seconds: int) -> None:
    """Until it ends or its time is up, saying how far it is; what stops the job stops the child."""
    end = time.monotonic() + seconds
    told = ""
    while child.poll() is None and time.monotonic() < end:
        stage = work / "stage"
        said = stage.read_text(encoding="utf-8") if stage.is_file() else "0.02 Starting"
        if said != told:
            part, _, words = said.partition(" ")
            tell(words, float(part))
            told = said
        time.sleep(PAUSE)


def _too_much(recipe: Mapping[str, Any], work: Path, code: int, memory: int, seconds: int) -> dict[str, Any]:
    """The finding where a child did not come back with an answer."""
    name = recipe["deliveries"][-1]["name"] if recipe["deliveries"] else "draft"
    log = (work / "log").read_text(encoding="utf-8", errors="replace")[-2000:]
    if code > 0 and not any(word in log.lower() for word in STARVED):
        raise RuntimeError(f"reading {name} ended with code {code}: {log}")
    text = f"Reading it took more than {memory >> 30} GiB of memory or {seconds} seconds, and was stopped."
    return finding_as_json(CODES["IN008"].found(f"file {name}", text))
