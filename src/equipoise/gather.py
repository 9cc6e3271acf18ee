"""Data Gathering: a draft is sealed into a snapshot, with control totals that reconcile it with its sources.

>>> from equipoise.gather import PAST_TABLES
>>> PAST_TABLES
('forecast_archive', 'plan_archive')
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping
from math import fsum
from pathlib import Path
from typing import Any

import polars as pl

from equipoise.core.errors import EquipoiseError
from equipoise.core.finding import Finding, sort_findings
from equipoise.core.snapshot import FILE, LINE, Snapshot, conformed
from equipoise.core.table import ColumnType
from equipoise.core.tables import table
from equipoise.intake import Draft, read_dataset
from equipoise.quality import Quality, judge
from equipoise.store import MANIFEST, read_snapshot

PAST_TABLES = ("forecast_archive", "plan_archive")
"""What our own published plans leave behind (algebra.md section 7)."""


class WrongPast(EquipoiseError):
    """A frame of the past that is no archive, or that lacks a declared column."""


def gather(
    draft: Draft,
    *,
    label: str = "",
    taken_by: str = "",
    taken_at: str = "",
    past: Iterable[tuple[str, pl.DataFrame]] = (),
    last: Snapshot | None = None,
) -> Snapshot:
    """Seal the draft and judge its quality: the same rows give the same id, whatever their order, file, label or day.

    `past` holds conformed frames of `forecast_archive` and `plan_archive` made of our own published plans; rows that
    the dataset delivers itself under the same key win. Raises WrongPast for any other table. `last` is last month's
    snapshot, beside which checks look for what has changed in master data; it does not enter the id.
    """
    sealed = _sealed(draft, label, taken_by, taken_at, past)
    return with_findings(sealed, judge(sealed, last=last).findings)


def gather_judged(draft: Draft) -> tuple[Snapshot, Quality]:
    """The draft sealed as `gather` does it, and all that was found of its quality, which the snapshot only counts."""
    sealed = _sealed(draft)
    quality = judge(sealed)
    return with_findings(sealed, quality.findings), quality


def _sealed(
    draft: Draft,
    label: str = "",
    taken_by: str = "",
    taken_at: str = "",
    past: Iterable[tuple[str, pl.DataFrame]] = (),
) -> Snapshot:
    """The draft as a snapshot that nobody has judged yet."""
    tables, lineage = dict(draft.tables), dict(draft.lineage)
    for name, frame in past:
        tables[name], lineage[name] = _with_past(name, tables.get(name), lineage.get(name), frame)
    return Snapshot(
        draft.head,
        {name: tables[name] for name in sorted(tables)},
        draft.findings,
        draft.sources,
        label,
        taken_by,
        taken_at,
        {name: lineage[name] for name in sorted(lineage)},
        draft.corrections,
        dict(draft.given.carried),
    )


def _with_past(
    name: str, delivered: pl.DataFrame | None, places: pl.DataFrame | None, frame: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The archive with our own rows in canonical order, and the place of each row: a file, or the day of the plan."""
    if name not in PAST_TABLES:
        raise WrongPast(f"the past of {name!r} cannot be sealed; only {' and '.join(PAST_TABLES)} can")
    declared = table(name)
    missing = [column for column in declared.names if column not in frame.columns]
    if missing:
        raise WrongPast(f"the past of {name} lacks columns {', '.join(missing)}")
    base = delivered if delivered is not None else conformed(declared, {})
    columns = base.columns
    if places is None:
        unknown = {FILE: [""] * base.height, LINE: [0] * base.height}
        places = pl.DataFrame(unknown, schema={FILE: pl.String, LINE: pl.Int64})
    own = frame.select(declared.names).join(base, on=list(declared.keys), how="anti", nulls_equal=True)
    own = own.with_columns(
        pl.format("published plan of {}", "made_date").alias(FILE), pl.lit(0, dtype=pl.Int64).alias(LINE)
    )
    joined = pl.concat([base.hstack(places), own], how="diagonal")
    extra = [pl.col(column).fill_null("") for column in columns if column not in declared.names]
    ordered = joined.with_columns(extra).sort([*columns, FILE, LINE], nulls_last=True)
    return ordered.select(columns), ordered.select(FILE, LINE)


def summary(draft: Draft, snapshot: Snapshot) -> dict[str, Any]:
    """The answer of `equipoise gather --json` (algebra.md section 11).

    For each table: rows sealed and left out, and the sums of every quantity, hours and money column over what was read
    and kept, and over what was left out. Tables that only the past brought have the sums of their rows.
    """
    out = Counter(row.table for row in draft.quarantine)
    tables = {}
    for name, frame in snapshot.tables.items():
        known = draft.sums.get(name)
        tables[name] = {
            "rows": frame.height,
            "quarantined": out[name],
            "sums": dict(known.sums) if known else frame_sums(name, frame),
            "sums_quarantined": dict(known.sums_quarantined) if known else {},
        }
    return {
        "format": 1,
        "command": "gather",
        "snapshot": snapshot.id,
        "tables": tables,
        "findings": [finding.as_json() for finding in snapshot.findings],
    }


def frame_sums(name: str, frame: pl.DataFrame) -> dict[str, float]:
    """`math.fsum` over each quantity, hours and money column of a conformed frame that is not all blank."""
    kinds = (ColumnType.QUANTITY, ColumnType.HOURS, ColumnType.MONEY)
    columns: Mapping[str, list[float]] = {
        c.name: frame[c.name].drop_nulls().to_list() for c in table(name).columns if c.type in kinds
    }
    return {name: fsum(values) for name, values in columns.items() if values}


def with_findings(snapshot: Snapshot, findings: Iterable[Finding]) -> Snapshot:
    """The same snapshot with more found about it, such as by the quality checks; the id stays."""
    return dataclasses.replace(snapshot, findings=sort_findings([*snapshot.findings, *findings]))


def open_snapshot(path: Path | str, mapping: Path | str | None = None) -> Snapshot:
    """The snapshot at `path`: a sealed folder is read as it is, a raw dataset is gathered; manifest.json tells."""
    folder = Path(path)
    if (folder / MANIFEST).is_file():
        return read_snapshot(folder)
    return gather(read_dataset(folder, mapping))
