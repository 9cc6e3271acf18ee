"""A row that is left out of a draft."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Quarantined:
    """A row left out: where it stands (line 1 is the heading), the code and text of the reason, and its cells."""

    table: str
    file: str
    line: int
    code: str
    reason: str
    values: Mapping[str, str]
