"""What a chart says as a table, for whoever reads numbers rather than marks: the same texts as in the drawing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ChartTable:
    """Heads, the first of which stands over the names of the rows, and rows of as many texts."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        """A row that is longer or shorter than the heads would stand under the wrong ones."""
        assert all(len(row) == len(self.heads) for row in self.rows), self.heads
