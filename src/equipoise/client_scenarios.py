"""Work on a scenario of a server: cases, differences, merges with their conflicts, promotion.

branch = there.scenario(there.open_scenario("Second shift", parent="Nov 2026 plan")["name"])
there.propose(adjustment, scenario=branch.name)
asked = branch.merge_preview("Nov 2026 plan")
for conflict in asked["conflicts"]:
    branch.settle(conflict["pair"], into="Nov 2026 plan", take=conflict["pair"][0], reason="Agreed with sales")
branch.promote(because="Decided in the November meeting")
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from equipoise.client_connection import Connection


@dataclass(frozen=True)
class RemoteScenario:
    """A scenario by its name. Every method may raise Refused; with the same `key` a write is done once."""

    connection: Connection
    name: str

    def open_cases(
        self,
        name: str,
        *,
        up_pct: float,
        down_pct: float,
        reason: str,
        scope: Mapping[str, str] | None = None,
        key: str = "",
    ) -> dict[str, Any]:
        """Open an optimistic, a most likely and a pessimistic branch on it; returns {scenarios, adjustments}."""
        body = {"name": name, "up_pct": up_pct, "down_pct": down_pct, "scope": dict(scope or {}), "reason": reason}
        return self._write("cases", body, key)

    def difference(self, other: str) -> dict[str, Any]:
        """Ids of adjustments {only_here, only_there, both}."""
        return self.connection.call("GET", f"{self._path}/differences?{urlencode({'other': other})}")

    def merge_preview(self, into: str) -> dict[str, Any]:
        """What a merge would bring, and its conflicts; `seen` of it may go with the merge."""
        return self.connection.call("GET", f"{self._path}/merges?{urlencode({'into': into})}")

    def merge(self, into: str, *, because: str = "", seen: str = "", key: str = "") -> dict[str, Any]:
        """Merge into a branch. Refused (409) while conflicts wait, or if either changed since `seen`."""
        return self._write("merges", {"into": into, "because": because, "seen": seen}, key)

    def promote(self, *, because: str, seen: str = "", key: str = "") -> dict[str, Any]:
        """Merge into its root: it is the plan of the cycle then."""
        return self._write("promotions", {"because": because, "seen": seen}, key)

    def settle(
        self, pair: Sequence[str], *, into: str, take: str, reason: str, amount: str = "", key: str = ""
    ) -> dict[str, Any]:
        """Settle a conflict by a new adjustment that says what `take` of the pair says, or that with an `amount`."""
        body = {"into": into, "pair": list(pair), "take": take, "reason": reason, "amount": amount}
        return self._write("settlements", body, key)

    def drop(self, adjustment: str, *, is_dropped: bool = True, because: str = "", key: str = "") -> dict[str, Any]:
        """Leave an adjustment of the parent out, or take it in again."""
        return self._write("drops", {"adjustment": adjustment, "is_dropped": is_dropped, "because": because}, key)

    def archive(self, *, because: str, is_archived: bool = True, key: str = "") -> dict[str, Any]:
        """Put it away, or take it back."""
        return self._write("archive", {"is_archived": is_archived, "because": because}, key)

    @property
    def _path(self) -> str:
        return f"/scenarios/{self.connection.quoted(self.name)}"

    def _write(self, verb: str, body: Mapping[str, Any], key: str) -> dict[str, Any]:
        return self.connection.call("POST", f"{self._path}/{verb}", body, key=key)
