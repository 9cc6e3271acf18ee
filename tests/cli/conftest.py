"""The command line called in this process: exit code, stdout, stderr and the one JSON object."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from equipoise.cli.main import run

if TYPE_CHECKING:
    from equipoise.core.snapshot import Snapshot
    from equipoise.fold import MemoryShelf

EXAMPLES = Path(__file__).parents[2] / "examples"
OPENED: "dict[Path, Snapshot]" = {}
"""Companies that were read, by folder."""


@dataclass(frozen=True)
class Answer:
    """What one call gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one object on stdout; fails if there is more or less than one."""
        (line,) = self.out.splitlines()
        return dict(json.loads(line))


Cli = Callable[..., Answer]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    """Call a verb: `cli("plan", folder, "--json")`."""

    def call(*arguments: object) -> Answer:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return call


@pytest.fixture(scope="session")
def shelf() -> "MemoryShelf":
    """Sections of plans that verbs asked for."""
    from equipoise.fold import MemoryShelf

    return MemoryShelf()


@pytest.fixture
def asked_before(monkeypatch: pytest.MonkeyPatch, shelf: "MemoryShelf", demo_folder: Path) -> None:
    """Companies that no test changes are read once, and each stage of their plans is worked out once.

    For verbs that tell something of a plan: most of their time goes into the same plan. What stands on a shelf is what
    would be worked out; that is tested where plans are.
    """
    # Modules, whose names in the package are those of functions.
    gather, plan = import_module("equipoise.gather"), import_module("equipoise.plan")
    real, compute = gather.open_snapshot, plan.compute_plan

    def open_snapshot(path: Path, mapping: Path | None = None) -> "Snapshot":
        if mapping is not None or path not in (demo_folder, EXAMPLES / "red_tomato"):
            return real(path, mapping)
        if path not in OPENED:
            OPENED[path] = real(path)
        return OPENED[path]

    monkeypatch.setattr(gather, "open_snapshot", open_snapshot)
    monkeypatch.setattr(plan, "compute_plan", partial(compute, shelf=shelf))


@pytest.fixture
def red_tomato() -> Path:
    """The dataset of the textbook, whose answer is known."""
    return EXAMPLES / "red_tomato"


@pytest.fixture
def dataset(tmp_path: Path, red_tomato: Path) -> Path:
    """A copy of it that a test may spoil."""
    folder = tmp_path / "dataset"
    shutil.copytree(red_tomato, folder)
    return folder
