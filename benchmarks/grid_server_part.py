"""What an edit costs the server: CPU seconds of the application in this process, no server and no browser around it."""

import json
from dataclasses import dataclass
from time import process_time
from typing import Any

from benchmarks.measure import Disagreement, Timing

MEASURE = "demand_consensus_qty"
ROUNDS = 3
"""Edits of one repeat; a repeat is their mean."""


@dataclass(frozen=True)
class Edits:
    """CPU seconds of an edit from request to answer, and of working out the edited view anew."""

    edit: Timing
    anew: Timing


def edits_in_process(query: str, *, repeat: int) -> Edits:
    """Type +1 into one item's months; after each edit the view is worked out anew and must be what the edit left."""
    from django.contrib.auth.models import User
    from django.test import Client

    from equipoise_web.reads.grid_bytes import from_bytes

    person = User.objects.get(username="grid-planner")
    client = Client(HTTP_HOST="127.0.0.1:8000")
    client.force_login(person)
    head = from_bytes(client.get(f"/grid/numbers/?{query}").content)[0]
    row = next(key for key in head["keys"] if key.count("/") == 1)
    asked = {"state": head["state"], "seen": head["seen"]}

    def edit(number: int) -> float:
        cells = [[MEASURE, row, str(number % 12), "+1"]]
        body = {"cells": cells, "seen": asked["seen"], "since": asked["state"], "key": f"bench {number}"}
        begin = process_time()
        answer = client.post(f"/grid/edit/?{query}", json.dumps(body), content_type="application/json")
        took = process_time() - begin
        if answer.status_code != 200:
            raise Disagreement(f"an edit was answered {answer.status_code}: {answer.content[:300]!r}")
        told = from_bytes(answer.content)[0]
        if not told["cells"] or told["rejected"]:
            raise Disagreement(f"an edit changed {told['cells']} cells and was refused {told['rejected']}")
        asked.update(state=told["state"], seen=told["seen"])
        return took

    edit(0)
    edits, anew = [], []
    for number in range(repeat):
        edits.append(sum(edit(1 + ROUNDS * number + n) for n in range(ROUNDS)) / ROUNDS)
        anew.append(_anew(person, query))
    return Edits(Timing(tuple(edits)), Timing(tuple(anew)))


def _anew(person: Any, query: str) -> float:  # noqa: ANN401 - a user
    """CPU seconds of the whole view from its numbers; Disagreement unless it is what the edits left."""
    from urllib.parse import parse_qsl

    import numpy as np

    from equipoise_web.access import access_of
    from equipoise_web.reads.grid_numbers import numbers_now
    from equipoise_web.reads.grid_rows import read_rows
    from equipoise_web.reads.grid_state import rows_now
    from equipoise_web.reads.grid_view import GridView, default_view

    who = access_of(person)
    view = GridView.of_query(dict(parse_qsl(query)), default_view(who))
    numbers = numbers_now(who)
    left = rows_now(who, view, numbers)
    begin = process_time()
    whole = read_rows(numbers, view, who=who)
    took = process_time() - begin
    if not np.array_equal(left.values, whole.values, equal_nan=True):
        raise Disagreement("the view that edits left is not the view worked out anew")
    return took
