"""The fields of a kind of adjustment, from its dataclass: what they ask, and what was typed into them as JSON.

>>> [(each.name, each.type) for each in fields_asked("promotion")][:2]
[('uplift_pct', 'number'), ('forward_buy_pct', 'number')]
>>> values, errors = read_fields("promotion", {"uplift_pct": "a lot"})
>>> errors["uplift_pct"]
"'a lot' is not a number; write 25 or 2.5"
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.catalog import CHANGE_BY_KIND
from equipoise.core.adjustment import Amount, Change, Spread, SpreadRule
from equipoise.core.errors import EquipoiseError
from equipoise.core.form_field import fields_of
from equipoise.core.knob import KNOBS
from equipoise.core.table import UnknownName
from equipoise_web.expiry import today, usual_expiry

SPREADS: dict[SpreadRule, str | Promise] = {
    "as_is": gettext_lazy("As the numbers stand"),
    "equal": gettext_lazy("Equally"),
    "last_year": gettext_lazy("Like last year"),
    "like": gettext_lazy("Like the baseline"),
}
LIKE = "demand_baseline_qty"
SPREADS_OF_KIND: dict[str, dict[SpreadRule, str | Promise]] = {
    "production_override": {
        "as_is": gettext_lazy("As the base plan makes it"),
        "equal": gettext_lazy("Equally"),
        "like": gettext_lazy("Like the demand of each place"),
    },
}
"""Kinds with spreads of their own."""
LIKE_OF_KIND = {"production_override": "demand_sourced_qty"}
WORDS_OF_TRUTH = {"yes": True, "no": False}


@dataclass(frozen=True)
class FormField:
    """One field: what it is called, what to type, what was typed and what is wrong with it."""

    name: str
    label: str
    unit: str = ""
    help: str = ""
    type: str = "text"
    """amount, number, whole, date, choice, list or text."""
    choices: tuple[tuple[str, str], ...] = ()
    is_required: bool = False
    value: str = ""
    error: str = ""


def change_of(kind: str) -> type[Change]:
    """The dataclass of a kind; UnknownName if there is none."""
    if kind not in CHANGE_BY_KIND:
        raise UnknownName(f"there is no kind of adjustment {kind!r}; there are {', '.join(sorted(CHANGE_BY_KIND))}")
    return CHANGE_BY_KIND[kind]


def fields_asked(kind: str) -> tuple[FormField, ...]:
    """The fields of a kind, from its dataclass, with their defaults."""
    change = change_of(kind)
    hints, said = get_type_hints(change), fields_of(change)
    return tuple(
        FormField(
            name=each.name,
            label=_(said[each.name].label),
            unit=said[each.name].unit,
            help=said[each.name].help,
            type="choice" if _choices(kind, each.name, hints[each.name]) else _type(hints[each.name]),
            choices=_choices(kind, each.name, hints[each.name]),
            is_required=each.default is MISSING and each.default_factory is MISSING,
            value=usual_expiry(today()).isoformat() if each.name == "expires_on" else _default(each.default),
        )
        for each in fields(change)  # type: ignore[arg-type]  # every kind is a dataclass
    )


def read_fields(kind: str, typed: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """What was typed into the fields of a kind as JSON, and what is wrong by field; what is left empty is left out."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for asked in fields_asked(kind):
        text = typed.get(asked.name, "").strip()
        if not text:
            if asked.is_required:
                errors[asked.name] = _("%(label)s is missing") % {"label": asked.label}
            continue
        try:
            values[asked.name] = read_value(asked, text, like=LIKE_OF_KIND.get(kind, LIKE))
        except (ValueError, EquipoiseError) as error:
            errors[asked.name] = str(error)
    return values, errors


def read_value(asked: FormField, text: str, *, like: str = LIKE) -> Any:  # noqa: ANN401 - JSON
    """One value as JSON, `like` the measure that a spread follows; ValueError or WrongAdjustment says what to write
    instead."""
    if asked.type == "amount":
        amount = Amount.parse(text)
        return {"operation": amount.operation, "value": amount.value}
    if asked.type in ("number", "whole"):
        return _read_number(text, is_whole=asked.type == "whole")
    if asked.type == "date":
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError as error:
            raise ValueError(_("%(text)r is not a day; write it as 2027-04-30") % {"text": text}) from error
    if asked.choices and text not in dict(asked.choices):
        raise ValueError(
            _("%(text)r is not one of %(choices)s") % {"text": text, "choices": ", ".join(dict(asked.choices))}
        )
    if asked.type == "list":
        return [part.strip() for part in text.split(";") if part.strip()]
    if text == "like" and asked.choices and {"as_is", "like"} <= set(dict(asked.choices)):
        return {"rule": "like", "measure": like}
    return WORDS_OF_TRUTH.get(text, text) if asked.choices else text


def typed_from(body: Mapping[str, Any]) -> dict[str, str]:
    """What would have to be typed to get an adjustment's body again: to propose it anew, changed."""
    typed = {
        name: str(body[name]) for name in ("reason", "reason_code", "confidence_pct") if body.get(name) is not None
    }
    typed |= {name: str(node) for name, node in dict(body.get("scope", {})).items()}
    for name, value in body.items():
        if isinstance(value, Mapping) and set(value) == {"operation", "value"}:
            typed[name] = _typed_amount(Amount(value["operation"], value["value"]))
        elif isinstance(value, Mapping) and "rule" in value:
            typed[name] = str(value["rule"])
        elif isinstance(value, list) and name != "supersedes":
            typed[name] = "; ".join(str(part) for part in value)
        elif isinstance(value, bool):
            typed[name] = "yes" if value else "no"
        elif isinstance(value, str | float | int):
            typed.setdefault(name, f"{value:g}" if isinstance(value, float) else str(value))
    return typed


def _typed_amount(amount: Amount) -> str:
    if amount == Amount("scale", 0.0):
        return ""
    if amount.operation == "set":
        return f"{amount.value:g}"
    return f"{amount.value:+g}" + ("%" if amount.operation == "scale" else "")


def _type(hint: object) -> str:
    if get_origin(hint) is Literal or hint is Spread or hint is bool:
        return "choice"
    inner = [part for part in get_args(hint) if part is not NoneType]
    if NoneType in get_args(hint) and len(inner) == 1:
        return _type(inner[0])
    if get_origin(hint) is tuple:
        return "list"
    return {Amount: "amount", float: "number", int: "whole", date: "date"}.get(hint, "text")  # type: ignore[call-overload, no-any-return]


def _choices(kind: str, name: str, hint: object) -> tuple[tuple[str, str], ...]:
    if kind == "set_policy" and name == "knob":
        return tuple((knob.name, knob.name.replace("_", " ").capitalize()) for knob in KNOBS)
    if hint is Spread:
        return tuple((rule, str(label)) for rule, label in SPREADS_OF_KIND.get(kind, SPREADS).items())
    if hint is bool:
        return (("yes", _("Yes")), ("no", _("No")))
    if get_origin(hint) is Literal:
        return tuple((str(word), _word_label(str(word))) for word in get_args(hint))
    return ()


def _word_label(word: str) -> str:
    """A choice as it is shown; names such as TSB stay as they are."""
    return word if word.isupper() else word.replace("_", " ").capitalize()


def _default(value: object) -> str:
    if value is MISSING or value is None or isinstance(value, Spread | tuple):
        return ""
    if isinstance(value, Amount):
        return _typed_amount(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float | int) else str(value)


def _read_number(text: str, *, is_whole: bool) -> float | int:
    plain = text.removesuffix("%").strip().replace("−", "-").replace("\u00a0", "")
    try:
        number = float(plain)
    except ValueError as error:
        raise ValueError(_("%(text)r is not a number; write 25 or 2.5") % {"text": text}) from error
    if not abs(number) < float("inf"):
        raise ValueError(_("%(text)r is not a number; write 25 or 2.5") % {"text": text})
    if is_whole and number != int(number):
        raise ValueError(_("%(text)r is not a whole number") % {"text": text})
    return int(number) if is_whole else number


def field_named(message: str, kind: str) -> str:
    """The field that a message of the engine names first, blank if it names none."""
    words = message.replace("'", " ").split()
    names = {each.name for each in fields_asked(kind)}
    found = [word for word in words if word in names]
    if found:
        return found[0]
    return "value" if "value" in names and message.startswith("policy ") else ""
