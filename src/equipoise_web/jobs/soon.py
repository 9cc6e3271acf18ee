"""Soon: a thread of the web process that computes a plan right after the change that asked for it.

One at a time, and only what can be ready in about LIMIT seconds: the parts that every change starts from (forecasts,
the base plan's optimum) must be on the shelf. What it ends with is published and is the plan; when it runs out of its
limit it gives the job back, and the worker starts it anew. A scenario that took too long is left to the worker for a
while. Nothing depends on this thread: a job that it never takes, or dies with, is done by the worker.
"""

import logging
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from equipoise.core.errors import EquipoiseError
from equipoise.core.section import Section
from equipoise.plan import compute_plan
from equipoise.stages import STAGES
from equipoise.store_plans import DiskShelf
from equipoise_web.actions.lease_job import give_back, take_job
from equipoise_web.jobs.worker import work_on
from equipoise_web.reads.scenarios import question_of
from equipoise_web.reads.snapshots import axes_of, open_snapshot

LIMIT = 2.0
"""Seconds of work."""
REST = 600.0
"""Seconds for which a scenario that took longer is left to the worker."""
KINDS = ("compute_plan", "preview")
log = logging.getLogger(__name__)


class Soon:
    """The thread; `wake` it after every write."""

    def __init__(self) -> None:
        """Not started yet."""
        self.woken = threading.Event()
        self.rests: dict[str, float] = {}

    def start(self) -> None:
        """Begin; the thread ends with its process."""
        threading.Thread(target=self._run, name="soon", daemon=True).start()

    def wake(self) -> None:
        """There may be something to do."""
        self.woken.set()

    def _run(self) -> None:
        while True:
            self.woken.wait()
            self.woken.clear()
            try:
                self.drain()
            except Exception:
                # The job it held is taken up by the worker; the thread stays for the next one.
                log.exception("computing a plan right after its change failed")
            finally:
                connection.close()  # not kept between wakes: the thread is idle most of the time

    def drain(self) -> None:
        """Do, or leave to the worker, every job that nobody has taken yet."""
        while (job := take_job(KINDS, only_new=True)) is not None:
            scenario = str(job.question.get("scenario", ""))
            if self.rests.get(scenario, 0.0) > time.monotonic() or not are_parts_at_hand(job.question):
                give_back(job)
            elif not work_on(job, limit=LIMIT):
                self.rests[scenario] = time.monotonic() + REST


def are_parts_at_hand(question: Mapping[str, Any]) -> bool:
    """True if the base plan of the question's scenario is on the shelf as far as a change starts from it."""
    try:
        asked = question_of(str(question.get("scenario", "")))
        snapshot, axes = open_snapshot(asked.snapshot), axes_of(asked.snapshot)
    except EquipoiseError:
        return False  # the worker will say what is wrong with it
    try:
        compute_plan(snapshot, shelf=_Look(DiskShelf(Path(settings.EQUIPOISE_HOME) / "shelf", axes)), progress=_passed)
    except _Missing:
        return False
    except _AllThere:
        return True
    return True


class _Missing(Exception):
    """A part of the base plan is not on the shelf."""


class _AllThere(Exception):
    """Every part that a change starts from is on the shelf."""


class _Look:
    """A shelf to look at: nothing is computed for it."""

    def __init__(self, shelf: DiskShelf) -> None:
        self.shelf = shelf

    def get(self, key: str) -> Section:
        found = self.shelf.get(key)
        if found is None:
            raise _Missing
        return found

    def put(self, key: str, section: Section) -> None:
        raise AssertionError("nothing is computed while one looks")


AFTER_BASE = max(number for number, stage in enumerate(STAGES) if stage.needs_base) + 1
"""Stages from this one on start from the change, not from the base plan."""


def _passed(_title: str, done: float) -> None:
    if done * len(STAGES) > AFTER_BASE - 0.5:
        raise _AllThere


def woken_by_writes(application: Any, soon: Soon) -> Any:  # noqa: ANN401 - WSGI applications, which have no useful type
    """The WSGI application, with a look at the jobs after each request that may have written."""

    def run(environ: dict[str, Any], start_response: Any) -> Any:  # noqa: ANN401
        answer = application(environ, start_response)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD", "OPTIONS"):
            soon.wake()
        return answer

    return run
