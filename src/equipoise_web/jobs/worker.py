"""The worker: takes one job after the other, renews its lease while it works, and ends it."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import SYSTEM, Access
from equipoise_web.actions.lease_job import (
    JobCancelled,
    Leased,
    LeaseLost,
    end_broken,
    end_job,
    give_back,
    renew,
    take_job,
)
from equipoise_web.jobs.compute_plan import compute_plan_of
from equipoise_web.jobs.deliver import deliver_until
from equipoise_web.jobs.deliver_to_draft import deliver_to_draft
from equipoise_web.jobs.end_holds import end_holds_until
from equipoise_web.jobs.preview import preview_of
from equipoise_web.jobs.seal import seal
from equipoise_web.jobs.step import TakesLonger, Tell
from equipoise_web.jobs.sweep import sweep

PAUSE = 0.3
"""Seconds between two looks at an empty queue."""
BEAT = 10.0
"""Seconds between two renewals while a step takes long: a third of the lease."""
log = logging.getLogger(__name__)

KINDS: dict[str, Callable[[Mapping[str, Any], Access, Tell], dict[str, Any]]] = {
    "compute_plan": compute_plan_of,
    "preview": preview_of,
    "deliver": deliver_to_draft,
    "seal": seal,
}


def work_until(stop: threading.Event) -> None:
    """Take jobs until `stop` is set; the one in hand is finished, or taken up by another when the process is killed."""
    while not stop.is_set():
        close_old_connections()
        job = take_job()
        if job is None:
            stop.wait(PAUSE)
        else:
            work_on(job)


def work_on(job: Leased, *, limit: float | None = None) -> bool:
    """Do one job to its end. What the question is at fault for is its error; what is our fault is logged, too.

    With a `limit`, a job that takes more seconds is given back at its next step, for another process to start anew:
    False.
    """
    beat = _Beat(job, limit)
    try:
        with beat:
            answer = KINDS[job.kind](job.question, _acting(job), beat.tell)
    except TakesLonger:
        give_back(job)
        return False
    except JobCancelled:
        end_job(job, "cancelled")
    except LeaseLost:
        log.warning("job %s was taken by another worker", job.id)
    except EquipoiseError as error:
        end_job(job, "failed", error=str(error))
    except Exception:
        log.exception("job %s failed", job.id)
        end_broken(job)
    else:
        end_job(job, "done", answer=answer)
    return True


def _acting(job: Leased) -> Access:
    """Who the audit chain names: Equipoise, through the job."""
    return Access(SYSTEM.person, SYSTEM.name, SYSTEM.held, through=f"job:{job.id}")


class _Beat:
    """Renews the lease from a thread while a step runs, so that a long solve is not taken for a dead worker."""

    def __init__(self, job: Leased, limit: float | None) -> None:
        self.job, self.stage, self.progress = job, "Starting", 0.0
        self.end = None if limit is None else time.monotonic() + limit
        self.done = threading.Event()
        self.ended: EquipoiseError | None = None
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "_Beat":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self.thread.join()

    def tell(self, stage: str, progress: float) -> None:
        """Say how far it is; raises what made the lease end."""
        if self.ended is not None:
            raise self.ended
        if self.end is not None and time.monotonic() > self.end:
            raise TakesLonger
        self.stage, self.progress = stage, progress
        renew(self.job, stage, progress)

    def _run(self) -> None:
        while not self.done.wait(BEAT):
            try:
                renew(self.job, self.stage, self.progress)
            except EquipoiseError as error:
                self.ended = error
                return
            except DatabaseError:
                # The database may be back before the lease runs out; if not, the next step finds the lease lost.
                log.exception("job %s could not renew its lease", self.job.id)
            finally:
                close_old_connections()


def run_worker(nice: int = 10) -> None:
    """The worker process: gives way to the web process by `nice`, ends on SIGTERM and when its parent is gone."""
    os.nice(nice)
    sweep(Path(settings.EQUIPOISE_HOME))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    parent = os.getppid()
    threading.Thread(target=_watch, args=(parent, stop), daemon=True).start()
    for thread in (deliver_until, end_holds_until):
        threading.Thread(target=thread, args=(stop,), daemon=True).start()
    work_until(stop)


def _watch(parent: int, stop: threading.Event) -> None:
    while not stop.is_set():
        if os.getppid() != parent:
            stop.set()
        time.sleep(1)
