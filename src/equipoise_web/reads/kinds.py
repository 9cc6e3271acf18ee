"""Kinds of adjustment as JSON Schema, made from the dataclasses that the engine reads them into."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from inspect import getdoc
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

from equipoise.catalog import CHANGES
from equipoise.core.adjustment import FUNCTIONS, Amount, Change, Scope, Spread, SpreadRule
from equipoise.core.knob import KNOBS, KnobValue
from equipoise_web.access import Access, Right

_NUMBER_OR_TEXT = {"type": ["number", "string"]}
_OPERATIONS = [
    {
        "type": "object",
        "properties": {word: {"type": "number"}},
        "required": [word],
        "additionalProperties": False,
    }
    for word in ("set", "add", "scale")
]
_FORMS: Mapping[Any, Mapping[str, Any]] = {
    Amount: {
        "description": 'What is typed: 1200 sets, "+50" adds, "+10%" scales; or one of the objects.',
        "anyOf": [_NUMBER_OR_TEXT, *_OPERATIONS],
        "examples": ["+10%", 1200, {"add": -50}],
    },
    Spread: {
        "description": "How an amount at a node reaches the cells below it.",
        "anyOf": [
            {"enum": list(get_args(SpreadRule))},
            {
                "type": "object",
                "properties": {"rule": {"enum": list(get_args(SpreadRule))}, "measure": {"type": "string"}},
                "required": ["rule"],
            },
        ],
    },
    KnobValue: {"type": ["string", "number", "boolean"]},
    tuple[str, ...] | None: {"type": ["array", "null"], "items": {"type": "string"}},
    str: {"type": "string"},
    float: {"type": "number"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
    date | None: {"type": ["string", "null"], "format": "date"},
}
"""Types that fields of a kind have."""


@dataclass(frozen=True)
class KindRow:
    """One kind: the stage that applies it, what becomes of it when the month rolls, and the form of its body."""

    kind: str
    meaning: str
    stage: str
    on_roll: str
    may_propose: bool
    schema: dict[str, Any]


def read_kinds(who: Access) -> tuple[KindRow, ...]:
    """Every kind, in the order of the catalogue, and whether the person may propose it somewhere."""
    who.require(Right.READ)
    return tuple(
        KindRow(
            change.kind,
            (getdoc(change) or "").partition("\n\n")[0].replace("\n", " "),
            change.stage,
            change.on_roll,
            who.may(Right.PROPOSE, kind=change.kind),
            kind_schema(change),
        )
        for change in CHANGES
    )


def kind_schema(change: type[Change]) -> dict[str, Any]:
    """JSON Schema (2020-12) of an adjustment of this kind, as `POST /adjustments` takes it beside `scenario`.

    >>> from equipoise.core.policy_change import SetPolicy
    >>> schema = kind_schema(SetPolicy)
    >>> schema["required"], schema["properties"]["kind"]
    (['kind', 'reason', 'knob', 'value'], {'const': 'set_policy'})
    """
    own, required = _properties(change)
    if "knob" in own:
        own["knob"] = {"enum": [knob.name for knob in KNOBS]}
    scope, _ = _properties(Scope)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": change.kind,
        "type": "object",
        "properties": {
            "kind": {"const": change.kind},
            **own,
            "scope": {
                "description": "One node per dimension (blank: all), first and last day.",
                "type": "object",
                "properties": scope,
                "additionalProperties": False,
            },
            "reason": {"type": "string", "minLength": 1, "maxLength": 500},
            "reason_code": {"type": "string"},
            "function": {"enum": list(FUNCTIONS)},
            "confidence_pct": {"type": ["number", "null"]},
            "supersedes": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["kind", "reason", *required],
        "additionalProperties": False,
    }


def _properties(form: type) -> tuple[dict[str, Any], list[str]]:
    """The fields of a dataclass, and the names of those that have no default."""
    hints = get_type_hints(form)
    names = fields(cast(Any, form))
    required = [field.name for field in names if field.default is MISSING and field.default_factory is MISSING]
    return {field.name: _form(hints[field.name]) for field in names}, required


def _form(hint: Any) -> dict[str, Any]:  # noqa: ANN401 - a type
    if get_origin(hint) is Literal:
        return {"enum": list(get_args(hint))}
    return dict(_FORMS[hint])
