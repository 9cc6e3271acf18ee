"""What was typed in cells of a grid, as the adjustments it means; and what cannot be taken, cell by cell, with why.

A cell is a node and a span of time, so its adjustment has that scope, and spreads as what stands below it. In money,
hours or a volume unit an amount becomes a percentage of what stands there: proportions are kept, so any of them moves
by the same percentage.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from equipoise.core.adjustment import Amount, WrongAdjustment
from equipoise_web.access import Access, Right
from equipoise_web.reads.grid_amounts import in_units, read_amount, says
from equipoise_web.reads.grid_held import held_by
from equipoise_web.reads.grid_hold import holds
from equipoise_web.reads.grid_lines import label_of
from equipoise_web.reads.grid_marks import HELD
from equipoise_web.reads.grid_production import standard_cost, typed_rows
from equipoise_web.reads.grid_rows import GridRows
from equipoise_web.reads.grid_typed import CannotType, TypedCell, quantity_now, scope_json, scope_of
from equipoise_web.reads.grid_view import (
    CONSENSUS,
    PRODUCTION,
    editable_measures,
    function_of,
)
from equipoise_web.reads.in_words import signed_amount
from equipoise_web.reads.numbers import plain

REASON_ABOVE_PCT = 1.0
"""A step whose changes together move more money than this share of an average bucket's revenue needs a reason."""
MISSED_BY = 1e-6
"""Share of what was typed by which a cell may differ from it: the grid of exact numbers."""


@dataclass(frozen=True)
class RejectedCell:
    """A cell whose text was not taken, and why."""

    line: int
    node: int
    column: int
    text: str
    because: str


@dataclass(frozen=True)
class Target:
    """What a cell will hold once its adjustment counts, in base units."""

    cell: TypedCell
    quantity: float


@dataclass(frozen=True)
class Proposals:
    """The adjustments as `propose_adjustment` takes them, the cells that were not taken, and what it is about."""

    bodies: tuple[Mapping[str, Any], ...]
    rejected: tuple[RejectedCell, ...]
    targets: tuple[Target, ...]
    label: str
    moved_amount: float
    """Money that the step moves, up and down together."""
    reason_above: float
    """Money above which it needs a reason."""


def read_typed(rows: GridRows, typed: Sequence[TypedCell], who: Access, *, is_hold: bool = False) -> Proposals:
    """What the cells mean; a cell that says what stands there already is passed over, and so is an empty one."""
    bodies: list[Mapping[str, Any]] = []
    rejected: list[RejectedCell] = []
    targets: list[Target] = []
    moved, label = 0.0, ""
    for cell in typed:
        if not cell.text.strip() and not is_hold:
            continue
        try:
            if rows.columns.all[cell.column].is_closed:
                raise CannotType(_("This bucket is closed: what became of it does not change."))
            if is_hold:
                bodies += holds(rows, cell, who)
                label = label or _label(rows, cell, bodies[-1], is_hold=True)
                continue
            body, amount, target = _proposal(rows, cell, who)
        except WrongAdjustment as error:
            rejected.append(RejectedCell(cell.line, cell.node, cell.column, cell.text, str(error)))
            continue
        if body is None:
            continue
        bodies.append(body)
        targets.append(Target(cell, target))
        moved += amount
        label = label or _label(rows, cell, body)
    if len(bodies) > 1 and not (is_hold and len(typed) == 1):
        label = _("%(count)s cells from %(first)s") % {"count": len(bodies), "first": label}
    plan = rows.numbers.plan
    revenue = float(np.nansum(_money(rows))) / plan.axes.horizon
    return Proposals(
        tuple(bodies), tuple(rejected), tuple(targets), label[:200], moved, revenue * REASON_ABOVE_PCT / 100
    )


def missed(rows: GridRows, target: Target) -> str:
    """What is said where a cell does not hold what was typed into it: contracts and holds are stronger; else blank."""
    cell = target.cell
    now = quantity_now(rows, rows.lines[cell.line], cell)
    if abs(now - target.quantity) <= max(MISSED_BY * abs(target.quantity), 0.5):
        return ""
    said = {"where": rows.labels[cell.node], "when": rows.columns.all[cell.column].label}
    said |= {"typed": plain(target.quantity), "now": plain(now)}
    if rows.lines[cell.line] == PRODUCTION:
        return _("%(where)s, %(when)s: the planning fence or lead times make %(now)s of the %(typed)s typed.") % said
    return _("%(where)s, %(when)s: commitments, holds or launches make %(now)s of the %(typed)s typed.") % said


def _proposal(rows: GridRows, cell: TypedCell, who: Access) -> tuple[Mapping[str, Any] | None, float, float]:
    """The body of an adjustment, None where nothing would change; the money it moves; what the cell then holds."""
    measure = rows.lines[cell.line]
    kind = _kind(who, rows, cell)
    amount = read_amount(cell.text)
    if rows.marks[cell.line, cell.node, cell.column] & HELD:
        held = held_by(rows, cell.node, cell.column, who) or _("held")
        raise CannotType(_("It is %(held)s; its owner can let it go.") % {"held": held})
    scope = scope_of(rows, cell, who)
    if not who.may(Right.PROPOSE, kind=kind, scope=scope, axes=rows.numbers.plan.axes):
        raise CannotType(_("It lies outside what you plan."))
    shown = float(rows.values[cell.line, cell.node, cell.column])
    now = quantity_now(rows, measure, cell)
    keeps = measure == PRODUCTION and cell.text.strip().startswith("=")  # =1200 firms what the plan chose itself
    if amount.operation == "set" and says(amount.value, shown) and not keeps:
        return None, 0.0, now
    if measure == PRODUCTION and amount.operation != "set":
        said = {"target": plain(max(amount.apply_to(shown), 0.0))}
        raise CannotType(_("Planned production is firm at a number: write %(target)s, without a sign.") % said)
    amount = in_units(rows, amount, shown, now)
    target = amount.apply_to(now)
    if target < 0:
        raise CannotType(_("Demand would fall below zero: %(now)s stands there.") % {"now": plain(shown)})
    if measure == PRODUCTION:
        amount = Amount("set", target)
    elif target == now:
        return None, 0.0, now
    price = _price(rows, cell)
    body = {
        "kind": kind,
        "amount": {amount.operation: amount.value},
        "spread": "as_is" if now > 0 else "equal",
        "scope": scope_json(scope),
    }
    if kind == "demand_input":
        body["function"] = function_of(measure)
    return body, abs(target - now) * price, target


def _kind(who: Access, rows: GridRows, cell: TypedCell) -> str:
    measure, may = rows.lines[cell.line], editable_measures(who)
    if measure in may:
        return may[measure]
    mine = ", ".join(label_of(name) for name in may)
    if not mine:
        raise CannotType(_("You may look at this plan, not change it."))
    raise CannotType(
        _("%(line)s is not yours to type in; %(mine)s is.")
        % {"line": rows.header["lines"][cell.line]["label"], "mine": mine}
    )


def _price(rows: GridRows, cell: TypedCell) -> float:
    """Money a unit of the cell is worth at the plan's prices, of production at standard cost; 0 where it has none."""
    if rows.lines[cell.line] == PRODUCTION:
        below, column = typed_rows(rows, cell.line, cell.node), rows.columns.all[cell.column]
        return standard_cost(rows.numbers.plan, below, column.begin, column.end)
    quantity = quantity_now(rows, CONSENSUS, cell)
    amount = float(rows.values[-1, cell.node, cell.column])
    return amount / quantity if quantity > 0 and not np.isnan(amount) else 0.0


def _money(rows: GridRows) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Revenue of the whole by bucket or finest column."""
    finest = [n for n, column in enumerate(rows.columns.all) if not column.is_total]
    found: np.ndarray[tuple[int, ...], np.dtype[np.float64]] = rows.values[-1, 0, finest]
    return found


def _label(rows: GridRows, cell: TypedCell, body: Mapping[str, Any], *, is_hold: bool = False) -> str:
    what = _("Held") if body["kind"] == "demand_hold" else _("Firmed") if is_hold else signed_amount(_amount(body))
    where, when = rows.labels[cell.node], rows.columns.all[cell.column]
    line = rows.header["lines"][cell.line]["label"]
    is_year = when.is_total or not when.mark.isdecimal()
    return f"{what} {line}, {where}, {when.label if is_year else rows.columns.calendar.label(when.begin)}"


def _amount(body: Mapping[str, Any]) -> Amount:
    ((operation, value),) = body["amount"].items()
    return Amount(operation, float(value))
