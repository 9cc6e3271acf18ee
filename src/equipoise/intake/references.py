"""References: what a row names must exist. Rows that name an unknown item, market, location or resource are taken out.

Node columns may name a code of any level, or `family:X`. Suppliers need not stand in locations. Where locations or
resources were not given at all, codes of them are not checked, but levels above locations exist by that table alone.
Taking out an item takes out what depends on it, so the tables are gone through until nothing changes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

import polars as pl

from equipoise.core.finding import Finding
from equipoise.core.hierarchy import ITEM_LEVELS, LOCATION_LEVELS, MARKET_LEVELS
from equipoise.core.table import Column, ColumnType
from equipoise.intake.findings import CODE_IN_BOTH, REFERENCE_CLEARED, UNKNOWN_CODE
from equipoise.intake.nesting import codes_at_two_levels, keep_nested, loops_of_succession
from equipoise.intake.sieve import Sieve

_LEAVES = {
    "item": "item",
    "component": "item",
    "like_item": "item",
    "market": "market",
    "location": "location",
    "from_location": "location",
    "from": "location",
    "to": "place",
    "resource": "resource",
    "parent": "item node",
}
_NODES = {
    ColumnType.ITEM_NODE: "item node",
    ColumnType.MARKET_NODE: "market node",
    ColumnType.LOCATION_NODE: "location node",
}
_OWN = {("items", "item"), ("markets", "market"), ("locations", "location"), ("resources", "resource")}
_CLEARED = ("predecessor", "successor")
_PLACE = {
    "item": "items",
    "market": "markets",
    "location": "locations",
    "resource": "resources",
    "place": "locations or markets",
}
HINTED = 20
"""Near spellings are looked for only for this many unknown codes of a column: the search is slow."""


@dataclass(frozen=True)
class KnownCodes:
    """Codes that exist, by what a column may name; a kind that is absent is not checked."""

    by_kind: Mapping[str, frozenset[str]]

    @staticmethod
    def of(sieves: Mapping[str, Sieve]) -> "KnownCodes":
        """Codes of the rows that are still in."""
        found: dict[str, frozenset[str]] = {}
        for kind, table, levels in (
            ("item", "items", ITEM_LEVELS),
            ("market", "markets", MARKET_LEVELS),
            ("location", "locations", LOCATION_LEVELS),
            ("resource", "resources", ("resource",)),
        ):
            if table in sieves:
                rows = sieves[table].rows
                found[kind] = frozenset(rows[levels[0]].to_list())
                found[f"{kind} node"] = _nodes(rows, levels)
        if "location" in found and "market" in found:
            found["place"] = found["location"] | found["market"]
        return KnownCodes(found)


def _nodes(rows: pl.DataFrame, levels: Sequence[str]) -> frozenset[str]:
    codes = {level: set(rows[level].to_list()) - {""} for level in levels}
    named = {f"{level}:{code}" for level in levels for code in codes[level]}
    return frozenset(named.union(*codes.values()))


def keep_resolved(sieves: Mapping[str, Sieve]) -> tuple[dict[str, Sieve], list[Finding]]:
    """All tables without rows that name what does not exist, and notes about what was seen on the way."""
    current = dict(sieves)
    while True:
        before = sum(sieve.rows.height for sieve in current.values())
        current["items"] = keep_nested(current["items"], ITEM_LEVELS)
        current["markets"] = keep_nested(current["markets"], MARKET_LEVELS)
        known = KnownCodes.of(current)
        for name in sorted(current):
            current[name] = _keep_known(current[name], known)
        if sum(sieve.rows.height for sieve in current.values()) == before:
            break
    current["items"], findings = _clear_unknown(current["items"])
    findings += loops_of_succession(current["items"])
    findings += codes_at_two_levels(current["items"], ITEM_LEVELS)
    findings += codes_at_two_levels(current["markets"], MARKET_LEVELS)
    findings += _codes_in_both(current)
    return current, findings


def kind_of(table: str, column: Column) -> str:
    """What a column's codes name: `item`, `market node`, ...; blank where they name nothing that is checked."""
    if (table, column.name) in _OWN:
        return ""
    if column.type in _NODES:
        return _NODES[column.type]
    return _LEAVES.get(column.name, "") if column.type is ColumnType.CODE else ""


def _keep_known(sieve: Sieve, known: KnownCodes) -> Sieve:
    for column in sieve.declared.columns:
        kind = kind_of(sieve.name, column)
        codes = sieve.rows[column.name]
        if kind == "location node" and kind not in known.by_kind:
            sieve = _without_levels(sieve, column.name, codes)
        if kind not in known.by_kind:
            continue
        unknown = set(codes.unique().to_list()) - known.by_kind[kind] - {""}
        if unknown:
            bad = codes.is_in(sorted(unknown))
            says = _reasons(column.name, kind, sorted(unknown), known.by_kind[kind])
            sieve = sieve.reject(bad, UNKNOWN_CODE, [says[code] for code in codes.filter(bad)])
    return sieve


def _without_levels(sieve: Sieve, column: str, codes: pl.Series) -> Sieve:
    """Rows that name a level above locations are taken out where no table of locations says what lies below it."""
    bad = codes.fill_null("").str.contains(f"^({'|'.join(LOCATION_LEVELS[1:])}):")
    if not bad.any():
        return sieve
    says = [f"{column} {code!r} is at no level, for table locations is not given" for code in codes.filter(bad)]
    return sieve.reject(bad, UNKNOWN_CODE, says)


def _reasons(column: str, kind: str, unknown: list[str], known: frozenset[str]) -> dict[str, str]:
    what, is_node = kind.removesuffix(" node"), kind.endswith(" node")
    where = f"at any level of {_PLACE[what]}" if is_node else f"in {_PLACE[what]}"
    texts = {code: f"{column} {code!r} is not {where}" for code in unknown}
    for code in unknown[:HINTED]:
        near = get_close_matches(code, sorted(known), n=1)
        if near:
            texts[code] += f"; did you mean {near[0]!r}?"
    return texts


def _clear_unknown(items: Sieve) -> tuple[Sieve, list[Finding]]:
    """Blank predecessors and successors that are no items: an item is worth more than such a reference."""
    known = set(items.rows["item"].to_list())
    findings: list[Finding] = []
    for column in _CLEARED:
        codes = items.rows[column]
        unknown = sorted(set(codes.unique().to_list()) - known - {""})
        if unknown:
            bad = codes.is_in(unknown)
            cleared = items.rows.with_columns(pl.when(bad).then(pl.lit("")).otherwise(codes).alias(column))
            items = replace(items, rows=cleared)
            shown = ", ".join(unknown[:5]) + (" ..." if len(unknown) > 5 else "")
            findings.append(
                REFERENCE_CLEARED.found("table items", f"{column} {shown} is no item.", count=int(bad.sum()))
            )
    return items, findings


def _codes_in_both(sieves: Mapping[str, Sieve]) -> list[Finding]:
    if "locations" not in sieves:
        return []
    both = sorted(set(sieves["locations"].rows["location"].to_list()) & set(sieves["markets"].rows["market"].to_list()))
    if not both:
        return []
    shown = ", ".join(both[:5]) + (" ..." if len(both) > 5 else "")
    return [CODE_IN_BOTH.found("tables locations and markets", f"{shown} stands in both.", count=len(both))]
