"""The form of an adjustment, made from the dataclass of its kind: what it asks, what was typed, what is wrong with it.

A kind of adjustment that the engine learns has its form at once: fields, labels, units and help are its own.

>>> [(each.name, each.type) for each in fields_asked("promotion")][:2]
[('uplift_pct', 'number'), ('forward_buy_pct', 'number')]
>>> values, errors = read_fields("promotion", {"uplift_pct": "a lot"})
>>> errors["uplift_pct"]
"'a lot' is not a number; write 25 or 2.5"
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import date
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.catalog import CHANGE_BY_KIND
from equipoise.codec import adjustment_from_json
from equipoise.core.adjustment import Amount, Change, Spread, SpreadRule, WrongAdjustment
from equipoise.core.axes import Axes
from equipoise.core.errors import EquipoiseError
from equipoise.core.form_field import fields_of
from equipoise.core.knob import KNOBS
from equipoise.core.table import UnknownName
from equipoise.demand.measures import FUNCTION_MEASURES
from equipoise_web.access import Access, Right
from equipoise_web.reads.in_words import FUNCTION_TITLES, kind_title
from equipoise_web.reads.nodes import NodePicker, node_picker

DIMENSIONS_OF_STAGE: dict[str, tuple[str, ...]] = {
    "portfolio": ("item", "market"),
    "prices": ("item", "market"),
    "demand": ("item", "market"),
    "supply": ("resource",),
    "policy": (),
}
"""Dimensions that the kinds of a stage look at; a stage not listed takes all four."""
WITHOUT_MONTHS = ("portfolio", "policy")
"""Stages whose kinds have no first and last bucket: a launch has its own day."""
SPREADS: dict[SpreadRule, str | Promise] = {
    "as_is": gettext_lazy("As the numbers stand"),
    "equal": gettext_lazy("Equally"),
    "last_year": gettext_lazy("Like last year"),
    "like": gettext_lazy("Like the baseline"),
}
LIKE = "demand_baseline_qty"
REASONS: dict[str, str | Promise] = {
    "": gettext_lazy("Choose"),
    "listing": gettext_lazy("New listing or lost listing"),
    "customer": gettext_lazy("Customer's commitment"),
    "event": gettext_lazy("Promotion or event"),
    "price": gettext_lazy("Change of price"),
    "competitor": gettext_lazy("Competitor"),
    "market": gettext_lazy("Market or season"),
    "launch": gettext_lazy("Launch or phase-out"),
    "capacity": gettext_lazy("Capacity or supply"),
    "data": gettext_lazy("The data are wrong"),
    "other": gettext_lazy("Other"),
}
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


@dataclass(frozen=True)
class KindForm:
    """The form of a kind, filled with what was typed."""

    kind: str
    title: str
    meaning: str
    fields: tuple[FormField, ...]
    places: tuple[NodePicker, ...]
    months: tuple[FormField, ...]
    about: tuple[FormField, ...]
    """Reason, confidence, and for whom one speaks where that is not plain."""
    error: str = ""
    """What is wrong with the whole."""
    knobs: tuple[tuple[str, str], ...] = field(default=())
    """For a change of policy: each knob and what it may be."""


@dataclass(frozen=True)
class KindCard:
    """A kind that somebody may propose."""

    kind: str
    title: str
    meaning: str


@dataclass(frozen=True)
class Typed:
    """What a form sent: the adjustment as JSON (empty where something is wrong), and the faults by field ("": whole)."""

    body: Mapping[str, Any]
    errors: Mapping[str, str]


def kinds_for(who: Access) -> tuple[KindCard, ...]:
    """The kinds that a person may propose, with a sentence each; an input only in the name of a function that gives one."""
    return tuple(
        KindCard(kind, kind_title(kind), meaning_of(kind))
        for kind in who.kinds
        if kind in CHANGE_BY_KIND and (kind != "demand_input" or set(who.functions) & set(FUNCTION_MEASURES))
    )


def meaning_of(kind: str) -> str:
    """The first sentence that the engine says about a kind."""
    words = " ".join((CHANGE_BY_KIND[kind].__doc__ or "").split("\n\n")[0].split())
    return _(words)


def form_of(
    who: Access, kind: str, axes: Axes, names: Mapping[tuple[str, str], str], typed: Mapping[str, str], errors: Mapping[str, str]
) -> KindForm:
    """The form of a kind for a person: places inside the person's scope, buckets of the plan, what was typed.

    Raises NotAllowed if the person may not propose the kind, UnknownName if there is none.
    """
    change = change_of(kind)
    who.require(Right.PROPOSE, kind=kind)

    def filled(asked: FormField) -> FormField:
        return replace(asked, value=typed.get(asked.name, asked.value), error=errors.get(asked.name, ""))

    return KindForm(
        kind=kind,
        title=kind_title(kind),
        meaning=meaning_of(kind),
        fields=tuple(filled(each) for each in fields_asked(kind)),
        places=tuple(
            node_picker(who, kind, dimension, axes, names, typed.get(dimension), errors.get(dimension, ""))
            for dimension in dimensions_of(change)
        ),
        months=() if change.stage in WITHOUT_MONTHS else tuple(filled(each) for each in _months(axes)),
        about=tuple(filled(each) for each in _about(who, kind)),
        error=errors.get("", ""),
        knobs=tuple((knob.name, knob.meaning) for knob in KNOBS) if kind == "set_policy" else (),
    )


def change_of(kind: str) -> type[Change]:
    """The dataclass of a kind; UnknownName if there is none."""
    if kind not in CHANGE_BY_KIND:
        raise UnknownName(f"there is no kind of adjustment {kind!r}; there are {', '.join(sorted(CHANGE_BY_KIND))}")
    return CHANGE_BY_KIND[kind]


def dimensions_of(change: type[Change]) -> tuple[str, ...]:
    """Dimensions in which a kind has a place."""
    return DIMENSIONS_OF_STAGE.get(change.stage, ("item", "market", "location", "resource"))


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
            type=_type(hints[each.name]),
            choices=_choices(kind, each.name, hints[each.name]),
            is_required=each.default is MISSING and each.default_factory is MISSING,
            value=_default(each.default),
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
            values[asked.name] = _read(asked, text)
        except (ValueError, EquipoiseError) as error:
            errors[asked.name] = str(error)
    return values, errors


def read_form(kind: str, axes: Axes, typed: Mapping[str, str]) -> Typed:
    """The adjustment that was typed, as `propose_adjustment` takes it; the engine has read it once."""
    change = change_of(kind)
    body, errors = read_fields(kind, typed)
    scope: dict[str, str] = {}
    for dimension in dimensions_of(change):
        node = typed.get(dimension, "").strip()
        try:
            axes.hierarchy(dimension).level_of(node)
        except UnknownName as error:
            errors[dimension] = str(error)
        if node:
            scope[dimension] = node
    if change.stage not in WITHOUT_MONTHS:
        days, wrong = _read_months(axes, typed)
        scope, errors = scope | days, errors | wrong
    words = {"reason": typed.get("reason", "").strip(), "reason_code": typed.get("reason_code", "").strip()}
    if not words["reason"]:
        errors["reason"] = _("Say in a few words why this number should change")
    if words["reason_code"] not in REASONS:
        errors["reason_code"] = _("There is no such reason")
    body |= {"kind": kind, "scope": scope, **words}
    if typed.get("function"):
        body["function"] = typed["function"]
    try:
        confidence = _read(FormField("confidence_pct", "", type="number"), typed.get("confidence_pct", "").strip() or "0")
        if not 0 <= confidence <= 100:
            raise ValueError(_("Confidence lies between 0 and 100"))
        if typed.get("confidence_pct", "").strip():
            body["confidence_pct"] = confidence
    except ValueError as error:
        errors["confidence_pct"] = str(error)
    if not errors:
        try:
            adjustment_from_json({**body, "id": "typed"})
        except EquipoiseError as error:
            errors[_field_named(str(error), kind)] = str(error)
    return Typed({} if errors else body, errors)


def typed_from(body: Mapping[str, Any]) -> dict[str, str]:
    """What would have to be typed to get an adjustment's body again: to propose it anew, changed."""
    typed = {name: str(body[name]) for name in ("reason", "reason_code", "confidence_pct") if body.get(name) is not None}
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
        return tuple((rule, str(label)) for rule, label in SPREADS.items())
    if hint is bool:
        return (("yes", _("Yes")), ("no", _("No")))
    if get_origin(hint) is Literal:
        return tuple((str(word), str(word).replace("_", " ").capitalize()) for word in get_args(hint))
    return ()


def _default(value: object) -> str:
    if value is MISSING or value is None or isinstance(value, Spread | tuple):
        return ""
    if isinstance(value, Amount):
        return _typed_amount(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float | int) else str(value)


def _read(asked: FormField, text: str) -> Any:  # noqa: ANN401 - JSON
    """One value as JSON; ValueError or WrongAdjustment says what to write instead."""
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
        raise ValueError(_("%(text)r is not one of %(choices)s") % {"text": text, "choices": ", ".join(dict(asked.choices))})
    if asked.type == "list":
        return [part.strip() for part in text.split(";") if part.strip()]
    if text == "like" and "like" in SPREADS and asked.choices and set(dict(asked.choices)) == set(SPREADS):
        return {"rule": "like", "measure": LIKE}
    return WORDS_OF_TRUTH.get(text, text) if asked.choices else text


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


def _months(axes: Axes) -> tuple[FormField, FormField]:
    calendar, buckets = axes.calendar, range(axes.horizon)
    first = tuple((calendar.start_of(bucket).isoformat(), calendar.label(bucket)) for bucket in buckets)
    last = tuple((calendar.end_of(bucket).isoformat(), calendar.label(bucket)) for bucket in buckets)
    return (
        FormField("first", _("From"), type="choice", choices=(("", _("the first bucket")), *first)),
        FormField("last", _("Until"), type="choice", choices=(("", _("the last bucket")), *last)),
    )


def _read_months(axes: Axes, typed: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    days: dict[str, str] = {}
    for name in ("first", "last"):
        text = typed.get(name, "").strip()
        if not text:
            continue
        try:
            days[name] = date.fromisoformat(text).isoformat()
        except ValueError:
            return {}, {name: _("%(text)r is not a day; write it as 2027-04-30") % {"text": text}}
    if len(days) == 2 and days["last"] < days["first"]:
        label = axes.calendar.label
        first, last = (label(axes.calendar.index_of(date.fromisoformat(days[name]))) for name in ("first", "last"))
        return {}, {"last": _("%(last)s lies before %(first)s") % {"first": first, "last": last}}
    return days, {}


def _about(who: Access, kind: str) -> tuple[FormField, ...]:
    functions = tuple(
        dict.fromkeys(held.role.function for held in who.held if held.gives(Right.PROPOSE, kind=kind))
    )
    speaks = FormField(
        "function",
        _("In the name of"),
        type="choice",
        choices=tuple((function, str(FUNCTION_TITLES.get(function, function))) for function in functions),
    )
    reason = FormField("reason_code", _("Reason"), type="choice", choices=tuple((k, str(v)) for k, v in REASONS.items()))
    text = FormField("reason", _("In a few words"), help=_("Who reads this number next will want to know."), is_required=True)
    sure = FormField("confidence_pct", _("Confidence"), "%", _("How sure you are, 0 to 100; may be left empty."), "number")
    return (*((speaks,) if len(functions) > 1 else ()), reason, sure, text)


def _field_named(message: str, kind: str) -> str:
    """The field that a message of the engine names first, blank if it names none."""
    words = message.replace("'", " ").split()
    names = {each.name for each in fields_asked(kind)}
    found = [word for word in words if word in names]
    if found:
        return found[0]
    return "value" if "value" in names and message.startswith("policy ") else ""


__all__ = ["FormField", "KindCard", "KindForm", "Typed", "WrongAdjustment", "form_of", "kinds_for", "read_form"]
