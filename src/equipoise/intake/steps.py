"""The steps of a mapping, one function each: rows of text in, rows of text out, every row with its file and line.

A cell that is no number where a step needs one is left as it is, so that conforming finds it and names its place.
"""

import re
from datetime import datetime
from math import fsum

import polars as pl

from equipoise.core.correction import NUMBER
from equipoise.intake.cells import numbers_of
from equipoise.intake.mapping import Condition, Numbers, Pairs, Total, Unpivot, refuse_mapping
from equipoise.intake.readers.raw import FILE, LINE


def data_columns(rows: pl.DataFrame) -> list[str]:
    """Columns other than the row's place."""
    return [column for column in rows.columns if column not in (FILE, LINE)]


def check_has(rows: pl.DataFrame, columns: list[str], where: str) -> None:
    """Refuse a step that names a column which is not there."""
    missing = [column for column in columns if column not in rows.columns]
    if missing:
        refuse_mapping(where, f"There is no column {missing[0]!r}; there are {', '.join(data_columns(rows)[:30])}.")


def unpivot(rows: pl.DataFrame, step: Unpivot, where: str) -> pl.DataFrame:
    """One row for each cell outside `keep`; blanks around a heading do not count."""
    check_has(rows, list(step.keep), where)
    wide = [column for column in data_columns(rows) if column not in step.keep]
    if not wide:
        refuse_mapping(where, "All columns are kept; nothing is left to unpivot.")
    if {step.heading, step.value} & {*step.keep, FILE, LINE} or step.heading == step.value:
        refuse_mapping(where, "heading and value must be two new columns.")
    return rows.unpivot(on=wide, index=[*step.keep, FILE, LINE], variable_name=step.heading, value_name=step.value)


def rename(rows: pl.DataFrame, pairs: Pairs, where: str) -> pl.DataFrame:
    """Columns under their new names; a name must not come to stand twice."""
    check_has(rows, [old for old, _ in pairs], where)
    names = [dict(pairs).get(column, column) for column in rows.columns]
    twice = [name for name in names if names.count(name) > 1]
    if twice or any(new.startswith("@") for _, new in pairs):
        refuse_mapping(where, f"Column {twice[0]!r} would stand twice." if twice else "Names may not begin with @.")
    return rows.rename(dict(pairs))


def constants(rows: pl.DataFrame, pairs: Pairs) -> pl.DataFrame:
    """The same value in every row."""
    return rows.with_columns(pl.lit(value).alias(column) for column, value in pairs)


def replace(rows: pl.DataFrame, steps: tuple[tuple[str, Pairs], ...], where: str) -> pl.DataFrame:
    """Whole cells by other ones; blanks around a cell do not count."""
    check_has(rows, [column for column, _ in steps], where)
    return rows.with_columns(pl.col(column).str.strip_chars().replace(dict(pairs)) for column, pairs in steps)


def numbers(rows: pl.DataFrame, step: Numbers, where: str) -> pl.DataFrame:
    """Numbers in plain notation where a cell is well written in the stated one."""
    check_has(rows, list(step.columns), where)
    decimal, thousands = re.escape(step.decimal), re.escape(step.thousands)
    if step.thousands == " ":
        thousands = "[ \u00a0\u202f]"
    grouped = f"|[0-9]{{1,3}}(?:{thousands}[0-9]{{3}})+" if step.thousands else ""
    pattern = f"^[+-]?(?:[0-9]+{grouped})(?:{decimal}[0-9]*)?$"
    changed = []
    for name in step.columns:
        cell = pl.col(name).str.strip_chars()
        plain = cell.str.replace_all(thousands, "") if step.thousands else cell
        changed.append(
            pl.when(cell.str.contains(pattern)).then(plain.str.replace(step.decimal, ".", literal=True)).otherwise(cell)
        )
    return rows.with_columns(expression.alias(name) for name, expression in zip(step.columns, changed, strict=True))


def dates(rows: pl.DataFrame, pairs: Pairs, where: str) -> pl.DataFrame:
    """Days in ISO notation where a cell fits the stated format."""
    check_has(rows, [column for column, _ in pairs], where)
    for column, style in pairs:
        cells = rows[column].str.strip_chars()
        found = {text: _day(text, style) for text in cells.unique().to_list()}
        rows = rows.with_columns(cells.replace_strict(found, return_dtype=pl.String).alias(column))
    return rows


def _day(text: str, style: str) -> str:
    try:
        return datetime.strptime(text, style).date().isoformat()
    except ValueError:
        return text  # left for conforming to find, with its place


def join(rows: pl.DataFrame, other: pl.DataFrame, on: Pairs, take: Pairs, where: str) -> pl.DataFrame:
    """Columns of the one row of `other` that agrees in `on`, blank where none does."""
    check_has(rows, [ours for ours, _ in on], where)
    check_has(other, [theirs for _, theirs in (*on, *take)], where)
    twice = [ours for ours, _ in take if ours in rows.columns]
    if twice:
        refuse_mapping(where, f"Column {twice[0]!r} is there already.")
    keys = [f"@on {number}" for number in range(len(on))]
    trimmed = other.select(
        *(pl.col(theirs).str.strip_chars().alias(key) for key, (_, theirs) in zip(keys, on, strict=True)),
        *(pl.col(theirs).alias(ours) for ours, theirs in take),
    ).unique(maintain_order=True)
    double = trimmed.filter(pl.struct(keys).is_duplicated())
    if double.height:
        shown = ", ".join(double.select(keys).row(0))
        refuse_mapping(where, f"Two different rows agree in {shown}; use distinct or sum there.")
    left = rows.with_columns(pl.col(ours).str.strip_chars().alias(key) for key, (ours, _) in zip(keys, on, strict=True))
    joined = left.join(trimmed, on=keys, how="left", maintain_order="left")
    return joined.drop(keys).with_columns(pl.col(ours).fill_null("") for ours, _ in take)


def text(rows: pl.DataFrame, pairs: Pairs, where: str) -> pl.DataFrame:
    """Cells put together by a pattern with columns in braces."""
    for column, pattern in pairs:
        parts = re.split(r"\{([^{}]+)\}", pattern)
        check_has(rows, parts[1::2], where)
        pieces = [pl.col(part).str.strip_chars() if number % 2 else pl.lit(part) for number, part in enumerate(parts)]
        rows = rows.with_columns(pl.concat_str(pieces).alias(column))
    return rows


def where(rows: pl.DataFrame, conditions: tuple[Condition, ...], place: str) -> pl.DataFrame:
    """Rows that meet all conditions; numbers compare as numbers, texts (and so ISO days) as texts."""
    check_has(rows, [condition.column for condition in conditions], place)
    for condition in conditions:
        rows = rows.filter(_meets(rows[condition.column].str.strip_chars(), condition))
    return rows


def _meets(cells: pl.Series, condition: Condition) -> pl.Series:
    value, op = condition.value, condition.op
    if op in ("blank", "not blank"):
        met = cells == ""
        return met if op == "blank" else ~met
    if isinstance(value, tuple):
        met = cells.is_in(list(value))
        return met if op == "in" else ~met
    if isinstance(value, int | float):
        cells = numbers_of(cells)
    compared = {
        "=": cells == value,
        "!=": cells != value,
        "<": cells < value,
        "<=": cells <= value,
        ">": cells > value,
        ">=": cells >= value,
    }[op]
    return compared.fill_null(op == "!=")


def factor(rows: pl.DataFrame, pairs: tuple[tuple[str, float], ...], where: str) -> pl.DataFrame:
    """Numbers times a factor."""
    check_has(rows, [column for column, _ in pairs], where)
    for column, number in pairs:
        cells = rows[column].str.strip_chars()
        scaled = [None if value is None else repr(value * number) for value in numbers_of(cells).to_list()]
        changed = pl.Series(column, scaled, dtype=pl.String)
        rows = rows.with_columns(pl.coalesce(changed, cells).alias(column))
    return rows


def difference(rows: pl.DataFrame, pairs: tuple[tuple[str, tuple[str, ...]], ...], where: str) -> pl.DataFrame:
    """One column less another, blanks as 0; a cell that is no number stands for the result, to be found later."""
    for column, (whole, part) in pairs:
        check_has(rows, [whole, part], where)
        first, second = (rows[name].str.strip_chars().replace("", "0") for name in (whole, part))
        cells = [
            (one if a is None else other) if a is None or b is None else repr(a - b)
            for one, other, a, b in zip(first, second, numbers_of(first), numbers_of(second), strict=True)
        ]
        rows = rows.with_columns(pl.Series(column, cells, dtype=pl.String))
    return rows


def skip_zero(rows: pl.DataFrame, columns: tuple[str, ...], where: str) -> pl.DataFrame:
    """Rows in which some of `columns` is neither zero nor blank."""
    check_has(rows, list(columns), where)
    nothing = pl.Series([True] * rows.height, dtype=pl.Boolean)
    for column in columns:
        cells = rows[column].str.strip_chars()
        nothing = nothing & ((cells == "") | (numbers_of(cells) == 0.0).fill_null(False))
    return rows.filter(~nothing)


def distinct(rows: pl.DataFrame, step: bool | tuple[str, ...], where: str) -> pl.DataFrame:
    """One row of those that agree in all cells, or in some: then the lowest in text order, whatever their order."""
    cells = data_columns(rows)
    by = cells if isinstance(step, bool) else list(step)
    check_has(rows, by, where)
    trimmed = rows.with_columns(pl.col(*cells).str.strip_chars())
    return trimmed.sort([*cells, FILE, LINE]).unique(by, keep="first", maintain_order=True).sort(FILE, LINE)


def sum_up(rows: pl.DataFrame, step: Total, where: str) -> pl.DataFrame:
    """One row for each `by` with exact sums of `of`; rows with a cell that is no number stay, to be found later."""
    check_has(rows, [*step.by, *step.of], where)
    rows = rows.select(*(pl.col(c).str.strip_chars() for c in (*step.by, *step.of)), FILE, LINE)
    odd = rows.select(
        pl.any_horizontal((pl.col(*step.of) != "") & ~pl.col(*step.of).str.contains(NUMBER)).alias("odd")
    )["odd"]
    groups = rows.filter(~odd).group_by(step.by, maintain_order=True).agg(pl.col(*step.of), pl.col(FILE, LINE).first())
    sums = [pl.Series(name, [_sum(cells) for cells in groups[name].to_list()], dtype=pl.String) for name in step.of]
    return pl.concat([groups.with_columns(sums).select(rows.columns), rows.filter(odd)])


def _sum(cells: list[str]) -> str:
    filled = [float(cell) for cell in cells if cell]
    return repr(fsum(filled)) if filled else ""


def ratio(rows: pl.DataFrame, pairs: tuple[tuple[str, tuple[str, ...]], ...], where: str) -> pl.DataFrame:
    """Quotients of two columns."""
    for column, (over, under) in pairs:
        check_has(rows, [over, under], where)
        values = zip(numbers_of(rows[over].str.strip_chars()), numbers_of(rows[under].str.strip_chars()), strict=True)
        cells = ["" if a is None or not b else repr(a / b) for a, b in values]
        rows = rows.with_columns(pl.Series(column, cells, dtype=pl.String))
    return rows
