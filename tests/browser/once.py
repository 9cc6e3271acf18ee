"""Demo months that take long to make: each is made once for all processes of a run, and everybody takes a copy."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

MONTH = Path(__file__).with_name("album") / "month.py"
PREPARE = "from equipoise_web.serve import prepare; prepare(with_demo_people=True)"


def copy_once(factory, name, make, target):
    """Copy to `target` the folder that `make` fills; the process that comes first fills it, the others wait."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    made, draft = shared / name, shared / f"{name}-begun"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir()
            make(draft)
            draft.rename(made)
    return shutil.copytree(made, target)


def prepared_month(folder):
    """A demo month with its database, as `serve` leaves it before it listens."""
    from equipoise.demo.run import run_demo

    run_demo(folder)
    prepared_home(folder)


def prepared_home(folder):
    """A home with its database, as `serve` leaves it before it listens; empty where nothing was delivered."""
    folder.mkdir(exist_ok=True)
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "equipoise_web.settings", "EQUIPOISE_HOME": str(folder)}
    subprocess.run([sys.executable, "-c", PREPARE], check=True, env=environment, timeout=300)


def filled_month(folder, prepare=prepared_month):
    """A prepared month with content in it, `month`, and in `things.json` what addresses are filled with.

    Beside it, `empty`, a home in which nothing was ever delivered.
    """
    month = folder / "month"
    prepare(month)
    prepared_home(folder / "empty")
    said = subprocess.run([sys.executable, MONTH, month], check=True, stdout=subprocess.PIPE, timeout=300).stdout
    json.loads(said)
    (folder / "things.json").write_bytes(said)
