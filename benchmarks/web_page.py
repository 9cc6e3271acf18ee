"""What is asked for: a page of the grid by two people, and a bare hello; and what the right answer is."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

import numpy as np

from benchmarks.measure import Disagreement
from benchmarks.web_home import sign_in
from equipoise.plan import Plan

MEASURES = ("demand_baseline_qty", "demand_consensus_qty", "demand_required_qty")
ROWS = 40
HELLO = "a bare hello"


@dataclass(frozen=True)
class Page:
    """An address as somebody asks for it; `check` raises Disagreement for the wrong body."""

    path: str
    cookie: str
    check: Callable[[bytes], None]

    def digest_of(self, status: str, body: bytes) -> str:
        """SHA-256 of the answer, once it was found right."""
        if not status.startswith("200"):
            raise Disagreement(f"{self.path} answers {status}: {body[:300]!r}")
        self.check(body)
        return sha256(body).hexdigest()


def pages(plan: Plan) -> Mapping[str, Page]:
    """The page for somebody with the whole company and for somebody with one market, and the hello without a session.

    The hello's caller sends the cookie, too; nothing reads it.
    """
    market = plan.measure(MEASURES[0]).keys.labels(0)[1]
    asked = "&".join(f"measure={name}" for name in MEASURES)
    path = f"/api/v1/plans/{plan.digest}/grid?{asked}&count={ROWS}"
    planner = sign_in("planner")
    return {
        "a page": Page(path, planner, partial(check_grid, plan, "")),
        "a page, of one market": Page(
            path, sign_in(f"planner of {market}", market=market), partial(check_grid, plan, market)
        ),
        HELLO: Page("/hello/", planner, check_hello),
    }


def check_grid(plan: Plan, market: str, body: bytes) -> None:
    """Disagreement unless the page holds the plan's own first rows, of one market or (blank) of all."""
    length = int.from_bytes(body[:4], "little")
    head = json.loads(body[4 : 4 + length])
    values = np.frombuffer(body[4 + length :], head["dtype"]).reshape(head["shape"])
    keys = plan.measure(MEASURES[0]).keys
    rows = [row for row in range(len(keys)) if market in ("", keys.labels(row)[1])][:ROWS]
    if len(rows) != ROWS or [tuple(row) for row in head["rows"]] != [keys.labels(row) for row in rows]:
        raise Disagreement(f"the page's rows are not the plan's first {ROWS}")
    for name, found in zip(MEASURES, values, strict=True):
        if not np.array_equal(found, plan.measure(name).values[rows]):
            raise Disagreement(f"the page's {name} is not the plan's")


def check_hello(body: bytes) -> None:
    """Disagreement unless it is the hello."""
    if body != b"hello":
        raise Disagreement(f"the hello is {body[:300]!r}")
