"""The form of an adjustment, made from the dataclass of its kind: what it asks, what was typed, what is wrong with it.

A kind of adjustment that the engine learns has its form at once: fields, labels, units and help are its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.catalog import CHANGE_BY_KIND
from equipoise.codec import adjustment_from_json
from equipoise.core.adjustment import Change
from equipoise.core.axes import Axes
from equipoise.core.errors import EquipoiseError
from equipoise.core.knob import KNOBS
from equipoise.core.table import UnknownName
from equipoise.demand.measures import FUNCTION_MEASURES
from equipoise_web.access import Access, Right
from equipoise_web.expiry import check_expiry
from equipoise_web.reads.form_fields import FormField, change_of, field_named, fields_asked, read_fields, read_value
from equipoise_web.reads.in_words import FUNCTION_TITLES, kind_title
from equipoise_web.reads.node_picker import NodePicker, node_picker

DIMENSIONS_OF_STAGE: dict[str, tuple[str, ...]] = {
    "portfolio": ("item", "market"),
    "prices": ("item", "market"),
    "baseline": ("item", "market"),
    "demand": ("item", "market"),
    "supply": ("resource",),
    "policy": (),
}
"""Dimensions that the kinds of a stage look at; a stage not listed takes all four."""
DIMENSIONS_OF_KIND: dict[str, tuple[str, ...]] = {
    "production_override": ("item", "location", "resource"),
    "production_strategy": ("item", "location", "resource"),
}
"""Kinds that look at others than their stage does."""
WITHOUT_PLACE = ("exchange_rate",)
"""Kinds that hold everywhere, whatever their stage."""
WITHOUT_MONTHS = ("portfolio", "baseline", "policy")
"""Stages whose kinds have no first and last bucket: a launch has its own day, a method is for all that is ahead."""
OF_HISTORY = ("history_hold",)
"""Kinds whose buckets are closed ones, whatever their stage."""
YEARS_BACK = 6
"""Years of history whose buckets are offered; an older one is typed into the address."""
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
    knobs: tuple[tuple[str, str], ...] = ()
    """For a change of policy: each knob and what it may be."""


@dataclass(frozen=True)
class KindCard:
    """A kind that somebody may propose."""

    kind: str
    title: str
    meaning: str


@dataclass(frozen=True)
class Typed:
    """What a form sent: the adjustment as JSON (empty where something is wrong), and faults by field ("": all)."""

    body: Mapping[str, Any]
    errors: Mapping[str, str]


def kinds_for(who: Access) -> tuple[KindCard, ...]:
    """The kinds that a person may propose; an input only in the name of a function that the consensus weighs."""
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
    who: Access,
    kind: str,
    axes: Axes,
    names: Mapping[tuple[str, str], str],
    typed: Mapping[str, str],
    errors: Mapping[str, str],
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
        months=tuple(filled(each) for each in _months(axes, kind)) if _has_months(change) else (),
        about=tuple(filled(each) for each in _about(who, kind)),
        error=errors.get("", ""),
        knobs=tuple((knob.name, knob.meaning) for knob in KNOBS) if kind == "set_policy" else (),
    )


def dimensions_of(change: type[Change]) -> tuple[str, ...]:
    """Dimensions in which a kind has a place."""
    if change.kind in WITHOUT_PLACE:
        return ()
    if change.kind in DIMENSIONS_OF_KIND:
        return DIMENSIONS_OF_KIND[change.kind]
    return DIMENSIONS_OF_STAGE.get(change.stage, ("item", "market", "location", "resource"))


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
    if _has_months(change):
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
        confidence = read_value(
            FormField("confidence_pct", "", type="number"), typed.get("confidence_pct", "").strip() or "0"
        )
        if not 0 <= confidence <= 100:
            raise ValueError(_("Confidence lies between 0 and 100"))
        if typed.get("confidence_pct", "").strip():
            body["confidence_pct"] = confidence
    except ValueError as error:
        errors["confidence_pct"] = str(error)
    if not errors:
        try:
            check_expiry(adjustment_from_json({**body, "id": "typed"}))
        except EquipoiseError as error:
            errors[field_named(str(error), kind)] = str(error)
    return Typed({} if errors else body, errors)


def _has_months(change: type[Change]) -> bool:
    return change.stage not in WITHOUT_MONTHS or change.kind in OF_HISTORY


def _months(axes: Axes, kind: str) -> tuple[FormField, FormField]:
    calendar, buckets = axes.calendar, range(axes.horizon)
    if kind in OF_HISTORY:
        buckets = range(-min(calendar.first, YEARS_BACK * calendar.periods_per_year), 0)
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
    functions = tuple(dict.fromkeys(held.role.function for held in who.held if held.gives(Right.PROPOSE, kind=kind)))
    speaks = FormField(
        "function",
        _("In the name of"),
        type="choice",
        choices=tuple((function, str(FUNCTION_TITLES.get(function, function))) for function in functions),
    )
    reason = FormField(
        "reason_code", _("Reason"), type="choice", choices=tuple((k, str(v)) for k, v in REASONS.items())
    )
    text = FormField(
        "reason", _("In a few words"), help=_("Who reads this number next will want to know."), is_required=True
    )
    sure = FormField(
        "confidence_pct", _("Confidence"), "%", _("How sure you are, 0 to 100; may be left empty."), "number"
    )
    return (*((speaks,) if len(functions) > 1 else ()), reason, sure, text)
