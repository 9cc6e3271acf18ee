"""Red Tomato with other rows, for tests of money: each call is a company of its own."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from equipoise.core.adjustment import Adjustment
from equipoise.gather import gather
from equipoise.intake import read_dataset
from equipoise.plan import Plan, compute_plan

RED_TOMATO = Path(__file__).parents[1] / "examples" / "red_tomato"


def tomato(folder: Path, *adjustments: Adjustment, head: Sequence[tuple[str, str]] = (), **tables: str) -> Plan:
    """The plan of Red Tomato with files replaced or added, and words of its head replaced."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(RED_TOMATO, folder)
    toml = folder / "dataset.toml"
    for old, new in head:
        assert old in toml.read_text(encoding="utf-8")
        toml.write_text(toml.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return compute_plan(gather(read_dataset(folder)), adjustments)
