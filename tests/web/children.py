"""Work in forked children: a child has its own copy of all that was collected, and a time limit; two run at once."""

import json
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

AT_ONCE = 2


class Child:
    """A process that does one thing and says its result, which must be JSON; None if it broke or took too long."""

    def __init__(self, work: Callable[[], object], seconds: float = 600, *, is_quiet: bool = True) -> None:
        """Fork; the work begins at once."""
        self.result: Any = None
        self.is_over = False
        self.ends_at = time.monotonic() + seconds
        self.pipe, write = os.pipe()
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            os.setpgid(0, 0)
            os.close(self.pipe)
            _do(work, write, is_quiet=is_quiet)
        os.close(write)

    def poll(self, seconds: float = 0) -> bool:
        """Whether it has ended, after waiting so long for it at most."""
        if self.is_over:
            return True
        ready, _, _ = select.select([self.pipe], [], [], seconds)
        if not ready and time.monotonic() < self.ends_at:
            return False
        if ready:
            self.result = json.loads(self._said() or "null")
        os.close(self.pipe)
        self._stop()
        self.is_over = True
        return True

    def end(self) -> Any:
        """Wait for its result."""
        while not self.poll(0.5):
            pass
        return self.result

    def _said(self) -> bytes:
        """One line; what it started may hold the pipe open beyond that."""
        said = b""
        while not said.endswith(b"\n") and (more := os.read(self.pipe, 65536)):
            said += more
        return said

    def _stop(self) -> None:
        """End it with all that it started."""
        with suppress(ProcessLookupError, PermissionError):  # it is over, or has not made its group yet
            os.killpg(self.pid, signal.SIGKILL)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def _do(work: Callable[[], object], write: int, *, is_quiet: bool) -> None:
    try:
        if is_quiet:
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, 1)
            os.dup2(nothing, 2)
        said = json.dumps(work()).encode() + b"\n"
        while said:
            said = said[os.write(write, said) :]
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)


def in_turn(tasks: Iterable[Iterator[Child]]) -> None:
    """Run tasks, each of which waits for one child after another, as many at once as there may be."""
    waiting = iter(tasks)
    running: list[tuple[Iterator[Child], Child]] = []
    while True:
        while len(running) < AT_ONCE and (task := next(waiting, None)) is not None:
            if (child := next(task, None)) is not None:
                running.append((task, child))
        if not running:
            return
        if not any(child.is_over for _, child in running):  # one may be over that another task has waited for, too
            select.select([child.pipe for _, child in running], [], [], 0.5)
        for each in list(running):
            task, child = each
            if child.poll():
                running.remove(each)
                if (following := next(task, None)) is not None:
                    running.append((task, following))
