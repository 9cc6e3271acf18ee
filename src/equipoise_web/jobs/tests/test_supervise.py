"""Supervision and sweeping: a dead worker is started again, what a kill left behind is taken away."""

import os
import signal
import sys
import time

import pytest

from equipoise.store import PENDING
from equipoise_web.jobs import supervise
from equipoise_web.jobs.supervise import Supervisor
from equipoise_web.jobs.sweep import OLD, sweep

SLEEP = (sys.executable, "-S", "-c", "import time; time.sleep(60)")


def wait_for(true, seconds=20.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.01)


@pytest.fixture
def supervisor(monkeypatch):
    monkeypatch.setattr(supervise, "FIRST_PAUSE", 0.01)
    started = []

    def start(command):
        each = Supervisor(command)
        started.append(each)
        each.start()
        wait_for(lambda: each.starts)
        return each

    yield start
    for each in started:
        each.stop(patience=5)


def test_a_worker_that_was_killed_is_started_again_and_stopped_with_the_server(supervisor, capfd):
    watched = supervisor(SLEEP)
    first = watched.process
    os.kill(first.pid, signal.SIGKILL)
    wait_for(lambda: watched.starts == 2)
    second = watched.process
    assert second.pid != first.pid
    watched.stop(patience=5)
    assert second.poll() is not None
    assert watched.starts == 2
    assert "started again" in capfd.readouterr().err


def test_a_worker_that_cannot_live_is_started_ever_more_slowly(supervisor, monkeypatch):
    monkeypatch.setattr(supervise, "LONGEST_PAUSE", 0.05)
    watched = supervisor((sys.executable, "-S", "-c", "raise SystemExit(3)"))
    wait_for(lambda: watched.starts >= 3)
    watched.stop()
    assert not watched.thread.is_alive()


def test_a_worker_that_does_not_listen_is_killed(supervisor):
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    watched = supervisor((sys.executable, "-S", "-c", deaf))
    time.sleep(0.3)
    watched.stop(patience=0.2)
    assert watched.process.poll() is not None


def test_only_old_unfinished_folders_are_swept(tmp_path):
    old, new = (tmp_path / "plans" / f"{PENDING}{name}-x" for name in ("old", "new"))
    kept = tmp_path / "plans" / "a"
    for folder in (old, new, kept):
        (folder / "sections").mkdir(parents=True)
        (folder / "sections" / "x.npy").write_bytes(b"x")
    long_ago = time.time() - 2 * OLD
    for path in (old / "sections" / "x.npy", old / "sections", old, kept):
        os.utime(path, (long_ago, long_ago))
    assert sweep(tmp_path) == [old]
    assert sorted(p.name for p in (tmp_path / "plans").iterdir()) == sorted([new.name, "a"])
