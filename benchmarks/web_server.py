"""The product's own server on a spare port of this machine, and blocks of requests to it from another process."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np

from benchmarks.measure import Disagreement
from benchmarks.web_home import SETTINGS, environment
from benchmarks.web_page import Page

ROOT = Path(__file__).parents[1]
PATIENCE = 60.0
"""Seconds until the server must answer."""


@dataclass(frozen=True)
class Block:
    """What the requests of one page took: seconds of time, and CPU seconds of the processes `server` and `client`."""

    wall: float
    server: float
    client: float
    took: tuple[float, ...]
    """Seconds until each answer was there."""

    @property
    def per_second(self) -> float:
        """Requests answered in a second."""
        return len(self.took) / self.wall

    @property
    def server_each(self) -> float:
        """CPU seconds of the server for one request."""
        return self.server / len(self.took)

    def latency(self, pct: float) -> float:
        """Seconds within which `pct` per cent of the answers were there."""
        return float(np.percentile(self.took, pct))


@dataclass(frozen=True)
class Server:
    """A server that answers, and the number of the process that does it."""

    port: int
    process: int

    def ask(self, path: str, cookie: str = "") -> tuple[str, bytes]:
        """Status and body of one request."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            return f"{answer.status} {answer.reason}", answer.read()
        finally:
            connection.close()

    def load(
        self, pages: Sequence[Page], digests: Sequence[str], *, connections: int, rounds: int, batch: int
    ) -> list[Block]:
        """Ask for the pages in turn, again and again; Disagreement unless every answer is the one of its digest."""
        question = {
            "port": self.port,
            "process": self.process,
            "pages": [[page.path, page.cookie] for page in pages],
            "connections": connections,
            "rounds": rounds,
            "batch": batch,
        }
        command = [sys.executable, "-m", "benchmarks.web_client"]
        done = subprocess.run(
            command, cwd=ROOT, input=json.dumps(question), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Disagreement(f"the client ended: {done.stderr.strip()[-300:]}")
        told = json.loads(done.stdout)
        for page, digest, one in zip(pages, digests, told, strict=True):
            if one["sha256"] != digest:
                raise Disagreement(f"{page.path} answers otherwise to many than to one")
        return [Block(one["wall"], one["server"], one["client"], tuple(one["took"])) for one in told]


@contextmanager
def served(settings: str = SETTINGS) -> Iterator[Server]:
    """The server as `equipoise serve` runs it: granian with one process, on the home of this process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    code = f"from equipoise_web.serve import run_server; run_server('127.0.0.1', {port})"
    with TemporaryFile() as log:
        program = [sys.executable, "-c", code]
        process = subprocess.Popen(program, cwd=ROOT, env=environment(settings), stdout=log, stderr=log)
        try:
            yield Server(port, _wait(port, process))
        except Disagreement:
            log.seek(0)
            sys.stderr.write(log.read().decode(errors="replace")[-4000:])
            raise
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE)


def _wait(port: int, process: "subprocess.Popen[bytes]") -> int:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            status, body = Server(port, 0).ask("/process/")
        except OSError:
            time.sleep(0.1)
        else:
            if not status.startswith("200"):
                raise Disagreement(f"the server answers {status}: {body[:300]!r}")
            return int(body)
        if process.poll() is not None:
            raise Disagreement(f"the server ended with {process.returncode} before it answered")
    raise Disagreement(f"the server did not answer within {PATIENCE:.0f} s")
