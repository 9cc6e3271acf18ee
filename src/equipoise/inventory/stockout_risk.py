"""How likely a stocking point runs out: its cover beside how far demand may stray from the plan by then.

The cover of a cell is its closing stock less what its markets still wait for: planned receipts and planned demand are
in both. Demand strays by the error of the forecast over the buckets from the start through this one, but over no more
than lead time and review period: what was missed before that, receipts ordered since make up for, as safety stock has
it. So a cell that closes at its safety stock runs out as often as its service level allows.

    L_t = min(t + 1 + k, lead time + review period)    k buckets between the last closed one and the start
    σ_t² = Σ_m (share_m · σ_m · G_m(L_t))² + (d_t · σ_LT)²
    chance = P(U > cover_t / σ_t)      short = σ_t · E[max(U − cover_t / σ_t, 0)]

G is measured (decision 0019), U is the shape of past errors (`error_shape`; of steady and of rare demand, weighed by
their part in σ²). Errors of markets are taken as independent, as safety stock does.
"""

import numpy as np

from equipoise.core.axes import Axes
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, on_grid
from equipoise.core.history import row_numbers
from equipoise.core.measure import Grain
from equipoise.core.panel import sum_rows
from equipoise.core.stage import Inputs
from equipoise.inventory.error_shape import ErrorShape

FACES, RARE = "exposed_is_facing", "exposed_rare_ratio"
"""Arrays of stage stock_targets: 1 where customers are served from stock [S]; part of rare demand in σ² [S, T]."""


def stockout_risk(inputs: Inputs, closing: FloatArray) -> dict[str, FloatArray]:
    """`stockout_chance_pct` and `shortage_expected_qty` [S, T]; NaN where no error is known.

    Where no customer is served from stock there is no chance to tell, and nobody goes short.
    """
    sd = inputs.measure("inventory_exposed_sd")
    faces, rare = inputs.array(FACES), inputs.array(RARE)
    assert faces is not None and rare is not None, "stage stock_targets keeps who is served from stock"
    is_facing: BoolArray = (faces > 0)[:, None]
    waiting = inputs.measure("backlog_closing_qty") + inputs.measure("lost_qty")
    cover = closing - owed(inputs.axes, inputs.measure("sourcing_share_ratio"), waiting)
    chance, short = chance_and_shortage(cover, sd, rare, shapes_of(inputs))
    return {
        "stockout_chance_pct": np.where(is_facing, 100.0 * chance, np.nan),
        "shortage_expected_qty": np.where(is_facing, on_grid(np.nan_to_num(short), QUANTITY_STEP), 0.0)
        + np.where(is_facing & np.isnan(short), np.nan, 0.0),
    }


def chance_and_shortage(
    cover: FloatArray, sd: FloatArray, rare: FloatArray, shapes: tuple[ErrorShape, ErrorShape]
) -> tuple[FloatArray, FloatArray]:
    """P(short), 0 to 1, and units short in expectation, of any shape: `cover` units above planned demand, `sd` one
    standard deviation of its error, `rare` 0 to 1 the part of the second of the shapes."""
    is_certain = sd <= 0
    z = cover / np.where(is_certain, 1.0, sd)
    steady, seldom = shapes
    chance = (1.0 - rare) * steady.chance(z) + rare * seldom.chance(z)
    loss = (1.0 - rare) * steady.loss(z) + rare * seldom.loss(z)
    # Less than a grid step is no shortage.
    chance = np.where(is_certain, np.where(cover < -QUANTITY_STEP, 1.0, 0.0), chance)
    short = np.where(is_certain, np.maximum(-cover, 0.0), sd * loss)
    return chance, short


def shapes_of(inputs: Inputs) -> tuple[ErrorShape, ErrorShape]:
    """Shapes of errors of steady and of rare demand, as the demand room learned them; normal where it did not."""
    levels, found = inputs.array("forecast_shape_levels"), inputs.array("forecast_shape")
    if levels is None or found is None:
        return ErrorShape.normal(), ErrorShape.normal()
    steady, rare = (ErrorShape.of(levels, row) for row in found)
    return steady, rare


def owed(axes: Axes, share: FloatArray, waiting: FloatArray) -> FloatArray:
    """What markets wait for at each close or have lost in the bucket, `waiting` [N, T], at the stocking points that are
    to serve them by `share` [F, T], in units [S, T]."""
    keys, flow = axes.keys[Grain.STOCK], axes.keys[Grain.FLOW].frame
    source = row_numbers(keys, flow, ("item", "from"))
    market = row_numbers(axes.keys[Grain.DEMAND], flow, ("item", "to"))
    reached = market >= 0
    return sum_rows(share[reached] * waiting[market[reached]], source[reached], len(keys))
