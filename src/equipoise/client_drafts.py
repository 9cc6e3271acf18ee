"""The month's draft on a server: deliver, look, correct, seal.

draft = there.open_draft(base=there.snapshots()[0]["snapshot"])
draft.deliver("december/")
draft.deliver(prices, table="prices")                       # a polars frame
for row in draft.quarantine("sales_history").iter_rows(named=True):
    draft.correct("sales_history", row, column="item", new=row["@suggestion"], because="misspelt in the ERP")
snapshot = draft.seal("December 2026", progress=print)
"""

import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from equipoise.client_connection import Connection, Progress
from equipoise.client_upload import Sources, Upload, parts_of
from equipoise.core.errors import EquipoiseError

FILE, LINE, CODE, REASON, SUGGESTION = "@file", "@line", "@code", "@reason", "@suggestion"
"""Columns of a quarantine beside the cells of its rows; no column of a table begins so."""
ROWS_AT_ONCE = 5_000
TRIES = 5
"""How often a list is read anew because the draft was changed between its pages."""


class NotTaken(EquipoiseError):
    """Files that were refused: `findings` say what is wrong and what to do. The draft is as it was."""

    def __init__(self, findings: list[dict[str, Any]]) -> None:
        """Keep the findings; the message is their text, one a line."""
        self.findings = findings
        super().__init__("\n".join(f"{each['where']}: {each['message']} {each['remedy']}" for each in findings))


class StillMoving(EquipoiseError):
    """A draft that others change so fast that no list of it can be read whole."""


class RemoteDraft:
    """A draft there. `version` is what was seen of it last: what is written names it, so that 409 tells of others."""

    def __init__(self, client: Connection, id: int, version: int) -> None:
        """Made by `Client.open_draft` and `Client.draft`."""
        self.client, self.id, self.version = client, id, version

    def __repr__(self) -> str:
        """Its number and the version seen last."""
        return f"RemoteDraft({self.id}, version {self.version})"

    def report(self) -> dict[str, Any]:
        """Tables with rows and quarantined rows, quality score, deliveries in force, and what is being read."""
        found = self.client.call("GET", self._path())
        self.version = int(found["version"])
        return found

    def deliver(
        self,
        sources: Sources,
        *,
        table: str = "",
        mapping: Path | str | None = None,
        append: bool = False,
        preview: bool = False,
        key: str = "",
        progress: Progress | None = None,
    ) -> dict[str, Any]:
        """Send a file, a folder, files or frames by table, and wait until they are read; what they brought by table.

        `table` names the table of a frame, or of a file that has another name. With a mapping file, files of a foreign
        layout become tables. With `append` rows are added, else they replace the table; with `preview` nothing is
        changed, and the answer shows the first rows of both sides. Raises NotTaken with the findings, NotSent where the
        sources are none, Refused and RunFailed.
        """
        fields = {"is_append": str(append).lower(), "is_preview": str(preview).lower()}
        if mapping is not None:
            fields["mapping"] = Path(mapping).read_text(encoding="utf-8-sig")
        with tempfile.TemporaryDirectory(prefix="equipoise-") as folder:
            upload = Upload(parts_of(sources, table, Path(folder)), fields)
            asked = self.client.call("POST", self._path("/deliveries"), upload, key=key)
        answer = self._done(asked, progress)
        if "refused" in answer:
            raise NotTaken(answer["refused"])
        return answer

    def take_out(self, delivery: int, *, key: str = "", progress: Progress | None = None) -> dict[str, Any]:
        """Take a delivery out (its number is in `report`) and wait until the draft is made anew from all others."""
        asked = self.client.call("DELETE", self._path(f"/deliveries/{delivery}"), key=key)
        return self._done(asked, progress)

    def findings(self, severity: str = "") -> list[dict[str, Any]]:
        """What was found in the data, worst first; of one severity if it is given."""
        found = self._list("/findings", "findings", {"severity": severity} if severity else {})
        return found

    def quarantine(self, table: str) -> pl.DataFrame:
        """Rows left out of a table: `@file`, `@line`, `@code`, `@reason`, `@suggestion`, and their cells as text.

        A row of it names itself to `correct` and `leave_out`.
        """
        found = self._list(f"/tables/{self.client.quoted(table)}/quarantine", "rows", {"limit": str(ROWS_AT_ONCE)})
        rows = [
            {
                FILE: each["file"],
                LINE: each["line"],
                CODE: each["code"],
                REASON: each["reason"],
                SUGGESTION: each["suggestion"],
                **each["cells"],
            }
            for each in found
        ]
        columns = dict.fromkeys([FILE, LINE, CODE, REASON, SUGGESTION, *(name for row in rows for name in row)])
        return pl.DataFrame(rows, schema={name: pl.Int64 if name == LINE else pl.String for name in columns})

    def correct(
        self,
        table: str,
        row: Mapping[str, object],
        *,
        column: str,
        new: object,
        because: str,
        old: object = None,
        key: str = "",
    ) -> dict[str, Any]:
        """Put `new` into a cell; returns {version, correction, is_in, still}: whether the row counts now, or why not.

        `row` is a row of `quarantine`, or cells that name any row, as they were delivered or stand now:
        `{"item": "saw", "date": date(2027, 1, 1)}`. Raises Refused: 409 with `mine` and `theirs` where another has
        changed the cell since, or, where neither `row` nor `old` says what it was, where the draft was changed at all.
        """
        seen = row.get(column) if old is None and FILE in row else old
        cell = {"column": column, "new": _text(new), "old": None if seen is None else _text(seen)}
        return self._write(table, row, cell, because=because, key=key)

    def leave_out(self, table: str, row: Mapping[str, object], *, because: str, key: str = "") -> dict[str, Any]:
        """Leave a row out on purpose; `row` and the answer are those of `correct`."""
        return self._write(table, row, {}, because=because, key=key)

    def corrections(self) -> list[dict[str, Any]]:
        """Corrections in force, newest first: who, why, and whether each is needed, waits or is stuck."""
        found = self._list("/corrections", "corrections", {})
        return found

    def take_back(self, correction: str, *, key: str = "") -> dict[str, Any]:
        """Take a correction back (`correct` answered its id): the delivered value counts again."""
        found = self.client.call("DELETE", self._path(f"/corrections/{self.client.quoted(correction)}"), key=key)
        self.version = int(found["version"])
        return found

    def seal(self, label: str = "", progress: Progress | None = None, *, key: str = "") -> str:
        """Seal the draft as it was seen last, and wait; the id of the snapshot. The first plan from it is asked for.

        Raises Refused (409) where the draft was changed since, RunFailed where the same data were sealed before.
        """
        asked = self.client.call("POST", self._path("/seal"), {"version": self.version, "label": label}, key=key)
        return str(self.client.wait(asked["job"], progress)["answer"]["snapshot"])

    def _write(
        self, table: str, row: Mapping[str, object], cell: Mapping[str, object], *, because: str, key: str
    ) -> dict[str, Any]:
        if FILE in row and LINE in row:
            named: dict[str, object] = {"file": row[FILE], "line": row[LINE]}
        else:
            named = {"key": {name: _text(value) for name, value in row.items()}}
        body = {"table": table, "version": self.version, "reason": because, **named, **cell}
        found = self.client.call("POST", self._path("/corrections"), body, key=key)
        self.version = int(found["version"])
        return found

    def _done(self, asked: Mapping[str, Any], progress: Progress | None) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.wait(asked["job"], progress)["answer"]
        self.version = int(answer.get("version", self.version))
        return answer

    def _list(self, path: str, name: str, where: Mapping[str, str]) -> list[dict[str, Any]]:
        """A whole list of one version; it is read anew where the draft was changed between two of its pages."""
        for _ in range(TRIES):
            pages = list(self.client.pages(self._path(path), where))
            versions = {int(page["version"]) for page in pages}
            if len(versions) == 1:
                (self.version,) = versions
                return [each for page in pages for each in page[name]]
        raise StillMoving(f"draft {self.id} was changed {TRIES} times while {path} was read; ask again later")

    def _path(self, more: str = "") -> str:
        return f"/drafts/{self.id}{more}"


def _text(value: object) -> str:
    """A cell as text: a blank for nothing, a day as ISO 8601, 1 for true."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    return value.isoformat() if isinstance(value, date) else str(value)
