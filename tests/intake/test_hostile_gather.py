"""Hostile datasets given to `equipoise gather` in a process of its own: seconds, less than 1 GB, a clear answer.

All datasets are gathered by one child, one after the other, so the peak of its memory is that of the worst of them.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from equipoise.store import read_snapshot
from intake.hostile import CHILD, HOSTILE, Outcome
from intake.test_hostile_datasets import GOOD, LEFT_OUT, REFUSED
from intake.test_workbook_bombs import REFUSED as BOMBS

SECONDS = 20.0
"""For one dataset on a busy machine; most take a few hundredths."""
BYTES = 1_000_000_000


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory) -> dict[str, tuple[Path, Outcome]]:
    home = tmp_path_factory.mktemp("hostile")
    folders = {}
    for number, (name, hostile) in enumerate(HOSTILE.items()):
        folders[name] = home / f"h{number}"
        hostile.write(folders[name])
    given = "".join(f"{folder}\n" for folder in folders.values())
    done = subprocess.run(
        [sys.executable, "-c", CHILD], input=given, capture_output=True, text=True, timeout=300, check=True
    )
    told = {entry[0]: Outcome(*entry[1:]) for entry in map(json.loads, done.stdout.splitlines())}
    assert done.stderr == ""
    return {name: (folder, told[folder.name]) for name, folder in folders.items()}


def test_there_are_many():
    assert len(HOSTILE) + len(REFUSED) + len(LEFT_OUT) + len(BOMBS) >= 100
    assert set(GOOD) == {"dataset.toml", "items.csv", "markets.csv", "sales_history.csv"}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_clear_answer_in_seconds(outcomes, name):
    hostile, (folder, outcome) = HOSTILE[name], outcomes[name]
    assert outcome.code == hostile.code, outcome.err
    assert "Traceback" not in outcome.err
    assert outcome.seconds < SECONDS
    text = json.dumps(outcome.answer, ensure_ascii=False)
    assert all(words in text for words in hostile.says), text[:2000]
    findings = outcome.answer["findings"]
    assert all(finding["message"] and finding["remedy"] and len(finding["message"]) < 2_000 for finding in findings)
    sealed = folder.parent / "out" / folder.name
    if hostile.code == 0:
        assert read_snapshot(sealed).id == outcome.answer["snapshot"]
    else:
        assert findings, "a refusal says why"
        assert not sealed.exists(), "nothing half written"


def test_less_than_a_gigabyte_for_all_of_them(outcomes):
    peaks = [(outcome.peak, name) for name, (_, outcome) in outcomes.items()]
    first = min(peaks[at] for at in range(len(peaks)) if peaks[at][0] >= BYTES) if peaks[-1][0] >= BYTES else None
    assert first is None, f"{first[1]} took the process to {first[0]:,} bytes"


def test_nothing_is_left_beside_what_was_sealed(outcomes):
    (folder, _) = next(iter(outcomes.values()))
    sealed = {path.name for path in (folder.parent / "out").iterdir()}
    assert sealed == {place.name for name, (place, _) in outcomes.items() if HOSTILE[name].code == 0}
