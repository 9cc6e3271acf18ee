"""An origin: whatever holds the tables of one dataset under names. A folder of files, a workbook or a database."""

from collections.abc import Mapping
from typing import Any, Protocol

from equipoise.core.finding import Finding
from equipoise.core.snapshot import SourceFile
from equipoise.intake.readers.raw import RawTable


class Origin(Protocol):
    """Named tables of text and the head that goes with them."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all that can be read, sorted: files, sheets or tables of a database."""
        ...

    @property
    def head_name(self) -> str:
        """Where the head stands, for messages."""
        ...

    def head(self) -> Mapping[str, Any]:
        """The head as it was given; no keys where there is none."""
        ...

    def no_head(self) -> Finding:
        """What to say where neither the origin nor a mapping has a head."""
        ...

    def no_table(self, name: str) -> str:
        """What to say where planning table `name` is missing."""
        ...

    def tables(self, spoken_for: frozenset[str]) -> tuple[dict[str, str], list[Finding]]:
        """Names by planning table, without those a mapping reads; refuses two of one table."""
        ...

    def read_table(
        self, name: str, *, encoding: str = "", separator: str = "", heading_line: int = 1
    ) -> tuple[RawTable, SourceFile]:
        """Rows of text below the heading on or after `heading_line`, and where they came from."""
        ...
