"""What a browser needs: a served home folder, and Chromium's flags. Everything has a time limit."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

PATIENCE = 180_000
"""Milliseconds until what was waited for counts as never coming: how long it may take is no matter of these tests."""
CHROMIUM = shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
"""Without the window that nobody sees, where Debian's package of that name is there: a page costs it half the work."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass(frozen=True)
class Site:
    """A home folder that is served."""

    address: str
    pid: int

    @property
    def worker(self):
        """Process of the worker that does the jobs."""
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                command = (folder / "cmdline").read_text().split("\0")
            except OSError:  # it ended while we looked
                continue
            if parent == self.pid and "work" in command:
                return int(folder.name)
        raise AssertionError("the server has no worker")


@contextmanager
def served(home):
    """Serve a home folder; on the way out the server ends, and its worker with it.

    The worker gives way to no one: beside other tests it would hardly get a turn.
    """
    port = free_port()
    command = [sys.executable, "-m", "equipoise", "serve", "--home", str(home), "--port", str(port)]
    environment = {k: v for k, v in os.environ.items() if k not in ("DJANGO_SETTINGS_MODULE", "EQUIPOISE_HOME")}
    environment["EQUIPOISE_WORKER_NICE"] = "0"
    address = f"http://127.0.0.1:{port}"
    with TemporaryFile() as said:  # no pipe, which who fills it waits for
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said, env=environment)
        try:
            wait_until_healthy(f"{address}/healthz", process, said)
            yield Site(address, process.pid)
        finally:
            process.terminate()
            process.wait(timeout=60)  # the job in hand is finished


def wait_until_healthy(address, process, said, seconds=90):
    end = time.monotonic() + seconds
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < end:
        if process.poll() is not None:
            said.seek(0)
            raise AssertionError(said.read().decode())
        try:
            with direct.open(address, timeout=10) as answer:
                if answer.status == 200:
                    return
        except OSError:  # not there yet, or too slow to answer in time
            time.sleep(0.1)
    raise AssertionError(f"{address} did not answer within {seconds} s")
