"""Adjustments as JSON and back: one shape for files, API and fingerprints, made from the dataclasses themselves.

{"id": "a1", "kind": "demand_input", "function": "sales", "amount": "+10%",
 "scope": {"item": "tools", "first": "2027-04-01", "last": "2027-04-30"}, "reason": "spring campaign"}
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import Any, get_args, get_type_hints

from equipoise.catalog import CHANGE_BY_KIND
from equipoise.core.adjustment import (
    FUNCTIONS,
    Adjustment,
    Amount,
    Change,
    Ruling,
    Scope,
    Spread,
    SpreadRule,
    Verdict,
    WrongAdjustment,
)
from equipoise.core.identity import digest_json
from equipoise.core.policy_change import SetPolicy

_OWN = {
    "id",
    "kind",
    "scope",
    "function",
    "author",
    "reason_code",
    "reason",
    "confidence_pct",
    "seq",
    "supersedes",
}

_ADDED_LATER = ("expires_on",)
"""Fields that a kind gained later: left out where they say nothing, so what was asked before keeps its fingerprint."""


def question_of(adjustment: Adjustment) -> dict[str, Any]:
    """What an adjustment asks: id, kind, change, scope and function; not its words, author or time."""
    change = _plain(asdict(adjustment.change))  # type: ignore[call-overload]  # every kind is a dataclass
    return {
        "id": adjustment.id,
        "kind": adjustment.change.kind,
        "change": {name: value for name, value in change.items() if name not in _ADDED_LATER or value is not None},
        "scope": _plain(asdict(adjustment.scope)),
        "function": adjustment.function,
    }


def adjustment_as_json(adjustment: Adjustment) -> dict[str, Any]:
    """The whole adjustment, in the shape that `adjustment_from_json` reads."""
    question = question_of(adjustment)
    return {
        "id": question["id"],
        "kind": question["kind"],
        **question["change"],
        "scope": {name: value for name, value in question["scope"].items() if value not in ("", None)},
        "function": adjustment.function,
        "author": adjustment.author,
        "reason_code": adjustment.reason_code,
        "reason": adjustment.reason,
        "confidence_pct": adjustment.confidence_pct,
        "seq": adjustment.seq,
        "supersedes": list(adjustment.supersedes),
    }


def read_adjustments(path: Path) -> tuple[list[Adjustment], list[Ruling]]:
    """Adjustments and rulings of a JSON file: one, a list, or {"adjustments": [...], "rulings": [...]}."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise WrongAdjustment(f"{path.name} cannot be read as JSON: {error}") from error
    if isinstance(raw, Mapping) and "adjustments" in raw:
        adjustments, rulings = raw["adjustments"], raw.get("rulings", [])
    else:
        adjustments, rulings = (raw if isinstance(raw, list) else [raw]), []
    found = [adjustment_from_json(entry, seq=number + 1) for number, entry in enumerate(adjustments)]
    twice = {a.id for a in found if [b.id for b in found].count(a.id) > 1}
    if twice:
        raise WrongAdjustment(f"{path.name}: ids stand twice: {', '.join(sorted(twice))}; give each adjustment its own")
    return found, [_ruling(entry, {a.id for a in found}) for entry in rulings]


def adjustment_from_json(raw: object, *, seq: int = 0) -> Adjustment:
    """An adjustment; WrongAdjustment names the field that is wrong and what it may be."""
    if not isinstance(raw, Mapping):
        raise WrongAdjustment(f"an adjustment is an object with a kind, not {raw!r}")
    kind = str(raw.get("kind"))
    if kind not in CHANGE_BY_KIND:
        near = get_close_matches(kind, CHANGE_BY_KIND, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise WrongAdjustment(f"kind {kind!r} is not one of {', '.join(sorted(CHANGE_BY_KIND))}{hint}")
    function = raw.get("function", "demand")
    if function not in FUNCTIONS:
        raise WrongAdjustment(f"function {function!r} is not one of {', '.join(FUNCTIONS)}")
    change = _change(CHANGE_BY_KIND[kind], raw)
    scope = _scope(raw.get("scope", {}))
    content = {"kind": kind, "raw": _plain(dict(raw)), "seq": seq}
    confidence = raw.get("confidence_pct")
    return Adjustment(
        id=str(raw.get("id") or f"adj-{digest_json(content)[:10]}"),
        change=change,
        scope=scope,
        function=function,
        author=str(raw.get("author", "")),
        reason_code=str(raw.get("reason_code", "")),
        reason=str(raw.get("reason", "")),
        confidence_pct=None if confidence is None else _number("confidence_pct", confidence),
        seq=int(_number("seq", raw.get("seq", seq) or seq)),
        supersedes=_codes("supersedes", raw.get("supersedes")) or (),
    )


def set_policy(text: str, *, seq: int) -> Adjustment:
    """`workforce=integer` as the adjustment it is."""
    name, sign, value = text.partition("=")
    if not sign:
        raise WrongAdjustment(f"--set {text!r} must be KNOB=VALUE, such as workforce=integer")
    change = SetPolicy(name.strip(), value.strip())
    return Adjustment(f"set-{change.knob}", change, function="coordinator", reason="set on the command line", seq=seq)


def _change(kind: type[Change], raw: Mapping[str, Any]) -> Change:
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]  # every kind is a dataclass
    unknown = set(raw) - _OWN - set(names)
    if unknown:
        raise WrongAdjustment(
            f"{kind.kind} has no field {', '.join(sorted(unknown))}; it has {', '.join(sorted(_OWN | set(names)))}"
        )
    hints = get_type_hints(kind)
    given = {name: _field(name, hints[name], raw[name]) for name in names if name in raw}
    try:
        return kind(**given)
    except TypeError as error:
        missing = [name for name in names if name not in given]
        raise WrongAdjustment(f"{kind.kind} needs {', '.join(missing)}") from error


def _field(name: str, hint: object, value: object) -> Any:  # noqa: ANN401 - a field of any kind
    if hint is Amount:
        return _amount(value)
    if hint is Spread:
        return _spread(value)
    if hint == tuple[str, ...] | None:
        return _codes(name, value)
    if hint is str and not isinstance(value, str):
        raise WrongAdjustment(f"{name} {value!r} must be a text")
    if hint is float:
        return _number(name, value)
    if hint in (date, date | None):
        return None if hint is not date and value in ("", None) else _date(name, value)
    return int(_number(name, value)) if hint is int else value


def _codes(name: str, value: object) -> tuple[str, ...] | None:
    if value is None:
        return None
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise WrongAdjustment(f'{name} {value!r} must be a list of codes, such as ["EVT1", "EVT2"]')
    return tuple(str(code) for code in value)


def _amount(value: object) -> Amount:
    if isinstance(value, str):
        return Amount.parse(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Amount("set", _number("amount", value))
    if isinstance(value, Mapping):
        if set(value) == {"operation", "value"} and value["operation"] in ("set", "add", "scale"):
            return Amount(value["operation"], _number("amount", value["value"]))
        if len(value) == 1 and next(iter(value)) in ("set", "add", "scale"):
            ((operation, number),) = value.items()
            return Amount(operation, _number("amount", number))
    raise WrongAdjustment(
        f'amount {value!r} must be 1200, "+50", "+10%" or {{"set": 1200}}, {{"add": 50}}, {{"scale": 10}}'
    )


def _spread(value: object) -> Spread:
    rules = get_args(SpreadRule)
    given = value if isinstance(value, Mapping) else {"rule": value}
    for rule in rules:
        if rule == given.get("rule"):
            return Spread(rule, str(given.get("measure", "")))
    raise WrongAdjustment(f"spread {value!r} must be one of {', '.join(rules)}")


def _scope(raw: object) -> Scope:
    names = {field.name for field in fields(Scope)}
    if not isinstance(raw, Mapping) or set(raw) - names:
        raise WrongAdjustment(f"scope {raw!r} must be an object with some of {', '.join(sorted(names))}")
    item, market, location, resource = (str(raw.get(name) or "") for name in ("item", "market", "location", "resource"))
    return Scope(item, market, location, resource, _day("first", raw), _day("last", raw))


def _day(name: str, raw: Mapping[str, Any]) -> date | None:
    return _date(f"scope.{name}", raw[name]) if raw.get(name) else None


def _date(name: str, value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise WrongAdjustment(f"{name} {value!r} is not a date; write it as 2027-04-30") from error


def _ruling(raw: object, known: set[str]) -> Ruling:
    if not isinstance(raw, Mapping) or raw.get("adjustment") not in known:
        raise WrongAdjustment(f"ruling {raw!r} must name one of the adjustments {', '.join(sorted(known))}")
    if raw.get("verdict") not in get_args(Verdict):
        raise WrongAdjustment(f"verdict {raw.get('verdict')!r} must be one of {', '.join(get_args(Verdict))}")
    words = {name: str(raw.get(name, "")) for name in ("by", "at", "because")}
    return Ruling(str(raw["adjustment"]), raw["verdict"], **words)


def _number(name: str, value: object) -> float:
    try:
        number = float(str(value))
    except ValueError as error:
        raise WrongAdjustment(f"{name} {value!r} must be a number") from error
    if not isfinite(number):
        raise WrongAdjustment(f"{name} must be a number that is known and finite, not {str(value)[:20]}")
    return number


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON in, JSON out
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(entry) for entry in value]
    return value.isoformat() if isinstance(value, date) else value
