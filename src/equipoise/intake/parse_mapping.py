"""Parse a mapping file key by key (the language stands in mapping.py); what is wrong is named with its section."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from equipoise.core.tables import TABLE_NAMES
from equipoise.intake.findings import WRONG_MAPPING
from equipoise.intake.head import parse_toml
from equipoise.intake.mapping import (
    OPERATORS,
    STEP_NAMES,
    Condition,
    Join,
    Mapped,
    Numbers,
    Pairs,
    Section,
    Source,
    Steps,
    Total,
    Unpivot,
    refuse_mapping,
)


def read_mapping(path: Path) -> Mapped:
    """The mapping file, checked key by key; DatasetRefused names the section and key that is wrong."""
    try:
        data = path.read_bytes()
    except OSError as error:
        refuse_mapping(path.name, f"The file cannot be read: {error.strerror}.")
    return parse_mapping(parse_toml(data, path.name, WRONG_MAPPING), path.name)


def parse_mapping(given: Mapping[str, Any], file: str) -> Mapped:
    """A parsed TOML document as a mapping.

    >>> parse_mapping({"tables": {"items": {"file": "a.csv", "renam": {}}}}, "m.toml")
    Traceback (most recent call last):
        ...
    equipoise.intake.draft.DatasetRefused: mapping tables.items: Key 'renam' is not known; did you mean rename? ...
    """
    _check_keys(given, ("dataset", "views", "tables"), file)
    sections: dict[str, dict[str, Section]] = {"views": {}, "tables": {}}
    for kind, found in sections.items():
        for name, section in _mapping(given.get(kind, {}), kind).items():
            if kind == "tables" and name not in TABLE_NAMES:
                near = get_close_matches(name, TABLE_NAMES, n=1)
                refuse_mapping(
                    f"tables.{name}", f"There is no such table{f'; did you mean {near[0]}?' if near else '.'}"
                )
            found[name] = _section(_mapping(section, f"{kind}.{name}"), f"{kind}.{name}")
    return Mapped(file, _mapping(given.get("dataset", {}), "dataset"), sections["views"], sections["tables"])


def _check_keys(given: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in given:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}."
            refuse_mapping(where, f"Key {key!r} is not known; {hint}")


def _section(given: Mapping[str, Any], where: str) -> Section:
    origin = ("file", "view", "encoding", "separator", "heading_line")
    _check_keys(given, ("sources", "combine", "fill", *origin, *STEP_NAMES), where)
    if "sources" in given:
        if any(key in given for key in origin):
            refuse_mapping(where, "Give either sources or one file or view, not both.")
        listed = given["sources"]
        if not isinstance(listed, list) or not listed:
            refuse_mapping(where, "sources must be a list of sections, [[...sources]].")
        sources = []
        for number, entry in enumerate(listed, start=1):
            place = f"{where}.sources {number}"
            source = _mapping(entry, place)
            _check_keys(source, (*origin, *STEP_NAMES), place)
            sources.append(_source(source, place, _steps(source, place)))
    else:
        sources = [_source(given, where, Steps())]
    return Section(
        where,
        tuple(sources),
        _names(given.get("combine", []), f"{where}.combine"),
        _pairs(given.get("fill", {}), f"{where}.fill"),
        _steps(given, where),
    )


def _source(given: Mapping[str, Any], where: str, steps: Steps) -> Source:
    if ("file" in given) == ("view" in given):
        refuse_mapping(where, "Give a file or a view to read from, one of them.")
    texts = {key: _text(given.get(key, ""), f"{where}.{key}") for key in ("file", "view", "encoding", "separator")}
    if texts["separator"] and len(texts["separator"]) != 1:
        refuse_mapping(f"{where}.separator", "It must be one character.")
    line = given.get("heading_line", 1)
    if isinstance(line, bool) or not isinstance(line, int) or line < 1:
        refuse_mapping(f"{where}.heading_line", f"{line!r} must be the number of a line, 1 or more.")
    return Source(where, **texts, heading_line=line, steps=steps)


def _steps(given: Mapping[str, Any], where: str) -> Steps:
    parsed = {name: _PARSERS[name](given[name], f"{where}.{name}") for name in STEP_NAMES if name in given}
    return Steps(**parsed)


def _mapping(given: object, where: str) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        refuse_mapping(where, "It must be a section of keys and values.")
    return given


def _text(given: object, where: str) -> str:
    if not isinstance(given, str):
        refuse_mapping(where, f"{given!r} must be a text in quotation marks.")
    return given


def _cell(given: object, where: str) -> str:
    """Constants may be written as numbers, days or truth values too."""
    if isinstance(given, Mapping | list):
        refuse_mapping(where, "It must be one value.")
    return str(int(given)) if isinstance(given, bool) else str(given)


def _names(given: object, where: str) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        refuse_mapping(where, "It must be a list of column names.")
    return tuple(given)


def _pairs(given: object, where: str) -> Pairs:
    return tuple((key, _cell(value, f"{where}.{key}")) for key, value in _mapping(given, where).items())


def _matched(given: object, where: str) -> Pairs:
    """Columns by name, or paired as {ours = theirs}."""
    if isinstance(given, list):
        return tuple((name, name) for name in _names(given, where))
    return _pairs(given, where)


def _unpivot(given: object, where: str) -> Unpivot:
    parts = _whole(given, ("keep", "heading", "value"), where)
    return Unpivot(_names(parts["keep"], where), _text(parts["heading"], where), _text(parts["value"], where))


def _whole(given: object, keys: tuple[str, ...], where: str) -> Mapping[str, Any]:
    parts = _mapping(given, where)
    _check_keys(parts, keys, where)
    missing = [key for key in keys if key not in parts]
    if missing:
        refuse_mapping(where, f"Key {missing[0]} is missing; it needs {', '.join(keys)}.")
    return parts


def _numbers(given: object, where: str) -> Numbers:
    parts = _mapping(given, where)
    _check_keys(parts, ("columns", "decimal", "thousands"), where)
    decimal, thousands = _text(parts.get("decimal", "."), where), _text(parts.get("thousands", ""), where)
    if len(decimal) != 1 or len(thousands) > 1 or decimal == thousands:
        refuse_mapping(where, "decimal must be one character, thousands another one or blank.")
    return Numbers(_names(parts.get("columns", None), f"{where}.columns"), decimal, thousands)


def _joins(given: object, where: str) -> tuple[Join, ...]:
    if not isinstance(given, list):
        refuse_mapping(where, "It must be a list, [{view, on, take}].")
    joins = []
    for entry in given:
        parts = _mapping(entry, where)
        _check_keys(parts, ("file", "view", "on", "take"), where)
        if ("file" in parts) == ("view" in parts) or "on" not in parts or "take" not in parts:
            refuse_mapping(where, "Each needs a file or a view, and on and take.")
        origin = {key: _text(parts.get(key, ""), where) for key in ("file", "view")}
        joins.append(Join(_matched(parts["on"], where), _matched(parts["take"], where), **origin))
    return tuple(joins)


def _conditions(given: object, where: str) -> tuple[Condition, ...]:
    if not isinstance(given, list):
        refuse_mapping(where, "It must be a list, [{column, op, value}].")
    conditions = []
    for entry in given:
        parts = _mapping(entry, where)
        _check_keys(parts, ("column", "op", "value"), where)
        op = parts.get("op")
        if op not in OPERATORS:
            refuse_mapping(where, f"op {op!r} is not known; there are {', '.join(OPERATORS)}.")
        if "column" not in parts or ("value" not in parts and "blank" not in op):
            refuse_mapping(where, "Each needs column, op and value.")
        value = parts.get("value", "")
        if op in ("in", "not in"):
            if not isinstance(value, list):
                refuse_mapping(where, f"op {op} needs a list of values.")
            value = tuple(_cell(each, where) for each in value)
        elif not isinstance(value, int | float) or isinstance(value, bool):
            value = _cell(value, where)
        conditions.append(Condition(_text(parts["column"], where), op, value))
    return tuple(conditions)


def _factors(given: object, where: str) -> tuple[tuple[str, float], ...]:
    found = []
    for column, value in _mapping(given, where).items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            refuse_mapping(where, f"{column} = {value!r} must be a number.")
        found.append((column, float(value)))
    return tuple(found)


def _distinct(given: object, where: str) -> bool | tuple[str, ...]:
    return given if isinstance(given, bool) else _names(given, where)


def _total(given: object, where: str) -> Total:
    parts = _whole(given, ("by", "of"), where)
    return Total(_names(parts["by"], where), _names(parts["of"], where))


def _two_columns(given: object, where: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = tuple((column, _names(pair, where)) for column, pair in _mapping(given, where).items())
    for column, names in found:
        if len(names) != 2:
            refuse_mapping(where, f"{column} needs a list of two columns.")
    return found


def _replacements(given: object, where: str) -> tuple[tuple[str, Pairs], ...]:
    return tuple((column, _pairs(pairs, f"{where}.{column}")) for column, pairs in _mapping(given, where).items())


_PARSERS: Mapping[str, Callable[[object, str], Any]] = {
    "unpivot": _unpivot,
    "rename": _pairs,
    "constants": _pairs,
    "replace": _replacements,
    "numbers": _numbers,
    "dates": _pairs,
    "join": _joins,
    "text": _pairs,
    "where": _conditions,
    "factor": _factors,
    "skip_zero": _names,
    "distinct": _distinct,
    "sum": _total,
    "difference": _two_columns,
    "ratio": _two_columns,
    "keep": _names,
}
