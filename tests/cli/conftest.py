"""The command line called in this process: exit code, stdout, stderr and the one JSON object."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from equipoise.cli.main import run

EXAMPLES = Path(__file__).parents[2] / "examples"


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
