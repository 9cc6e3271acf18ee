"""A random valid company: several plants, warehouses, markets, levels of bills, and much that real companies have.

Valid means: Data Gathering leaves no row out and finds no error in it, and it can be planned. It is as odd as that
allows: limits that bind, sources that cost alike, columns that are blank.

>>> company = random_company(3, size=CompanySize(markets=3), features={"crews", "orders"})
>>> [row["market"] for row in company.tables["markets"]]
['market-1', 'market-2', 'market-3']
>>> random_company(3, features={"robots"})  # doctest: +ELLIPSIS
Traceback (most recent call last):
    ...
equipoise.testing.company.NoSuchFeature: there is no feature 'robots'; there are alternates, archives, budget, ...
"""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from equipoise.core.errors import EquipoiseError
from equipoise.core.finding import Finding
from equipoise.core.identity import digest_json
from equipoise.core.snapshot import LINE, Snapshot, SourceFile
from equipoise.core.tables import TABLE_NAMES, table
from equipoise.gather import gather
from equipoise.intake import Draft
from equipoise.intake.findings import TABLE_REQUIRED, WRONG_HEAD
from equipoise.intake.mapping import Mapped
from equipoise.intake.read_dataset import draft_of
from equipoise.intake.readers.raw import RawTable
from equipoise.testing.company_demand import demand_tables
from equipoise.testing.company_makers import maker_tables
from equipoise.testing.company_master import master_tables
from equipoise.testing.company_money import money_tables
from equipoise.testing.company_stock import stock_tables
from equipoise.testing.sketch import FEATURES, HOME, CompanySize, Draw, Row, Sketch

__all__ = ["FEATURES", "Company", "CompanySize", "NoSuchFeature", "random_company"]


class NoSuchFeature(EquipoiseError):
    """A feature that random companies do not have."""


@dataclass(frozen=True, eq=False)
class Company:
    """A company as it could have been sent to us."""

    seed: int
    size: CompanySize
    features: frozenset[str]
    head: Mapping[str, Any]
    """As in dataset.toml."""
    tables: Mapping[str, tuple[Row, ...]] = field(repr=False)
    """Rows by planning table."""

    def draft(self) -> Draft:
        """The company as it was read: typed, checked, with what was left out (nothing)."""
        return draft_of(_Rows(self.head, self.tables), Mapped())

    def snapshot(self) -> Snapshot:
        """The company, gathered."""
        return gather(self.draft())

    def write(self, folder: Path) -> Path:
        """The company as a dataset folder: dataset.toml and a CSV for each table; returns the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        lines = [f"{key} = {_toml(value)}" for key, value in self.head.items() if key != "policy"]
        lines += ["[policy]", *(f"{key} = {_toml(value)}" for key, value in self.head.get("policy", {}).items())]
        text = "\n".join(lines) + "\n"
        assert tomllib.loads(text) == dict(self.head), "dataset.toml does not say what the head says"
        (folder / "dataset.toml").write_text(text, encoding="utf-8")
        for name, rows in self.tables.items():
            _frame(name, rows).drop(LINE).write_csv(folder / f"{name}.csv")
        return folder


def random_company(
    seed: int, *, size: CompanySize | None = None, features: Collection[str] | None = None, bucket: str = ""
) -> Company:
    """The company of a seed; the same arguments give the same company.

    Without a size, features or bucket (month, week or 4-4-5) the seed chooses them: 2–4 plants, 1–3 warehouses, 2–6
    markets, 2–6 products, 2–3 levels of bills, 4–9 buckets, about half of `FEATURES`. Raises NoSuchFeature.
    """
    draw = Draw(seed, "company")
    drawn = CompanySize(*(draw.whole(low, high) for low, high in ((2, 4), (1, 3), (2, 6), (2, 6), (2, 3), (4, 9))))
    chosen = frozenset(name for name in FEATURES if draw.chance(0.5))
    usual = draw.one_of(("month", "week", "4-4-5"))
    if features is not None:
        unknown = sorted(set(features) - set(FEATURES))
        if unknown:
            raise NoSuchFeature(f"there is no feature {unknown[0]!r}; there are {', '.join(sorted(FEATURES))}")
        chosen = frozenset(features)
    sketch = Sketch(seed, size or drawn, chosen, bucket or usual)
    parts = (master_tables, maker_tables, stock_tables, demand_tables, money_tables)
    rows = {name: tuple(found) for part in parts for name, found in part(sketch).items() if found}
    tables = {name: rows[name] for name in TABLE_NAMES if name in rows}
    return Company(seed, sketch.size, chosen, _head(sketch), tables)


def _head(sketch: Sketch) -> dict[str, Any]:
    head: dict[str, Any] = {
        "name": f"Company {sketch.seed}",
        "currency": HOME,
        "bucket": sketch.bucket,
        "start": sketch.start,
        "horizon": sketch.size.horizon,
        "as_of": sketch.as_of,
        "history_to": sketch.calendar.end_of(sketch.history_end - 1),
    }
    if sketch.has("uoms"):
        head["volume_uom"] = "liter"
    return head | {"policy": _policy(sketch)}


def _policy(sketch: Sketch) -> dict[str, Any]:
    knobs: dict[str, Any] = {} if sketch.has("history") else {"baseline": "imported"}
    if sketch.has("knobs"):
        draw = sketch.draw("knobs")
        knobs |= {
            "holding_on": draw.one_of(("closing", "average")),
            "lead_time_rounding": draw.one_of(("nearest", "up")),
            "end_condition": draw.one_of(("target", "closing_min")),
            "consume_back": draw.whole(0, 2),
            "consume_forward": draw.whole(0, 2),
            "service_level_pct": draw.one_of((80, 90, 99)),
            "unmet_demand": draw.one_of(("backlog", "lost")),
            "safety_stock": draw.one_of(("policy", "policy", "none")),
            "cleansing": draw.one_of(("events", "none")),
            "outliers": draw.one_of(("replace", "keep")),
            "level_shifts": draw.one_of(("move", "keep")),
            "missing_history": draw.one_of(("zero", "unknown")),
            "reconciliation": draw.one_of(("none", "none", "within_markets", "over_markets", "crossed")),
        }
    return knobs


@dataclass(frozen=True)
class _Rows:
    """An origin (intake) whose tables are rows in memory."""

    given: Mapping[str, Any]
    rows: Mapping[str, tuple[Row, ...]]
    head_name: str = "dataset.toml"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"{name}.csv" for name in sorted(self.rows))

    def head(self) -> Mapping[str, Any]:
        return self.given

    def no_head(self) -> Finding:
        return WRONG_HEAD.found("file dataset.toml", "The company has no head.")

    def no_table(self, name: str) -> str:
        return TABLE_REQUIRED.found(f"table {name}", f"The company has no table {name}.").message

    def tables(self, spoken_for: frozenset[str]) -> tuple[dict[str, str], list[Finding]]:
        return {name: f"{name}.csv" for name in self.rows if f"{name}.csv" not in spoken_for}, []

    def read_table(
        self, name: str, *, encoding: str = "", separator: str = "", heading_line: int = 1
    ) -> tuple[RawTable, SourceFile]:
        rows = self.rows[name.removesuffix(".csv")]
        frame = _frame(name.removesuffix(".csv"), rows)
        columns = tuple(column for column in frame.columns if column != LINE)
        return RawTable(columns, frame), SourceFile(name, digest_json([_cells(row) for row in rows]), len(rows))


def _frame(name: str, rows: tuple[Row, ...]) -> pl.DataFrame:
    """Rows as text, the columns that some row fills in the order of the contract, with the line of each row."""
    filled = {column for row in rows for column in row}
    columns = [column for column in table(name).names if column in filled]
    assert filled == set(columns), f"table {name} has no column {', '.join(sorted(filled - set(columns)))}"
    cells = [_cells(row) for row in rows]
    frame = pl.DataFrame({column: [row.get(column, "") for row in cells] for column in columns})
    return frame.with_columns(pl.Series(LINE, range(2, len(rows) + 2), dtype=pl.Int64))


def _cells(row: Row) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in row.items()}


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else value.isoformat() if isinstance(value, date) else str(value)
