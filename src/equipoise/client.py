"""A client of the API: sealed data, scenarios, plans and adjustments of an Equipoise that runs elsewhere.

    import equipoise
    there = equipoise.connect("https://plan.example.com", token="eqp_...")
    plan = there.run("Nov 2026 plan", progress=print)
    plan.frame("demand_consensus_qty", by=("family", "bucket"))

A token is made on one's account page; it may do what its person may, and no more than was ticked. Tables come through
Arrow as polars frames. What the server refuses is raised with the server's own words.
"""

import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from io import BytesIO
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import polars as pl

from equipoise.core.errors import EquipoiseError

ARROW = "application/vnd.apache.arrow.file"
SECONDS = 60.0
"""How long one answer may take."""
EVERY = 0.5
"""Seconds between two looks at a job."""
TIMES = ("bucket", "fiscal_quarter", "fiscal_year")
_IDENTITY = re.compile(r"^[0-9a-f]{64}$")

Progress = Callable[[str, float], None]
"""Is told the stage and how much is done, 0 to 1."""


class NotReached(EquipoiseError):
    """The server did not answer, or what answered is not Equipoise."""


class Refused(EquipoiseError):
    """The server refused: `kind` is its sort (NotAllowed, UnknownName, ...), `status` that of HTTP.

    Of a stale edit (409) `mine` is what was wanted and `theirs` what stands now.
    """

    def __init__(self, status: int, answer: Mapping[str, Any]) -> None:
        """Keep what the server said."""
        self.status, self.kind = status, str(answer.get("error", "Refused"))
        self.mine, self.theirs = answer.get("mine"), answer.get("theirs")
        self.details = tuple(answer.get("details") or ())
        where = "; ".join(f"{each['where']}: {each['message']}" for each in self.details)
        super().__init__(f"{answer.get('message', f'status {status}')}{f' {where}' if where else ''}")


class NotComputed(EquipoiseError):
    """A question that has no answer yet; `run` asks for one."""


class RunFailed(EquipoiseError):
    """A plan run that failed or was cancelled; the message is the server's."""


def connect(url: str, token: str | None = None) -> "Client":
    """A client of the Equipoise at an address; the token else is EQUIPOISE_TOKEN. Raises NotReached or Refused."""
    client = Client(url, token or os.environ.get("EQUIPOISE_TOKEN", ""))
    client.me()
    return client


class Client:
    """What a program may do there. Every list is read to its end, page by page."""

    def __init__(self, url: str, token: str) -> None:
        """No call is made yet; `connect` makes one."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise NotReached(f"{url!r} must begin with https:// or http:// and name a host")
        self.url = url.rstrip("/")
        self._token = token
        self._opener = build_opener(_NoRedirects())

    def __repr__(self) -> str:
        """The address, never the token."""
        return f"Client({self.url!r})"

    def me(self) -> dict[str, Any]:
        """Who the token acts for, with rights and roles."""
        return self._json("GET", "/me")

    def snapshots(self) -> list[dict[str, Any]]:
        """Sealed snapshots, newest first."""
        return list(self._pages("/snapshots", "snapshots"))

    def scenarios(self) -> list[dict[str, Any]]:
        """Scenarios, newest first."""
        return list(self._pages("/scenarios", "scenarios"))

    def question(self, scenario: str) -> dict[str, Any]:
        """What a scenario asks now: snapshot, adjustments, fingerprint, and the digest of its answer if any."""
        return self._json("GET", f"/scenarios/{_quoted(scenario)}")

    def open_scenario(self, name: str, *, parent: str, question: str = "") -> dict[str, Any]:
        """Open a branch on a scenario."""
        return self._json("POST", "/scenarios", {"name": name, "parent": parent, "question": question})

    def measures(self) -> list[dict[str, Any]]:
        """The data dictionary, as far as one may read it."""
        found: list[dict[str, Any]] = self._json("GET", "/plans/measures")["measures"]
        return found

    def kinds(self) -> list[dict[str, Any]]:
        """Kinds of adjustment with the JSON Schema of their bodies."""
        found: list[dict[str, Any]] = self._json("GET", "/adjustments/kinds")["kinds"]
        return found

    def adjustments(self, **where: str) -> list[dict[str, Any]]:
        """Adjustments, newest first; `where` is scenario, kind, function, author or state."""
        return list(self._pages("/adjustments", "adjustments", where))

    def propose(self, adjustment: Mapping[str, Any], *, scenario: str, key: str = "") -> dict[str, Any]:
        """Propose an adjustment in a scenario, in the shape of `equipoise plan --adjust`; returns {id, seq, ...}.

        With the same `key` it is proposed once, however often it is sent.
        """
        return self._json("POST", "/adjustments", {**adjustment, "scenario": scenario}, key=key)

    def rule(
        self, adjustment: str, verdict: str, *, because: str = "", version: int | None = None, key: str = ""
    ) -> dict[str, Any]:
        """Accept, reject or withdraw; with the `version` one looked at, Refused (409) if another ruling came since."""
        body = {"verdict": verdict, "because": because, "version": version}
        return self._json("POST", f"/adjustments/{_quoted(adjustment)}/rulings", body, key=key)

    def plan(self, which: str) -> "RemotePlan":
        """The plan of a digest or fingerprint, or of what a scenario asks now; NotComputed if it has no answer yet."""
        path = f"/plans/{which}" if _IDENTITY.match(which) else f"/plans/of/{_quoted(which)}"
        found = self._json("GET", path)
        if "digest" not in found:
            job = found.get("job")
            state = f"job {job['id']} works on it ({job['progress']:.0%})" if job else "run() asks for it"
            raise NotComputed(f"what {found['scenario']} asks now has no answer yet; {state}")
        return RemotePlan(self, str(found["digest"]))

    def run(
        self, scenario: str, progress: Progress | None = None, *, every: float = EVERY, timeout: float = 3600.0
    ) -> "RemotePlan":
        """Compute the plan of a scenario and wait for it. Raises RunFailed, and NotComputed after `timeout` seconds."""
        job = self._json("POST", "/jobs", {"scenario": scenario})
        end = time.monotonic() + timeout
        while True:
            job = self._json("GET", f"/jobs/{job['id']}")
            if progress is not None:
                progress(str(job["stage"]), float(job["progress"]))
            if job["state"] == "done":
                return RemotePlan(self, str(job["answer"]["digest"]))
            if job["state"] in ("failed", "cancelled"):
                raise RunFailed(str(job["error"] or f"job {job['id']} was {job['state']}"))
            if time.monotonic() > end:
                raise NotComputed(f"job {job['id']} is not over after {timeout:g} s; it goes on without us")
            time.sleep(every)

    def _pages(self, path: str, name: str, where: Mapping[str, str] | None = None) -> Iterator[dict[str, Any]]:
        after: str | None = ""
        while after is not None:
            asked = {**(where or {}), "limit": "200", **({"after": after} if after else {})}
            page = self._json("GET", f"{path}?{urlencode(asked)}")
            yield from page[name]
            after = page["next"]

    def _json(self, method: str, path: str, body: object = None, *, key: str = "") -> dict[str, Any]:
        found = _object(self.ask(method, path, body, accept="application/json", key=key))
        if found is None:
            raise NotReached(f"{self.url} answered {path} not as Equipoise does; is the address right?")
        return found

    def ask(self, method: str, path: str, body: object = None, *, accept: str, key: str = "") -> bytes:
        """One request below /api/v1; what it answers. Raises Refused, or NotReached."""
        headers = {"Accept": accept, "Authorization": f"Bearer {self._token}", "User-Agent": "equipoise"}
        if key:
            headers["Idempotency-Key"] = key
        sent = None
        if body is not None:
            sent = json.dumps(body, default=str).encode()
            headers["Content-Type"] = "application/json"
        request = Request(f"{self.url}/api/v1{path}", data=sent, headers=headers, method=method)
        try:
            with self._opener.open(request, timeout=SECONDS) as answer:
                read: bytes = answer.read()
                return read
        except HTTPError as error:
            with error:
                raise _refusal(error.code, error.read(1_000_000), self.url) from None
        except (URLError, HTTPException, OSError) as error:
            raise NotReached(f"{self.url} cannot be reached: {error}") from error


@dataclass(frozen=True)
class RemotePlan:
    """A published plan, read from the server when it is asked about."""

    client: Client
    digest: str

    def report(self) -> dict[str, Any]:
        """Totals, every measure by bucket, and findings, within one's scope."""
        return self.client._json("GET", f"/plans/{self.digest}")

    def frame(self, measure: str, by: Sequence[str] = ("family", "bucket")) -> pl.DataFrame:
        """A measure by one level and one time, as `Plan.frame` gives it."""
        times = [word for word in by if word in TIMES]
        levels = [word for word in by if word not in TIMES]
        if len(times) > 1 or len(levels) > 1:
            raise ValueError(f"frame takes one level and one time, not {', '.join(by)}")
        asked = urlencode({"level": "".join(levels), "time": "".join(times)})
        path = f"/plans/{self.digest}/measures/{_quoted(measure)}?{asked}"
        frame = pl.read_ipc(BytesIO(self.client.ask("GET", path, accept=ARROW)))
        return frame.select([*by, measure])

    def explain(self, measure: str, *, bucket: str | int, **nodes: str) -> dict[str, Any]:
        """Why a cell is so: item, market, location and resource name it, as `equipoise.explain` takes them."""
        asked = urlencode({"bucket": bucket, **nodes})
        return self.client._json("GET", f"/plans/{self.digest}/explain/{_quoted(measure)}?{asked}")

    def compare(self, other: "RemotePlan | str") -> dict[str, Any]:
        """How another plan differs from this one."""
        digest = other if isinstance(other, str) else other.digest
        return self.client._json("GET", f"/plans/{self.digest}/compare/{digest}")

    def findings(self) -> list[dict[str, Any]]:
        """What was found in the data and in the plan, worst first."""
        found: list[dict[str, Any]] = self.client._json("GET", f"/plans/{self.digest}/findings")["findings"]
        return found

    def kpis(self, level: str = "") -> pl.DataFrame:
        """The scorecard: a row for each KPI, of the whole or of each node of a level."""
        rows = self.client._json("GET", f"/plans/{self.digest}/kpis?{urlencode({'level': level})}")["kpis"]
        return pl.DataFrame(rows, infer_schema_length=None)


class _NoRedirects(HTTPRedirectHandler):
    """Redirects are followed within the server only: elsewhere the token would go along."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        old, new = urlsplit(req.full_url), urlsplit(newurl)
        if (old.scheme, old.netloc) != (new.scheme, new.netloc):
            raise NotReached(
                f"{old.netloc} leads to {new.scheme}://{new.netloc}; connect to that address if you trust it"
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _refusal(status: int, read: bytes, url: str) -> EquipoiseError:
    answer = _object(read)
    if answer is not None:
        return Refused(status, answer)
    return NotReached(f"{url} answered {status}, and not as Equipoise does; is the address right?")


def _object(read: bytes) -> dict[str, Any] | None:
    """The JSON object that was read; None if it is none."""
    try:
        found = json.loads(read)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _quoted(part: str) -> str:
    return quote(part, safe="")
