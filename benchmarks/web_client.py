"""A client that asks for some pages again and again, over connections that are kept open; a program of its own.

    python -m benchmarks.web_client < question.json

The question holds the arguments of `run`. One thread waits for all connections of a page; each sends its next request
when the answer to the last one is there, so that as many are under way as there are connections. Every answer of a page
must be its first one over again. The answer is a JSON list with an object for each page: wall seconds, CPU seconds of
the server's process and of this one over the same span, the seconds that each answer took, and the SHA-256 of the page.
"""

import ctypes
import json
import socket
import sys
from contextlib import ExitStack
from hashlib import sha256
from selectors import EVENT_READ, DefaultSelector
from time import clock_gettime, perf_counter, process_time
from typing import NoReturn

END_OF_HEAD = b"\r\n\r\n"
PATIENCE = 60.0
"""Seconds to wait for an answer."""


class WrongAnswer(RuntimeError):
    """The server did not answer with the page, or not twice alike."""


class Connection:
    """One connection, with at most one request under way."""

    def __init__(self, port: int, request: bytes) -> None:
        """Connected to a port of this machine."""
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request, self.received, self.missing = request, bytearray(), -1
        self.began = 0.0

    def ask(self) -> None:
        """Send the request."""
        self.received.clear()
        self.missing = -1
        self.began = perf_counter()
        self.socket.sendall(self.request)

    def take(self) -> bytes | None:
        """Read what has come; the body once it is whole."""
        got = self.socket.recv(1 << 18)
        if not got:
            raise WrongAnswer("the server closed a connection")
        self.received += got
        if self.missing < 0:
            end = self.received.find(END_OF_HEAD)
            if end < 0:
                return None
            self.missing = self._length(bytes(self.received[:end]))
            del self.received[: end + len(END_OF_HEAD)]
        return bytes(self.received) if len(self.received) >= self.missing else None

    @staticmethod
    def _length(head: bytes) -> int:
        status, *fields = head.split(b"\r\n")
        if b" 200" not in status:
            raise WrongAnswer(f"the server answers {status.decode()}")
        for field in fields:
            name, _, value = field.partition(b":")
            if name.lower() == b"content-length":
                return int(value)
        raise WrongAnswer("an answer without its length")


class Load:
    """One page asked for over some connections, and what its batches took so far."""

    def __init__(self, opened: ExitStack, port: int, path: str, cookie: str, connections: int) -> None:
        """Connected until `opened` ends, and asked once by each, which opens what its thread of the server needs."""
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\nAccept: */*\r\n\r\n"
        self.selector = opened.enter_context(DefaultSelector())
        self.every = [Connection(port, head.encode()) for _ in range(connections)]
        self.page = b""
        self.wall = self.server = self.client = 0.0
        self.took: list[float] = []
        for connection in self.every:
            opened.enter_context(connection.socket)
            self.selector.register(connection.socket, EVENT_READ, connection)
            self._ask(1, connection)

    def batch(self, requests: int, clock: int) -> None:
        """Ask `requests` times in all, and count what it takes; `clock` is that of the server's process."""
        begin = (perf_counter(), clock_gettime(clock), process_time())
        self.took += self._ask(requests, *self.every)
        end = (perf_counter(), clock_gettime(clock), process_time())
        wall, server, client = (after - before for before, after in zip(begin, end, strict=True))
        self.wall, self.server, self.client = self.wall + wall, self.server + server, self.client + client

    def _ask(self, requests: int, *connections: Connection) -> list[float]:
        """Seconds that each answer took; at most one is under way on each connection."""
        took: list[float] = []
        starting = connections[:requests]
        left = requests - len(starting)
        for connection in starting:
            connection.ask()
        while len(took) < requests:
            for key, _ in self.selector.select(PATIENCE) or _nothing_came():
                answer = key.data.take()
                if answer is None:
                    continue
                took.append(perf_counter() - key.data.began)
                self.page = self.page or answer
                if answer != self.page:
                    raise WrongAnswer(f"an answer of {len(answer):,} bytes differs from the first, {len(self.page):,}")
                if left > 0:
                    left -= 1
                    key.data.ask()
        return took

    def told(self) -> dict[str, object]:
        """For the one who asked for it."""
        digest = sha256(self.page).hexdigest()
        return {"wall": self.wall, "server": self.server, "client": self.client, "took": self.took, "sha256": digest}


def _nothing_came() -> NoReturn:
    raise WrongAnswer(f"no answer within {PATIENCE:.0f} s")


def run(port: int, process: int, pages: list[list[str]], connections: int, rounds: int, batch: int) -> list[object]:
    """Batches of each page (its path and cookie) in turn, so that a busy moment falls on all of them."""
    clock = clock_of(process)
    with ExitStack() as opened:
        loads = [Load(opened, port, path, cookie, connections) for path, cookie in pages]
        for _ in range(rounds):
            for load in loads:
                load.batch(batch, clock)
    return [load.told() for load in loads]


def clock_of(process: int) -> int:
    """The clock of a process's CPU time, all of its threads, for time.clock_gettime (POSIX, clock_getcpuclockid)."""
    clock = ctypes.c_int()
    failed = ctypes.CDLL(None).clock_getcpuclockid(process, ctypes.byref(clock))
    if failed:
        raise ProcessLookupError(failed, f"no process {process}")
    return clock.value


if __name__ == "__main__":
    print(json.dumps(run(**json.load(sys.stdin))))
