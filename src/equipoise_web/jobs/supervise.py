"""Supervision: the worker process is started, started again when it dies, and stopped with the server."""

import subprocess
import sys
import threading
import time
from collections.abc import Sequence

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before it is started again: doubled by each quick death, so that a worker that cannot live costs little."""
LONG_ENOUGH = 60.0
"""A worker that lived for so many seconds was well."""


class Supervisor:
    """Keeps one child process alive until `stop`; it inherits the environment, and ends by itself when we are gone."""

    def __init__(self, command: Sequence[str] = (sys.executable, "-m", "equipoise", "work")) -> None:
        """Not started yet."""
        self.command = list(command)
        self.stopped = threading.Event()
        self.starts = 0
        self.process: subprocess.Popen[bytes] | None = None
        self.turn = threading.Lock()
        self.thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    def start(self) -> None:
        """Start the child and watch it."""
        self.thread.start()

    def stop(self, *, patience: float = 20.0) -> None:
        """End the child: politely, then not."""
        with self.turn:
            self.stopped.set()
            process = self.process
        if process is not None:
            process.terminate()
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.thread.join()

    def _run(self) -> None:
        pause = FIRST_PAUSE
        while True:
            began = time.monotonic()
            with self.turn:
                if self.stopped.is_set():
                    return
                self.process = subprocess.Popen(self.command)
                self.starts += 1
            code = self.process.wait()
            if self.stopped.is_set():
                return
            pause = FIRST_PAUSE if time.monotonic() - began > LONG_ENOUGH else min(2 * pause, LONGEST_PAUSE)
            print(f"The worker ended with {code}; it is started again.", file=sys.stderr, flush=True)
            self.stopped.wait(pause)
