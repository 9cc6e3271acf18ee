"""Levels nest: every node has one parent. A code may stand at two levels; it then means the lowest.

Where rows put one node under two parents, the parent named by most rows is kept (in a tie the first by name, a blank
one last) and the rows that disagree go to quarantine: a rule that no order of rows changes.
"""

from collections import Counter
from collections.abc import Sequence

import polars as pl

from equipoise.core.finding import Finding
from equipoise.intake.findings import NOT_NESTED, SUCCESSION_LOOP, TWO_LEVELS
from equipoise.intake.sieve import Sieve


def keep_nested(sieve: Sieve, levels: Sequence[str]) -> Sieve:
    """Rows in which each node has its one parent; `levels` leaf first. Checked from the top down."""
    for depth in range(len(levels) - 2, 0, -1):
        sieve = _keep_one_parent(sieve, levels[depth], levels[depth + 1 :])
    return sieve


def _keep_one_parent(sieve: Sieve, level: str, above: Sequence[str]) -> Sieve:
    paths = sieve.rows.select(level, *above).rows()
    counts = Counter(path for path in paths if path[0])
    chosen: dict[str, tuple[str, ...]] = {}
    for path in sorted(counts, key=lambda p: (-counts[p], [(part == "", part) for part in p])):
        chosen.setdefault(path[0], path)
    bad = pl.Series([bool(path[0]) and path != chosen[path[0]] for path in paths], dtype=pl.Boolean)
    reasons = [
        f"{level} {path[0]!r} is put under {_named(above, path[1:])}, elsewhere {_named(above, chosen[path[0]][1:])}"
        for path, is_bad in zip(paths, bad, strict=True)
        if is_bad
    ]
    return sieve.reject(bad, NOT_NESTED, reasons)


def loops_of_succession(sieve: Sieve) -> list[Finding]:
    """Items that are replaced by each other in a circle, each of them named once.

    Who is replaced by nobody, or replaces nobody, is in no circle; they are taken away until nothing changes.
    """
    rows = sieve.rows
    pairs = pl.concat(
        [rows.select(old="item", new="successor"), rows.select(old="predecessor", new="item")], how="vertical"
    )
    pairs = pairs.filter((pl.col("old") != "") & (pl.col("new") != "")).unique()
    while True:
        kept = pairs.join(pairs.select(new="old").unique(), on="new", how="semi")
        kept = kept.join(kept.select(old="new").unique(), on="old", how="semi")
        if kept.height == pairs.height:
            break
        pairs = kept
    if not pairs.height:
        return []
    found = pairs["old"].unique().sort().to_list()
    shown = ", ".join(found[:5]) + (f" and {len(found) - 5} more" if len(found) > 5 else "")
    return [SUCCESSION_LOOP.found("table items", f"In a circle stand {shown}.", count=len(found))]


def _named(levels: Sequence[str], codes: Sequence[str]) -> str:
    return " / ".join(f"{level} {code!r}" for level, code in zip(levels, codes, strict=True))


def codes_at_two_levels(sieve: Sieve, levels: Sequence[str]) -> list[Finding]:
    """A note for the codes that stand at more than one level."""
    seen: dict[str, list[str]] = {}
    for level in levels:
        for code in sorted(set(sieve.rows[level].to_list()) - {""}):
            seen.setdefault(code, []).append(level)
    twice = {code: at for code, at in seen.items() if len(at) > 1}
    if not twice:
        return []
    texts = [f"{code} ({' and '.join(at)})" for code, at in sorted(twice.items())[:5]]
    more = f" and {len(twice) - 5} more" if len(twice) > 5 else ""
    return [TWO_LEVELS.found(f"table {sieve.name}", f"{'; '.join(texts)}{more}.", count=len(twice))]
