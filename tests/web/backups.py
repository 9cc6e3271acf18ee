"""Drill: backups are taken while people write and a worker publishes plans.

python -m web.backups FOLDER COUNT
"""

import os
import signal
import sys
import time
from pathlib import Path

from web.drill import an_input, end_of, fork, report, set_up, who, working


def main(folder, count):
    """Backups go to `folder`; reported is the end of the chain before and after each."""
    set_up()
    from django.conf import settings

    from equipoise_web.actions.back_up import back_up
    from equipoise_web.records.models import AuditHead

    children = [*(fork(lambda n=n: write_on(n)) for n in range(4)), fork(work)]
    spans = []
    try:
        for number in range(count):
            wait_for_more(5 * (number + 1), plans=2 if number else 1)
            before = AuditHead.objects.get().seq
            made = back_up(Path(settings.EQUIPOISE_HOME), folder / f"{number}.tar")
            spans.append([before, made.entries, AuditHead.objects.get().seq])
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            end_of(child)
    report(spans=spans)


def wait_for_more(entries, plans):
    """Until the chain has so many entries, and so many plans are published."""
    from equipoise_web.records.models import AuditHead, PublishedPlan

    end = time.monotonic() + 60
    while AuditHead.objects.get().seq < entries or PublishedPlan.objects.count() < plans:
        assert time.monotonic() < end, "nobody writes"
        time.sleep(0.05)


def write_on(number):
    """Propose for ever."""
    from equipoise_web.actions.propose_adjustment import propose_adjustment

    scenario, axes = working()
    turn = 0
    while True:
        turn += 1
        sent = an_input(f"{number}-{turn}", pct=1 + number + 4 * turn)
        propose_adjustment(who(f"w{number}"), sent, scenario=scenario, axes=axes)
        time.sleep(0.1)


def work():
    """Publish plans for ever."""
    from equipoise_web.actions.lease_job import take_job
    from equipoise_web.jobs.worker import work_on

    while True:
        job = take_job()
        if job is not None:
            work_on(job)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
