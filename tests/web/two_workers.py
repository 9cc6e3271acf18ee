"""Drill: a worker is stopped in the middle of its job until its lease has run out, and wakes when another has done it.

python -m web.two_workers
"""

import os
import signal
import time
from datetime import timedelta
from pathlib import Path

from web.drill import an_input, end_of, fork, report, set_up, who, working


def main():
    """The first worker stops itself (SIGSTOP) with its plan written and not yet published."""
    set_up(has_pool=False)
    from django.conf import settings

    from equipoise_web.actions import lease_job
    from equipoise_web.actions.lease_job import take_job
    from equipoise_web.actions.verify_chain import verify_chain
    from equipoise_web.jobs import compute_plan
    from equipoise_web.jobs.worker import work_on
    from equipoise_web.records.models import AuditEntry, Job, PublishedPlan

    lease_job.LEASE = timedelta(seconds=2)
    write = compute_plan.write_plan

    def change(pct):
        from equipoise_web.actions.propose_adjustment import propose_adjustment

        scenario, axes = working()
        propose_adjustment(who("w0"), an_input(f"{pct}", pct), scenario=scenario, axes=axes)

    def slow():
        def write_and_stand_still(plan, folder):
            write(plan, folder)
            os.kill(os.getpid(), signal.SIGSTOP)

        compute_plan.write_plan = write_and_stand_still
        work_on(take_job())

    plans = Path(settings.EQUIPOISE_HOME) / "plans"
    assert end_of(fork(lambda: change(10))) == 0
    first = fork(slow)
    _, status = os.waitpid(first, os.WUNTRACED)
    assert os.WIFSTOPPED(status), "the first worker should stand still"
    (orphan,) = {folder.name for folder in plans.iterdir()} - {"first"}
    assert end_of(fork(lambda: change(20))) == 0  # so that the second finds another answer
    time.sleep(2.1)
    assert end_of(fork(lambda: work_on(take_job()))) == 0
    job = Job.objects.order_by("id").first()
    assert (job.state, job.attempts, job.fence) == ("done", 2, 2)
    answer = job.answer
    os.kill(first, signal.SIGCONT)
    assert end_of(first) == 0
    job.refresh_from_db()
    assert (job.state, job.answer, job.fence) == ("done", answer, 2)
    assert not PublishedPlan.objects.filter(digest=orphan).exists(), "the first worker published after its lease"
    (entry,) = AuditEntry.objects.filter(verb="publish_plan")
    assert entry.object == f"plan:{answer['digest']}"
    assert verify_chain().faults == ()
    report(published=answer["digest"], orphan=orphan)


if __name__ == "__main__":
    main()
