"""A client of the API: sealed data, scenarios, plans and adjustments of an Equipoise that runs elsewhere.

    import equipoise
    there = equipoise.connect("https://plan.example.com", token="eqp_...")
    plan = there.run("Nov 2026 plan", progress=print)
    plan.frame("demand_consensus_qty", by=("family", "bucket"))

The month's draft is in `client_drafts`, work on scenarios in `client_scenarios`.

A token is made on one's account page; it may do what its person may, and no more than was ticked. Tables come through
Arrow as polars frames. What the server refuses is raised with the server's own words.
"""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import polars as pl

from equipoise.client_connection import EVERY, Connection, NotComputed, Progress, Refused, RunFailed
from equipoise.client_drafts import NotTaken, RemoteDraft
from equipoise.client_http import NotReached
from equipoise.client_scenarios import RemoteScenario
from equipoise.client_upload import NotSent

__all__ = [
    "Client",
    "NotComputed",
    "NotReached",
    "NotSent",
    "NotTaken",
    "Refused",
    "RemoteDraft",
    "RemotePlan",
    "RemoteScenario",
    "RunFailed",
    "connect",
]

ARROW = "application/vnd.apache.arrow.file"
TIMES = ("bucket", "fiscal_quarter", "fiscal_year")
_IDENTITY = re.compile(r"^[0-9a-f]{64}$")


def connect(url: str, token: str | None = None) -> "Client":
    """A client of the Equipoise at an address; the token else is EQUIPOISE_TOKEN. Raises NotReached or Refused."""
    client = Client(url, token or os.environ.get("EQUIPOISE_TOKEN", ""))
    client.me()
    return client


class Client(Connection):
    """What a program may do there. Every list is read to its end, page by page."""

    def me(self) -> dict[str, Any]:
        """Who the token acts for, with rights and roles."""
        return self.call("GET", "/me")

    def snapshots(self) -> list[dict[str, Any]]:
        """Sealed snapshots, newest first."""
        return list(self.entries("/snapshots", "snapshots"))

    def scenarios(self) -> list[dict[str, Any]]:
        """Scenarios, newest first."""
        return list(self.entries("/scenarios", "scenarios"))

    def question(self, scenario: str) -> dict[str, Any]:
        """What a scenario asks now: snapshot, adjustments, fingerprint, and the digest of its answer if any."""
        return self.call("GET", f"/scenarios/{self.quoted(scenario)}")

    def open_scenario(
        self, name: str, *, parent: str, question: str = "", assumptions: Sequence[str] = (), key: str = ""
    ) -> dict[str, Any]:
        """Open a branch on a scenario."""
        body = {"name": name, "parent": parent, "question": question, "assumptions": list(assumptions)}
        return self.call("POST", "/scenarios", body, key=key)

    def scenario(self, name: str) -> RemoteScenario:
        """A scenario to work on: merge, settle, promote, drop, archive, open cases on it. Nothing is asked yet."""
        return RemoteScenario(self, name)

    def exceptions(self, **where: str) -> list[dict[str, Any]]:
        """Exceptions of the plan in force, the most money first; `where` is family, function, rule, state or least."""
        found: list[dict[str, Any]] = self.call("GET", f"/exceptions?{urlencode(where)}")["exceptions"]
        return found

    def assign_exception(self, about: str, owner: str, *, because: str = "", key: str = "") -> dict[str, Any]:
        """Give an exception to a person, blank to nobody."""
        body = {"about": about, "owner": owner, "because": because}
        return self.call("POST", "/exceptions/assignments", body, key=key)

    def snooze_exception(self, about: str, until: date | None, *, because: str, key: str = "") -> dict[str, Any]:
        """Let an exception rest until data of a day are there; None wakes it."""
        body = {"about": about, "until": until.isoformat() if until else None, "because": because}
        return self.call("POST", "/exceptions/snoozes", body, key=key)

    def measures(self) -> list[dict[str, Any]]:
        """The data dictionary, as far as one may read it."""
        found: list[dict[str, Any]] = self.call("GET", "/plans/measures")["measures"]
        return found

    def kinds(self) -> list[dict[str, Any]]:
        """Kinds of adjustment with the JSON Schema of their bodies."""
        found: list[dict[str, Any]] = self.call("GET", "/adjustments/kinds")["kinds"]
        return found

    def adjustments(self, **where: str) -> list[dict[str, Any]]:
        """Adjustments, newest first; `where` is scenario, kind, function, author or state."""
        return list(self.entries("/adjustments", "adjustments", where))

    def propose(self, adjustment: Mapping[str, Any], *, scenario: str, key: str = "") -> dict[str, Any]:
        """Propose an adjustment in a scenario, in the shape of `equipoise plan --adjust`; returns {id, seq, ...}.

        With the same `key` it is proposed once, however often it is sent.
        """
        return self.call("POST", "/adjustments", {**adjustment, "scenario": scenario}, key=key)

    def rule(
        self, adjustment: str, verdict: str, *, because: str = "", version: int | None = None, key: str = ""
    ) -> dict[str, Any]:
        """Accept, reject or withdraw; with the `version` one looked at, Refused (409) if another ruling came since."""
        body = {"verdict": verdict, "because": because, "version": version}
        return self.call("POST", f"/adjustments/{self.quoted(adjustment)}/rulings", body, key=key)

    def plan(self, which: str) -> "RemotePlan":
        """The plan of a digest or fingerprint, or of what a scenario asks now; NotComputed if it has no answer yet."""
        path = f"/plans/{which}" if _IDENTITY.match(which) else f"/plans/of/{self.quoted(which)}"
        found = self.call("GET", path)
        if "digest" not in found:
            job = found.get("job")
            state = f"job {job['id']} works on it ({job['progress']:.0%})" if job else "run() asks for it"
            raise NotComputed(f"what {found['scenario']} asks now has no answer yet; {state}")
        return RemotePlan(self, str(found["digest"]))

    def run(
        self, scenario: str, progress: Progress | None = None, *, every: float = EVERY, timeout: float = 3600.0
    ) -> "RemotePlan":
        """Compute the plan of a scenario and wait for it. Raises RunFailed, and NotComputed after `timeout` seconds."""
        job = self.call("POST", "/jobs", {"scenario": scenario})
        done = self.wait(job["id"], progress, every=every, timeout=timeout)
        return RemotePlan(self, str(done["answer"]["digest"]))

    def drafts(self) -> list[dict[str, Any]]:
        """Drafts of every month, newest first."""
        return list(self.entries("/drafts", "drafts"))

    def draft(self, id: int | None = None) -> RemoteDraft:
        """A draft by its number, else the one that is open; Refused (404) if there is none."""
        found = self.call("GET", f"/drafts/{'open' if id is None else id}")
        return RemoteDraft(self, int(found["id"]), int(found["version"]))

    def open_draft(self, base: str | None = None, *, key: str = "") -> RemoteDraft:
        """Open the month's draft, carried over from the snapshot `base`; without one the first month's, which is empty.

        Refused (409) where one is open that somebody worked on; `draft()` is that one.
        """
        found = self.call("POST", "/drafts", {"base": base or ""}, key=key)
        return RemoteDraft(self, int(found["id"]), int(found["version"]))


@dataclass(frozen=True)
class RemotePlan:
    """A published plan, read from the server when it is asked about."""

    client: Client
    digest: str

    def report(self) -> dict[str, Any]:
        """Totals, every measure by bucket, and findings, within one's scope."""
        return self.client.call("GET", f"/plans/{self.digest}")

    def frame(self, measure: str, by: Sequence[str] = ("family", "bucket")) -> pl.DataFrame:
        """A measure by one level and one time, as `Plan.frame` gives it."""
        times = [word for word in by if word in TIMES]
        levels = [word for word in by if word not in TIMES]
        if len(times) > 1 or len(levels) > 1:
            raise ValueError(f"frame takes one level and one time, not {', '.join(by)}")
        asked = urlencode({"level": "".join(levels), "time": "".join(times)})
        path = f"/plans/{self.digest}/measures/{self.client.quoted(measure)}?{asked}"
        frame = pl.read_ipc(BytesIO(self.client.ask("GET", path, accept=ARROW)))
        return frame.select([*by, measure])

    def explain(self, measure: str, *, bucket: str | int, **nodes: str) -> dict[str, Any]:
        """Why a cell is so: item, market, location and resource name it, as `equipoise.explain` takes them."""
        asked = urlencode({"bucket": bucket, **nodes})
        return self.client.call("GET", f"/plans/{self.digest}/explain/{self.client.quoted(measure)}?{asked}")

    def compare(self, other: "RemotePlan | str") -> dict[str, Any]:
        """How another plan differs from this one."""
        digest = other if isinstance(other, str) else other.digest
        return self.client.call("GET", f"/plans/{self.digest}/compare/{digest}")

    def findings(self) -> list[dict[str, Any]]:
        """What was found in the data and in the plan, worst first."""
        found: list[dict[str, Any]] = self.client.call("GET", f"/plans/{self.digest}/findings")["findings"]
        return found

    def kpis(self, level: str = "") -> pl.DataFrame:
        """The scorecard: a row for each KPI, of the whole or of each node of a level."""
        rows = self.client.call("GET", f"/plans/{self.digest}/kpis?{urlencode({'level': level})}")["kpis"]
        return pl.DataFrame(rows, infer_schema_length=None)

    def options(self, resource: str = "", *, soonest: bool = False) -> dict[str, Any]:
        """What closes each gap of capacity, at what cost and by when; `soonest`: the nearest decisions first."""
        asked = urlencode({"resource": resource, "order": "soonest" if soonest else "place"})
        return self.client.call("GET", f"/plans/{self.digest}/capacity/options?{asked}")

    def ladder(self, resource: str, *, over: int | None = None) -> dict[str, Any]:
        """The break-even ladder of a resource, one-off costs spread over so many buckets."""
        asked = urlencode({"resource": resource, **({} if over is None else {"over": over})})
        return self.client.call("GET", f"/plans/{self.digest}/capacity/ladder?{asked}")
