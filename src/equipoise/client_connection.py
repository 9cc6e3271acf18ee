"""The way to a server: requests of a token, what it answers or refuses, lists page by page, and waiting for jobs."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request

from equipoise.client_http import NotReached, opener
from equipoise.client_upload import Upload
from equipoise.core.errors import EquipoiseError

SECONDS = 60.0
"""How long one answer may take."""
EVERY = 0.5
"""Seconds between two looks at a job."""

Progress = Callable[[str, float], None]
"""Is told the stage and how much is done, 0 to 1."""


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
    """A job, such as a plan run, that failed or was cancelled; the message is the server's."""


class Connection:
    """Requests to one server in the name of one token."""

    def __init__(self, url: str, token: str) -> None:
        """No call is made yet; `connect` makes one."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise NotReached(f"{url!r} must begin with https:// or http:// and name a host")
        self.url = url.rstrip("/")
        self._token = token
        self._opener = opener()

    def __repr__(self) -> str:
        """The address, never the token."""
        return f"Client({self.url!r})"

    def wait(
        self, job: int, progress: Progress | None = None, *, every: float = EVERY, timeout: float = 3600.0
    ) -> dict[str, Any]:
        """A job once it is done. Raises RunFailed, and NotComputed after `timeout` seconds."""
        end = time.monotonic() + timeout
        while True:
            found = self.call("GET", f"/jobs/{job}")
            if progress is not None:
                progress(str(found["stage"]), float(found["progress"]))
            if found["state"] == "done":
                return found
            if found["state"] in ("failed", "cancelled"):
                raise RunFailed(str(found["error"] or f"job {job} was {found['state']}"))
            if time.monotonic() > end:
                raise NotComputed(f"job {job} is not over after {timeout:g} s; it goes on without us")
            time.sleep(every)

    def entries(self, path: str, name: str, where: Mapping[str, str] | None = None) -> Iterator[dict[str, Any]]:
        """Entries of a list, page by page to its end."""
        for page in self.pages(path, where or {}):
            yield from page[name]

    def pages(self, path: str, where: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Pages of a list to its end."""
        after: str | None = ""
        while after is not None:
            asked = {"limit": "200", **where, **({"after": after} if after else {})}
            page = self.call("GET", f"{path}?{urlencode(asked)}")
            yield page
            after = page["next"]

    def call(self, method: str, path: str, body: object = None, *, key: str = "") -> dict[str, Any]:
        """One request below /api/v1 that answers an object. Raises Refused, or NotReached."""
        found = _object(self.ask(method, path, body, accept="application/json", key=key))
        if found is None:
            raise NotReached(f"{self.url} answered {path} not as Equipoise does; is the address right?")
        return found

    def ask(self, method: str, path: str, body: object = None, *, accept: str, key: str = "") -> bytes:
        """One request below /api/v1; what it answers. An Upload is sent as files, all else as JSON.

        Raises Refused, or NotReached.
        """
        headers = {"Accept": accept, "Authorization": f"Bearer {self._token}", "User-Agent": "equipoise"}
        if key:
            headers["Idempotency-Key"] = key
        sent: bytes | Upload | None = None
        if isinstance(body, Upload):
            sent = body
            headers |= {"Content-Type": body.content_type, "Content-Length": str(body.length)}
        elif body is not None:
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
            sending = f" while {body.length:,} bytes were sent" if isinstance(body, Upload) else ""
            raise NotReached(f"{self.url} cannot be reached{sending}: {error}") from error

    @staticmethod
    def quoted(part: str) -> str:
        """A part of a path; a slash in it is none of the path's."""
        return quote(part, safe="")


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
