"""What was typed in cells of a grid, as the adjustments it means; and what cannot be taken, cell by cell, with why.

A cell is a node and a span of time, so its adjustment has that scope, and spreads as what stands below it. In money,
hours or a volume unit an amount becomes a percentage of what stands there: proportions are kept, so any of them moves
by the same percentage.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from equipoise.core.adjustment import Amount, Scope, WrongAdjustment
from equipoise.core.measure import Grain
from equipoise_web.access import Access, Right
from equipoise_web.reads.grid_held import held_by
from equipoise_web.reads.grid_lines import label_of
from equipoise_web.reads.grid_marks import HELD
from equipoise_web.reads.grid_rows import GridRows
from equipoise_web.reads.grid_view import CONSENSUS, editable_measures, function_of
from equipoise_web.reads.in_words import signed_amount
from equipoise_web.reads.numbers import plain

REASON_ABOVE_PCT = 1.0
"""A step whose changes together move more money than this share of an average bucket's revenue needs a reason."""
BASELINE = "demand_baseline_qty"
MISSED_BY = 1e-6
"""Share of what was typed by which a cell may differ from it: the grid of exact numbers."""
FACTOR = re.compile(r"^[*×](\d+(?:\.\d+)?)$")


@dataclass(frozen=True)
class TypedCell:
    """What was typed where: line, node and column by their numbers in the view."""

    line: int
    node: int
    column: int
    text: str


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


class CannotType(WrongAdjustment):
    """A cell does not take what was typed."""


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
                bodies += _holds(rows, cell, who)
                label = label or _label(rows, cell, bodies[-1])
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


def read_amount(text: str) -> Amount:
    """An amount as people type it in a cell: `1200`, `=1200`, `1.2k`, `+50`, `-50`, `+10%`, `*1.05`.

    >>> read_amount("=1,200"), read_amount("*1.05"), read_amount("−50")
    (Amount(operation='set', value=1200.0), Amount(operation='scale', value=5.0), Amount(operation='add', value=-50.0))
    """
    word = text.strip().replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    factor = FACTOR.match(word)
    if factor:
        return Amount("scale", round(100 * (float(factor[1]) - 1), 10))
    is_set = word.startswith("=")
    amount = Amount.parse(word.removeprefix("="))
    if is_set and amount.operation == "scale":
        raise WrongAdjustment(_("%(text)r is not an amount: = sets a number, a percentage scales") % {"text": text})
    return Amount("set", amount.value) if is_set else amount


def scope_of(rows: GridRows, cell: TypedCell, who: Access) -> Scope:
    """The scope of a cell. CannotType where it shows only a part of what a scope could name."""
    nodes = dict(rows.view.nodes) | rows.tree.path(cell.node)
    held = [each for each in who.held if each.gives(Right.PROPOSE)]
    if len({each.scope for each in held}) == 1:
        mine = held[0].scope
        nodes = {"item": mine.item, "market": mine.market} | {name: node for name, node in nodes.items() if node}
    extra = [name for name in nodes if name not in Grain.DEMAND.dimensions and nodes[name]]
    column = rows.columns.all[cell.column]
    scope = Scope(nodes.get("item", ""), nodes.get("market", ""), first=column.first, last=column.last)
    axes = rows.numbers.plan.axes
    node_rows = rows.tree.rows_of(Grain.DEMAND, cell.node)
    if extra or not np.array_equal(axes.rows(Grain.DEMAND, scope), node_rows):
        raise CannotType(
            _("This row shows a part of %(node)s only; type in a row that shows it whole.")
            % {"node": rows.labels[cell.node]}
        )
    return scope


def missed(rows: GridRows, target: Target) -> str:
    """What is said where a cell does not hold what was typed into it: contracts and holds are stronger; else blank."""
    cell = target.cell
    now = _now(rows, rows.lines[cell.line], cell)
    if abs(now - target.quantity) <= max(MISSED_BY * abs(target.quantity), 0.5):
        return ""
    said = {"where": rows.labels[cell.node], "when": rows.columns.all[cell.column].label}
    said |= {"typed": plain(target.quantity), "now": plain(now)}
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
    now = _now(rows, measure, cell)
    if amount.operation == "set" and _says(amount.value, shown):
        return None, 0.0, now
    amount = _in_units(rows, amount, shown, now)
    target = amount.apply_to(now)
    if target < 0:
        raise CannotType(_("Demand would fall below zero: %(now)s stands there.") % {"now": plain(shown)})
    if target == now:
        return None, 0.0, now
    price = _price(rows, cell)
    body = {
        "kind": kind,
        "amount": {amount.operation: amount.value},
        "spread": "as_is" if now > 0 else "equal",
        "scope": _scope_json(scope),
    }
    if kind == "demand_input":
        body["function"] = function_of(measure)
    return body, abs(target - now) * price, target


def _holds(rows: GridRows, cell: TypedCell, who: Access) -> list[Mapping[str, Any]]:
    """Holds that keep every cell below a node as the consensus says now: one, or one for each leaf and bucket.

    The engine holds the baseline at an amount, spread as the baseline is; where inputs have moved the cells apart from
    it, each is held by itself, so that no number moves.
    """
    scope = scope_of(rows, cell, who)
    plan, axes = rows.numbers.plan, rows.numbers.plan.axes
    if not who.may(Right.PROPOSE, kind="demand_hold", scope=scope, axes=axes):
        raise CannotType(_("You have no right to hold numbers here."))
    if rows.marks[cell.line, cell.node, cell.column] & HELD:
        raise CannotType(_("It is held already."))
    column, below = rows.columns.all[cell.column], rows.tree.rows_of(Grain.DEMAND, cell.node)
    now, start = (plan.measure(name).values[below, column.begin : column.end] for name in (CONSENSUS, BASELINE))
    if np.array_equal(now, start):
        return [{"kind": "demand_hold", "scope": _scope_json(scope)}]
    keys = axes.keys[Grain.DEMAND]
    found: list[Mapping[str, Any]] = []
    for row, bucket in np.argwhere(now >= 0).tolist():
        item, market = keys.labels(int(below[row]))
        day, end = (each(column.begin + bucket) for each in (axes.calendar.start_of, axes.calendar.end_of))
        leaf = Scope(f"item:{item}", f"market:{market}", first=day, last=end)
        found.append({"kind": "demand_hold", "amount": {"set": float(now[row, bucket])}, "scope": _scope_json(leaf)})
    return found


def _scope_json(scope: Scope) -> dict[str, str]:
    assert scope.first is not None and scope.last is not None, "a cell has days"
    nodes = {name: node for name, node in (("item", scope.item), ("market", scope.market)) if node}
    return {**nodes, "first": scope.first.isoformat(), "last": scope.last.isoformat()}


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


def _in_units(rows: GridRows, amount: Amount, shown: float, now: float) -> Amount:
    """The amount in base units; where the cell shows another unit or none, as a percentage of what stands there."""
    if amount.operation == "scale" or (rows.view.unit == "base" and not np.isnan(shown)):
        return amount
    if np.isnan(shown):
        raise CannotType(_("Units differ below this row: type a percentage, such as +10%, or open it."))
    if shown == 0 or now == 0:
        raise CannotType(_("Nothing stands here that could be scaled; type it in units."))
    return Amount("scale", 100 * (amount.apply_to(shown) / shown - 1))


def _now(rows: GridRows, measure: str, cell: TypedCell) -> float:
    column = rows.columns.all[cell.column]
    cells = rows.numbers.plan.measure(measure).values
    return float(cells[rows.tree.rows_of(Grain.DEMAND, cell.node), column.begin : column.end].sum())


def _price(rows: GridRows, cell: TypedCell) -> float:
    """Money a unit of the cell is worth at the plan's prices; 0 where it has none."""
    quantity = _now(rows, CONSENSUS, cell)
    amount = float(rows.values[-1, cell.node, cell.column])
    return amount / quantity if quantity > 0 and not np.isnan(amount) else 0.0


def _money(rows: GridRows) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Revenue of the whole by bucket or finest column."""
    finest = [n for n, column in enumerate(rows.columns.all) if not column.is_total]
    found: np.ndarray[tuple[int, ...], np.dtype[np.float64]] = rows.values[-1, 0, finest]
    return found


def _says(typed: float, shown: float) -> bool:
    """True if what is typed is what the cell shows, rounded as it is shown."""
    return not np.isnan(shown) and (typed == shown or (abs(shown) >= 100 and typed == round(shown)))


def _label(rows: GridRows, cell: TypedCell, body: Mapping[str, Any]) -> str:
    what = _("Held") if body["kind"] == "demand_hold" else signed_amount(_amount(body))
    where, when = rows.labels[cell.node], rows.columns.all[cell.column]
    line = rows.header["lines"][cell.line]["label"]
    is_year = when.is_total or not when.mark.isdecimal()
    return f"{what} {line}, {where}, {when.label if is_year else rows.columns.calendar.label(when.begin)}"


def _amount(body: Mapping[str, Any]) -> Amount:
    ((operation, value),) = body["amount"].items()
    return Amount(operation, float(value))
