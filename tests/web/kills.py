"""Drill: kill -9 in the middle of each verb, at every point of it and at random times; then look, and ask again.

After each kill the verb is whole or absent: its row, its audit entry and the receipt of its key are all there or none
is; what was acknowledged is there; the chain holds; and asking again under the same key makes it once.

    python -m web.kills KILLS SEED
"""

import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from web.drill import an_input, end_of, fork, let_go, points, report, set_up, settled, who, working


@dataclass(frozen=True)
class Verb:
    """A verb under fire: `run(label)` writes under the key `label`; `rows()` are the labels that it has written."""

    name: str
    run: Callable[[str], object]
    rows: Callable[[], list[str]]
    has_key: bool = True


def verbs():
    """What people write, and the runs that publish plans."""
    from equipoise_web.actions.add_comment import add_comment
    from equipoise_web.actions.ask_job import ask_job, cancel_job
    from equipoise_web.actions.give_grant import give_grant
    from equipoise_web.actions.make_token import make_token
    from equipoise_web.actions.open_scenario import open_scenario
    from equipoise_web.actions.propose_adjustment import propose_adjustment
    from equipoise_web.actions.rule_adjustment import rule_adjustment
    from equipoise_web.records.models import (
        AdjustmentRecord,
        ApiToken,
        Comment,
        Grant,
        Job,
        RulingRecord,
        ScenarioRecord,
    )

    def propose(label):
        scenario, axes = working()
        return propose_adjustment(who("w0"), an_input(label), scenario=scenario, axes=axes, key=label)

    def rule(label):
        first = AdjustmentRecord.objects.order_by("seq").first()
        return rule_adjustment(who("w1"), first.pk, "rejected", because=label, key=label)

    def stop(label):
        return cancel_job(who("w0"), Job.objects.get(kind="to stop", question={"label": label}).pk, key=label)

    def labels(model, column, **where):
        return lambda: list(model.objects.filter(**where).values_list(column, flat=True))

    def asked(**where):
        return lambda: [question["label"] for question in labels(Job, "question", **where)()]

    return (
        Verb("add_comment", lambda x: add_comment(who("w2"), "plan:x", x, key=x), labels(Comment, "text")),
        Verb("propose_adjustment", propose, lambda: [b["reason"] for b in labels(AdjustmentRecord, "body")()]),
        Verb("rule_adjustment", rule, labels(RulingRecord, "because", verdict="rejected")),
        Verb(
            "open_scenario",
            lambda x: open_scenario(who("w0"), x, parent=working()[0], key=x),
            labels(ScenarioRecord, "name", parent__isnull=False),
        ),
        Verb("ask_job", lambda x: ask_job(who("w0"), "seal", {"label": x}, key=x), asked(kind="seal")),
        Verb("cancel_job", stop, asked(kind="to stop", is_cancel_asked=True)),
        Verb(
            "give_grant",
            lambda x: give_grant(who("admin"), "w3", "sales", measure=x, because="drill", key=x),
            labels(Grant, "measure", role="sales"),
        ),
        Verb("make_token", lambda x: make_token(who("w0"), x, ["read"]), labels(ApiToken, "name"), has_key=False),
    )


def main(kills, seed):
    """Three kills in four at the points of verbs in turn, the fourth while a plan is computed and published."""
    set_up(has_pool=False)
    from equipoise_web.records.models import Job

    draw = random.Random(seed)
    every = verbs()
    assert end_of(fork(lambda: every[1].run("the first"))) == 0
    lengths = {}
    done = Counter()
    for number in range(kills):
        if number % 4 == 3:
            done[kill_a_run(number, draw)] += 1
            continue
        verb = every[(number - number // 4) % len(every)]
        for label in (f"rehearsal {number}", f"kill {number}"):
            if verb.name == "cancel_job":
                Job.objects.create(kind="to stop", question={"label": label})
        if verb.name not in lengths:
            lengths[verb.name] = rehearse(verb, f"rehearsal {number}")
        done[kill_at_a_point(verb, f"kill {number}", lengths[verb.name], draw)] += 1
    report(kills=kills, points=lengths, **done)


def rehearse(verb, label):
    """How many points a verb has."""
    read, write = os.pipe()

    def run():
        with points(lambda *_: None) as passed:
            verb.run(label)
        os.write(write, str(len(passed)).encode())

    assert end_of(fork(run)) == 0
    os.close(write)
    with os.fdopen(read) as told:
        return int(told.read())


def kill_at_a_point(verb, label, length, draw):
    """Kill a verb at one of its points, or half of the time at a random instant; returns what was found."""
    before = set(verb.rows())
    assert label not in before
    if draw.random() < 0.7:
        at = draw.randint(1, length)
        found = run_and_die(lambda: verb.run(label), act=lambda number, _: number == at and die())
    else:
        found = run_and_die(lambda: verb.run(label), after=draw.uniform(0.0, 0.25))
    settled()
    is_there = label in verb.rows()
    assert is_there or not found, f"{verb.name} {label} was acknowledged and is gone"
    hold(verb)
    if verb.has_key or not is_there:
        assert end_of(fork(lambda: verb.run(label))) == 0, f"{verb.name} {label} cannot be asked again"
        assert verb.rows().count(label) == 1
        hold(verb)
    return "whole" if is_there else "absent"


def hold(verb):
    """As many rows as entries of the audit chain and receipts, and the chain is whole."""
    from equipoise_web.actions.verify_chain import verify_chain
    from equipoise_web.records.models import AuditEntry, WriteReceipt

    written = len(verb.rows())
    assert AuditEntry.objects.filter(verb=verb.name).count() == written, f"{verb.name}: rows without their entry"
    if verb.has_key:
        assert WriteReceipt.objects.filter(verb=verb.name).count() == written, f"{verb.name}: rows without receipt"
    faults = verify_chain().faults
    assert faults == (), faults


def die():
    """At once, as the power does it to a process."""
    os.kill(os.getpid(), signal.SIGKILL)


def run_and_die(work, *, act=lambda *_: None, after=None):
    """Run in a child that is killed at a point, or some seconds after its start; True if it acknowledged before."""
    read, write = os.pipe()

    def run():
        with points(act):
            work()
        os.write(write, b"done")

    child = fork(run)
    os.close(write)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)  # one that was done before is still there to be waited for
    code = end_of(child)
    assert code in (0, -signal.SIGKILL), f"the child ended with {code}"
    with os.fdopen(read, "rb") as told:
        return told.read() == b"done"


def kill_a_run(number, draw):
    """Kill a worker in a plan run; a plan counts whole or not at all, and another worker ends the job."""
    from django.conf import settings
    from django.utils import timezone

    from equipoise.store import MANIFEST, PENDING, read_manifest
    from equipoise_web.actions.lease_job import take_job
    from equipoise_web.actions.propose_adjustment import propose_adjustment
    from equipoise_web.jobs.worker import work_on
    from equipoise_web.records.models import Job, PublishedPlan

    home = Path(settings.EQUIPOISE_HOME)

    def change():
        scenario, axes = working()
        # Another answer each time, and after many kills still one that a company could have.
        propose_adjustment(who("w0"), an_input(f"run {number}", 1), scenario=scenario, axes=axes, key=f"r{number}")

    assert end_of(fork(change)) == 0
    run = lambda: work_on(take_job(["compute_plan"]))  # noqa: E731 - said twice below
    if draw.random() < 0.5:
        run_and_die(run, after=draw.uniform(0.05, 1.5))
    else:
        names = ("before commit", "after commit", "before fsync", "after fsync", "before rename", "after rename")
        name, left = draw.choice(names), [draw.randint(1, 25)]

        def act(_number, passed):
            left[0] -= passed == name
            if left[0] == 0:
                die()

        run_and_die(run, act=act)
    settled()
    job = Job.objects.filter(kind="compute_plan").order_by("-id").first()
    for row in PublishedPlan.objects.all():
        assert read_manifest(home / "plans" / row.folder)["id"] == row.digest
    was_done = job.state == "done"
    if not was_done:
        Job.objects.filter(pk=job.pk, state="running").update(leased_until=timezone.now() - timedelta(hours=1))
        let_go()
        assert end_of(fork(run)) == 0
        job.refresh_from_db()
    assert job.state == "done", job.error
    assert PublishedPlan.objects.filter(digest=job.answer["digest"]).count() == 1
    for folder in (home / "plans").iterdir():
        assert folder.name.startswith(PENDING) or (folder / MANIFEST).is_file(), f"{folder.name} is half a plan"
    from equipoise_web.actions.verify_chain import verify_chain

    assert verify_chain().faults == ()
    return "run ended before" if was_done else "run done again"


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
