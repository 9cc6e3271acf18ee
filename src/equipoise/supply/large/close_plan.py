"""A plan of a very large model and a bound close to it, long before its optimum is known.

1. Components are charged at known prices where there is plenty of them (`charged_use`), so that items have few rows in
   common: hours, people and what is scarce.
2. An interior point method that knows of the items (`interior_points`) ends with little between plan and bound. The
   bound is one of the whole model.
3. Its plan says how much of what is shared each item gets. Each item is planned anew with that, one after another
   (`item_by_item`): so every row of the model is kept to the last unit, and the plan only becomes cheaper.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.core.kernel import kernel_of_plans
from equipoise.core.stage import Watch
from equipoise.supply.large.charged_use import charge_use
from equipoise.supply.large.interior_points import close_in
from equipoise.supply.large.item_by_item import improve, in_groups, item_of_columns
from equipoise.supply.large.standard_form import standard_form
from equipoise.supply.model import SupplyModel
from equipoise.supply.program.program import LinearProgram

GAP = 5e-4
"""Between the plan of interior points and their bound, over the cost."""


@dataclass(frozen=True, eq=False)
class Near:
    """What interior points know of a model's optimum."""

    values: FloatArray
    """[columns] close to a plan: rows of charged components are not kept, others nearly."""
    bound: float
    """No plan costs less."""
    steps: int


def near_optimum(
    model: SupplyModel,
    program: LinearProgram,
    *,
    gap: float = GAP,
    kernel: str | None = None,
    watch: Watch | None = None,
) -> Near:
    """Interior points of a model's program, or one of its shape. Raises `SolverStopped` if they do not close in."""
    left_out = np.zeros(program.shape[0], dtype=np.bool_)
    left_out[model.rows["storage"]] = True
    form = standard_form(charge_use(model, program), left_out, item_of_columns(model))
    found = close_in(form, gap, kernel=kernel or kernel_of_plans(), watch=watch)
    return Near(form.values(found.x), form.bound(found.y), found.steps)


def close_plan(
    model: SupplyModel, program: LinearProgram, near: Near, *, watch: Watch | None = None
) -> FloatArray | None:
    """A plan that keeps every row, [columns]; None if what was left out binds too much for that."""
    found = improve(model, program, near.values, in_groups(model, 1), watch=watch)
    return found.values if found.is_plan else None
