"""Reshape: a mapping's sections become deliveries. Reads files, puts sources together, applies the steps in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import reduce

import polars as pl

from equipoise.core.finding import Finding
from equipoise.core.snapshot import SourceFile
from equipoise.intake import steps
from equipoise.intake.delivery import Delivery, delivery_of
from equipoise.intake.findings import ROWS_SKIPPED
from equipoise.intake.mapping import Mapped, Pairs, Section, Source, Steps, refuse_mapping
from equipoise.intake.origin import Origin
from equipoise.intake.readers.raw import FILE, LINE, BrokenRow

_NTH = "@nth"


@dataclass(frozen=True, eq=False)
class _Made:
    """Rows made so far, with the rows that could not be read and what was noticed."""

    rows: pl.DataFrame
    broken: tuple[tuple[str, BrokenRow], ...] = ()
    files: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class Reshaper:
    """Makes deliveries from an origin and a mapping; views and files are read once."""

    def __init__(self, origin: Origin, mapped: Mapped) -> None:
        """`sources` grows with the files that are read."""
        self.origin, self.mapped = origin, mapped
        self.sources: dict[str, SourceFile] = {}
        self._views: dict[str, _Made] = {}
        self._files: dict[tuple[str, str, str, int], _Made] = {}
        self._open: list[str] = []
        patterns = [
            file
            for section in (*mapped.views.values(), *mapped.tables.values())
            for source in section.sources
            for file in (source.file, *(j.file for j in (*source.steps.join, *section.steps.join)))
            if file
        ]
        self.spoken_for = frozenset(name for pattern in patterns for name in matching(origin.names, pattern))
        """Files that the mapping reads; they are not also tables by their name."""

    def table(self, name: str) -> tuple[Delivery, list[Finding]]:
        """The delivery of one planning table; DatasetRefused where the mapping does not fit the files."""
        made = self._section(self.mapped.tables[name])
        return Delivery(made.rows, made.broken, tuple(dict.fromkeys(made.files))), list(dict.fromkeys(made.findings))

    def _view(self, name: str, where: str) -> _Made:
        if name not in self.mapped.views:
            refuse_mapping(where, f"There is no view {name!r}; there are {', '.join(self.mapped.views) or 'none'}.")
        if name in self._open:
            refuse_mapping(where, f"View {name!r} is made from itself: {' > '.join([*self._open, name])}.")
        if name not in self._views:
            self._open.append(name)
            self._views[name] = self._section(self.mapped.views[name])
            self._open.pop()
        return self._views[name]

    def _section(self, section: Section) -> _Made:
        parts = [self._source(source) for source in section.sources]
        frames = [part.rows for part in parts]
        rows = _beside(frames, section) if section.combine else _below(frames)
        rows = _filled(rows, section.fill, section.where)
        broken = tuple(row for part in parts for row in part.broken)
        files = tuple(file for part in parts for file in part.files)
        findings = tuple(finding for part in parts for finding in part.findings)
        return self._stepped(_Made(rows, broken, files, findings), section.steps, section.where)

    def _source(self, source: Source) -> _Made:
        made = self._origin(source.file, source.view, source)
        return self._stepped(made, source.steps, source.where)

    def _origin(self, file: str, view: str, source: Source) -> _Made:
        if view:
            return self._view(view, source.where)
        names = matching(self.origin.names, file)
        if not names:
            refuse_mapping(source.where, f"No file is called {file!r}.")
        parts = [self._file(name, source) for name in names]
        return _Made(
            _below([part.rows for part in parts]),
            tuple(row for part in parts for row in part.broken),
            tuple(names),
            tuple(finding for part in parts for finding in part.findings),
        )

    def _file(self, name: str, source: Source) -> _Made:
        key = (name, source.encoding, source.separator, source.heading_line)
        if key not in self._files:
            raw, self.sources[name] = self.origin.read_table(
                name,
                encoding=source.encoding,
                separator=source.separator,
                heading_line=source.heading_line,
            )
            delivery, findings = delivery_of(raw, name)
            self._files[key] = _Made(delivery.rows, delivery.broken, (name,), tuple(findings))
        return self._files[key]

    def _stepped(self, made: _Made, todo: Steps, where: str) -> _Made:
        """The steps in their fixed order (mapping.py); what leaves rows out is counted."""
        rows, notes = made.rows, list(made.findings)
        if todo.unpivot:
            rows = steps.unpivot(rows, todo.unpivot, f"{where}.unpivot")
        rows = steps.rename(rows, todo.rename, f"{where}.rename")
        rows = steps.constants(rows, todo.constants)
        rows = steps.replace(rows, todo.replace, f"{where}.replace")
        if todo.numbers:
            rows = steps.numbers(rows, todo.numbers, f"{where}.numbers")
        rows = steps.dates(rows, todo.dates, f"{where}.dates")
        for join in todo.join:
            place = f"{where}.join"
            other = self._origin(join.file, join.view, Source(place, join.file, join.view))
            rows = steps.join(rows, other.rows, join.on, join.take, place)
        rows = steps.text(rows, todo.text, f"{where}.text")
        kept = steps.where(rows, todo.where, f"{where}.where")
        notes += _skipped(rows, kept, where, "do not meet where")
        rows = steps.factor(kept, todo.factor, f"{where}.factor")
        rows = steps.difference(rows, todo.difference, f"{where}.difference")
        if todo.skip_zero:
            kept = steps.skip_zero(rows, todo.skip_zero, f"{where}.skip_zero")
            notes += _skipped(rows, kept, where, f"have no {' or '.join(todo.skip_zero)} but zero")
            rows = kept
        if todo.keep:
            steps.check_has(rows, list(todo.keep), f"{where}.keep")
            rows = rows.select(*todo.keep, FILE, LINE)
        if todo.distinct:
            kept = steps.distinct(rows, todo.distinct, f"{where}.distinct")
            notes += _skipped(rows, kept, where, "repeat another row")
            rows = kept
        if todo.sum:
            rows = steps.sum_up(rows, todo.sum, f"{where}.sum")
        rows = steps.ratio(rows, todo.ratio, f"{where}.ratio")
        return _Made(rows, made.broken, made.files, tuple(notes))


def matching(names: tuple[str, ...], pattern: str) -> list[str]:
    """Files whose name is `pattern` or fits it, blanks at the ends of names and before suffixes not counted.

    >>> matching(("a/Sales .csv", "a/Stock.csv"), "a/Sales.csv"), matching(("a/Sales .csv", "a/Stock.csv"), "a/S*.csv")
    (['a/Sales .csv'], ['a/Sales .csv', 'a/Stock.csv'])
    """
    wanted = _squeezed(pattern)
    exact = [name for name in names if _squeezed(name) == wanted]
    return exact or [name for name in names if fnmatchcase(_squeezed(name), wanted)]


def _squeezed(name: str) -> str:
    parts = [part.strip() for part in name.split("/")]
    stem, dot, suffix = parts[-1].rpartition(".")
    parts[-1] = f"{stem.strip()}{dot}{suffix.strip()}"
    return "/".join(parts)


def _below(frames: list[pl.DataFrame]) -> pl.DataFrame:
    joined = pl.concat(frames, how="diagonal")
    return joined.with_columns(pl.col(pl.String).fill_null(""))


def _beside(frames: list[pl.DataFrame], section: Section) -> pl.DataFrame:
    """Rows of one key side by side; the nth row of a key stands beside the nth row of that key in the other sources."""
    keys = list(section.combine)
    numbered = []
    for frame in frames:
        steps.check_has(frame, keys, f"{section.where}.combine")
        trimmed = frame.with_columns(pl.col(*keys).str.strip_chars())
        numbered.append(trimmed.with_columns(pl.int_range(pl.len()).over(keys).alias(_NTH)))
    return reduce(lambda left, right: _pair(left, right, keys, section.where), numbered).drop(_NTH)


def _pair(left: pl.DataFrame, right: pl.DataFrame, keys: list[str], where: str) -> pl.DataFrame:
    both = [c for c in steps.data_columns(right) if c in left.columns and c not in (*keys, _NTH)]
    if both:
        refuse_mapping(f"{where}.combine", f"Two sources give column {both[0]!r}; keep it in one of them.")
    joined = left.join(right, on=[*keys, _NTH], how="full", coalesce=True, suffix="@", maintain_order="left_right")
    placed = joined.with_columns(pl.coalesce(FILE, f"{FILE}@").alias(FILE), pl.coalesce(LINE, f"{LINE}@").alias(LINE))
    return placed.drop(f"{FILE}@", f"{LINE}@").with_columns(pl.col(pl.String).fill_null(""))


def _filled(rows: pl.DataFrame, fill: Pairs, where: str) -> pl.DataFrame:
    steps.check_has(rows, [column for column, _ in fill], f"{where}.fill")
    values: Mapping[str, str] = dict(fill)
    return rows.with_columns(
        pl.when(pl.col(column).str.strip_chars() == "").then(pl.lit(value)).otherwise(pl.col(column)).alias(column)
        for column, value in values.items()
    )


def _skipped(before: pl.DataFrame, after: pl.DataFrame, where: str, why: str) -> list[Finding]:
    count = before.height - after.height
    if not count:
        return []
    text = f"{count:,} of {before.height:,} rows {why}."
    return [ROWS_SKIPPED.found(f"mapping {where}", text, count=count)]
