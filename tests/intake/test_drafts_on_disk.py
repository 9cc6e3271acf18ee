"""Drafts on disk: read as they were written, whole or as before, whoever is killed on the way."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from equipoise import store_drafts
from equipoise.core.correction import Correction
from equipoise.gather import gather
from equipoise.intake import carry_over, correct, deliver, read_dataset
from equipoise.store_drafts import DraftDamaged, read_draft, write_draft

ROOT = Path(__file__).parents[2]
RED_TOMATO = ROOT / "examples" / "red_tomato"
FIX = Correction("forecast", (("date", "2027-04-01"), ("item", "tool")), "quantity", "3800", "3900", "ann", "typo")


@pytest.fixture
def draft(tmp_path):
    """February's: carried over, with a table appended, a broken row, a correction and a note on a file."""
    new = tmp_path / "new"
    new.mkdir()
    (new / "forecast.csv").write_text("item,market,date,quantity\ntool,retail,2027-07-01,2300\ntool,retail\n")
    (new / "prize.csv").write_text("x\n")
    return deliver(correct(carry_over(gather(read_dataset(RED_TOMATO))), [FIX]), new, append=["forecast"])


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def same(one, other):
    return (
        gather(one).id == gather(other).id
        and one.findings == other.findings
        and one.quarantine == other.quarantine
        and one.sources == other.sources
        and one.sums == other.sums
        and one.corrections == other.corrections
        and one.given.carried == other.given.carried
        and all(other.lineage[name].equals(frame) for name, frame in one.lineage.items())
    )


def test_a_draft_is_read_as_it_was_written(tmp_path, draft):
    write_draft(draft, tmp_path / "draft")
    again = read_draft(tmp_path / "draft")
    assert same(draft, again)
    assert [q.code for q in again.quarantine] == ["IN101"]
    assert "IN207" in {f.code for f in again.findings}
    assert again.tables["forecast"].height == 7
    files = names(tmp_path / "draft")
    write_draft(again, tmp_path / "draft")
    assert names(tmp_path / "draft") == files, "the same draft is the same files"


def test_work_goes_on_with_what_was_read(tmp_path, draft):
    write_draft(draft, tmp_path / "draft")
    (tmp_path / "more").mkdir()
    shutil.copy(RED_TOMATO / "inventory.csv", tmp_path / "more")
    one, other = (deliver(each, tmp_path / "more") for each in (draft, read_draft(tmp_path / "draft")))
    assert same(one, other)
    write_draft(other, tmp_path / "draft")
    assert same(read_draft(tmp_path / "draft"), one)
    assert len(names(tmp_path / "draft")) == 1 + sum(len(stack) for stack in other.given.deliveries.values())


def test_whoever_is_killed_leaves_the_last_whole_draft(tmp_path, draft):
    """A child is killed at each of its file operations in turn; what is read then is one of the two drafts."""
    first = carry_over(gather(read_dataset(RED_TOMATO)))
    write_draft(draft, tmp_path / "next")
    ids = {gather(first).id: "old", gather(draft).id: "new"}
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from equipoise import store_drafts\n"
        "left = int(sys.argv[3])\n"
        "def counted(function):\n"
        "    def call(*arguments, **named):\n"
        "        global left\n"
        "        left -= 1\n"
        "        if left < 0: os.kill(os.getpid(), signal.SIGKILL)\n"
        "        return function(*arguments, **named)\n"
        "    return call\n"
        "draft = store_drafts.read_draft(sys.argv[1])\n"
        "for owner, name in ((os, 'fsync'), (Path, 'replace'), (Path, 'unlink')):\n"
        "    setattr(owner, name, counted(getattr(owner, name)))\n"
        "store_drafts.write_draft(draft, sys.argv[2])\n"
    )
    seen = []
    for step in (0, 1, 2, 3, 5, 6, 7, 99):
        target = tmp_path / f"draft {step}"
        write_draft(first, target)
        done = subprocess.run(
            [sys.executable, "-c", code, tmp_path / "next", target, str(step)], check=False, timeout=60
        )
        assert done.returncode == (0 if step == 99 else -signal.SIGKILL)
        found = read_draft(target)
        seen.append(ids[gather(found).id])
        write_draft(draft, target)
        assert names(target) == names(tmp_path / "next"), "the next writer clears what was left"
    assert seen[0] == "old" and seen[-1] == "new" and seen == sorted(seen, reverse=True)


def test_a_disk_that_is_full_leaves_the_draft_as_it_was(tmp_path, draft, monkeypatch):
    first = carry_over(gather(read_dataset(RED_TOMATO)))
    write_draft(first, tmp_path / "draft")
    before = names(tmp_path / "draft")

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store_drafts.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_draft(draft, tmp_path / "draft")
    monkeypatch.undo()
    assert names(tmp_path / "draft") == before
    assert same(read_draft(tmp_path / "draft"), first)


def test_damage_is_named(tmp_path, draft):
    folder = tmp_path / "draft"
    with pytest.raises(DraftDamaged, match=r"draft holds no draft\.json"):
        read_draft(folder)
    write_draft(draft, folder)
    whole = (folder / "draft.json").read_bytes()
    for spoiled, message in [
        (whole[:-1], "is no JSON"),
        (whole.replace(b"3900", b"4900"), "is not what was written"),
        (b"[]", "is not what was written"),
    ]:
        (folder / "draft.json").write_bytes(spoiled)
        with pytest.raises(DraftDamaged, match=message):
            read_draft(folder)
    contents = {key: value for key, value in json.loads(whole).items() if key != "sha256"} | {"format": 2}
    (folder / "draft.json").write_text(json.dumps({"sha256": store_drafts._digest(contents), **contents}))
    with pytest.raises(DraftDamaged, match="is of format 2, not 1"):
        read_draft(folder)
    (folder / "draft.json").write_bytes(whole)
    rows = folder / "deliveries" / sorted(os.listdir(folder / "deliveries"))[0]
    data = bytearray(rows.read_bytes())
    data[len(data) // 2] ^= 1
    rows.write_bytes(data)
    with pytest.raises(DraftDamaged, match=f"{rows.name} is not what was written: its SHA-256 differs"):
        read_draft(folder)
    rows.unlink()
    with pytest.raises(DraftDamaged, match=f"{rows.name} is missing; deliver the table again"):
        read_draft(folder)
