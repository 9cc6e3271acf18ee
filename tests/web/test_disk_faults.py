"""The disk is full, or fails: a clear error at each write, nothing half-written counts, the old state can be read."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from equipoise.gather import open_snapshot
from equipoise.plan import compute_plan
from equipoise.store import NotWritten, SnapshotDamaged, read_snapshot, write_snapshot
from equipoise.store_plans import DiskShelf, read_plan, write_plan
from equipoise_web.access import SYSTEM
from equipoise_web.actions.publish_plan import publish_plan
from equipoise_web.actions.verify_chain import verify_chain
from equipoise_web.reads.plans import open_plan
from equipoise_web.records.models import PublishedPlan

TOMATO = Path(__file__).parents[2] / "examples" / "red_tomato"
SOAK = bool(os.environ.get("EQUIPOISE_SOAK"))


@pytest.fixture(scope="module")
def plan():
    return compute_plan(open_snapshot(TOMATO))


class Failing:
    """Makes call number `at` of a function of `os` fail, and counts the calls."""

    def __init__(self, monkeypatch, name, at, code):
        self.calls, self.at, self.code, self.real = 0, at, code, getattr(os, name)
        monkeypatch.setattr(os, name, self)

    def __call__(self, *args, **kwargs):
        self.calls += 1
        if self.calls == self.at:
            raise OSError(self.code, os.strerror(self.code))
        return self.real(*args, **kwargs)


def calls_of(write, name):
    with pytest.MonkeyPatch.context() as patch:
        counted = Failing(patch, name, 0, 0)
        write()
        return counted.calls


def chosen(count):
    """Every call in a soak; else the first, the last and some between."""
    some = {1, count // 2, count - 1, count}
    return range(1, count + 1) if SOAK else sorted(at for at in some if at > 0)


FAULTS = [("fsync", errno.EIO), ("fsync", errno.ENOSPC), ("rename", errno.ENOSPC)]


@pytest.mark.parametrize(("name", "code"), FAULTS)
@pytest.mark.parametrize("kind", ["plan", "snapshot"])
def test_each_failing_call_leaves_nothing_and_says_so(plan, tmp_path, kind, name, code):
    write, read = (write_plan, read_plan) if kind == "plan" else (write_snapshot, read_snapshot)
    what = plan if kind == "plan" else plan.snapshot
    write(what, tmp_path / "old")
    count = calls_of(lambda: write(what, tmp_path / "count"), name)
    assert count > 0
    for at in chosen(count):
        target = tmp_path / f"new-{at}"
        with pytest.MonkeyPatch.context() as patch:
            Failing(patch, name, at, code)
            with pytest.raises(NotWritten, match=f"could not be written: {os.strerror(code)}"):
                write(what, target)
        assert sorted(p.name for p in tmp_path.iterdir()) == ["count", "old"], f"{name} call {at} of {count}"
        write(what, target)
        assert read(target) is not None
        os.rename(target, tmp_path / "done")
        subprocess.run(["rm", "-r", tmp_path / "done"], check=True)
    assert read(tmp_path / "old") is not None


def test_a_shelf_that_cannot_be_written_keeps_nothing_half(plan, tmp_path, monkeypatch):
    shelf = DiskShelf(tmp_path, plan.axes)
    section = plan.sections["demand"]
    with pytest.MonkeyPatch.context() as patch:
        Failing(patch, "fsync", 3, errno.ENOSPC)
        with pytest.raises(NotWritten):
            shelf.put("key", section)
    assert shelf.get("key") is None
    shelf.put("key", section)
    assert shelf.get("key").digest == section.digest


@pytest.mark.django_db
def test_a_plan_that_could_not_be_written_is_not_published(plan, tmp_path, settings):
    settings.EQUIPOISE_HOME = tmp_path
    folder = tmp_path / "plans" / plan.digest
    with pytest.MonkeyPatch.context() as patch:
        Failing(patch, "fsync", 9, errno.ENOSPC)
        with pytest.raises(NotWritten):
            write_plan(plan, folder)
    with pytest.raises(SnapshotDamaged):
        publish_plan(SYSTEM, plan, folder, scenario="x")
    assert not PublishedPlan.objects.exists()
    assert verify_chain().entries == 0
    write_plan(plan, folder)
    publish_plan(SYSTEM, plan, folder, scenario="x")
    assert open_plan(plan.digest).digest == plan.digest


LIMITED = """
import resource, signal, sys
from pathlib import Path
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from equipoise.core.errors import EquipoiseError
from equipoise.store_plans import read_plan, write_plan
plan = read_plan(sys.argv[1])
target = Path(sys.argv[2])
for limit in map(int, sys.argv[3:]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        write_plan(plan, target)
    except EquipoiseError as error:
        print(type(error).__name__, list(target.parent.iterdir()) == [], str(error)[:60])
    else:
        print("written")
        break
"""


def test_a_write_that_the_system_cuts_short_leaves_nothing(plan, tmp_path):
    """A file may grow to so many bytes only, as on a disk that is full: also what polars writes by itself fails."""
    write_plan(plan, tmp_path / "old")
    sizes = [p.stat().st_size for p in (tmp_path / "old").rglob("*") if p.is_file()]
    limits = ["0", "100", "1000", str(max(sizes) - 1), str(max(sizes))]
    command = [sys.executable, "-c", LIMITED, str(tmp_path / "old"), str(tmp_path / "plans" / "new"), *limits]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120, env=environment)
    lines = done.stdout.splitlines()
    assert lines[-1] == "written", done.stdout
    assert len(lines) == len(limits)
    assert all(line.startswith("NotWritten True ") and "File too large" in line for line in lines[:-1]), done.stdout
    assert read_plan(tmp_path / "plans" / "new").digest == plan.digest
