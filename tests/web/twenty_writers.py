"""Drill: twenty processes propose, comment and rule for a while, then the database is held against what they were told.

python -m web.twenty_writers SECONDS
"""

import json
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from web.drill import WRITERS, an_input, end_of, fork, report, set_up, who, working


def main(seconds):
    """Fork the writers, let them go at once, and check what they leave."""
    set_up()
    from equipoise_web.records.models import AuditHead

    began = AuditHead.objects.get().seq
    with tempfile.TemporaryDirectory() as folder:
        logs = [Path(folder) / f"{number}.jsonl" for number in range(WRITERS)]
        ready, go = os.pipe(), os.pipe()
        children = [fork(lambda n=n, log=log: write_on(n, log, seconds, ready, go)) for n, log in enumerate(logs)]
        os.close(go[0])
        for _ in children:
            assert os.read(ready[0], 1)
        os.close(go[1])  # all of them read the end of the pipe at once
        ends = [end_of(child, seconds + 60) for child in children]
        told = [[json.loads(line) for line in log.read_text().splitlines()] for log in logs]
    assert ends == [0] * WRITERS, f"writers ended with {ends}"
    check(told, began)
    counts = [len(each) for each in told]
    refused = sum(not each["id"] for writer in told for each in writer)
    slowest = max(each["took"] for writer in told for each in writer)
    verbs = Counter(each["verb"] for writer in told for each in writer)
    report(least=min(counts), most=max(counts), writes=sum(counts), stale=refused, slowest=slowest, verbs=verbs)


def write_on(number, log, seconds, ready, go):
    """One writer. Each line of its log was acknowledged: `id` is what it made, 0 for a stale edit that was refused."""
    from equipoise_web.actions.add_comment import add_comment
    from equipoise_web.actions.door import StaleEdit
    from equipoise_web.actions.propose_adjustment import propose_adjustment
    from equipoise_web.actions.rule_adjustment import rule_adjustment
    from equipoise_web.records.models import RulingRecord

    me = who(f"w{number}")
    scenario, axes = working()
    os.close(go[1])
    os.write(ready[1], b"r")
    os.read(go[0], 1)
    end, turn = time.monotonic() + seconds, 0
    with log.open("w") as file:
        while time.monotonic() < end:
            turn += 1
            verb, version, target, began = ("propose", "comment", "rule")[turn % 3], 0, "", time.monotonic()
            if verb == "propose":
                made = propose_adjustment(me, an_input(f"{number}-{turn}"), scenario=scenario, axes=axes)["id"]
            elif verb == "comment":
                made = add_comment(me, "plan:x", f"{number}-{turn}")["id"]
            else:
                last = RulingRecord.objects.exclude(adjustment__author=me.person).order_by("-id").first()
                if last is None:
                    continue
                version, target = last.pk, last.adjustment_id
                newest = RulingRecord.objects.filter(adjustment=target).order_by("-id").first()
                verdict = "rejected" if newest.verdict != "rejected" else "accepted"
                try:
                    made = rule_adjustment(me, target, verdict, because="drill", version=newest.pk)["version"]
                except StaleEdit:
                    made = 0
                version = newest.pk
            took = time.monotonic() - began
            line = {"verb": verb, "id": made, "version": version, "about": target, "took": round(took, 4)}
            file.write(json.dumps(line) + "\n")


def check(told, began):
    """Acknowledged is in the database, nothing else is, each ruling follows the one its author saw; the chain holds."""
    from equipoise_web.actions.verify_chain import verify_chain
    from equipoise_web.records.models import AdjustmentRecord, AuditEntry, Comment, RulingRecord

    every = [each for writer in told for each in writer if each["id"]]
    made = {verb: {each["id"] for each in every if each["verb"] == verb} for verb in ("propose", "comment", "rule")}
    assert made["propose"] == set(AdjustmentRecord.objects.values_list("pk", flat=True))
    assert made["comment"] == set(Comment.objects.values_list("pk", flat=True))
    assert sum(map(len, made.values())) == len(every), "two writers were told of one row"
    rulings = RulingRecord.objects.order_by("id").values_list("pk", "adjustment_id", "verdict")
    last, before = {}, {}
    for pk, adjustment, _ in rulings:
        before[pk] = last.get(adjustment)
        last[adjustment] = pk
    assert made["rule"] == {pk for pk in before if before[pk] is not None}
    for each in every:
        if each["verb"] == "rule":
            assert before[each["id"]] == each["version"], "a ruling was made that its author had not seen"
    seqs = list(AdjustmentRecord.objects.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))
    assert AuditEntry.objects.filter(seq__gt=began).count() == len(every)
    assert verify_chain().faults == ()


if __name__ == "__main__":
    main(float(sys.argv[1]))
