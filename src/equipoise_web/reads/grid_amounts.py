"""What people type as an amount, and what it means in base units."""

import re

import numpy as np
from django.utils.translation import gettext as _

from equipoise.core.adjustment import Amount, WrongAdjustment
from equipoise_web.reads.grid_rows import GridRows
from equipoise_web.reads.grid_typed import CannotType

FACTOR = re.compile(r"^[*×](\d+(?:\.\d+)?)$")


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


def in_units(rows: GridRows, amount: Amount, shown: float, now: float) -> Amount:
    """The amount in base units; where the cell shows another unit or none, as a percentage of what stands there."""
    if amount.operation == "scale" or (rows.view.unit == "base" and not np.isnan(shown)):
        return amount
    if np.isnan(shown):
        raise CannotType(_("Units differ below this row: type a percentage, such as +10%, or open it."))
    if shown == 0 or now == 0:
        raise CannotType(_("Nothing stands here that could be scaled; type it in units."))
    return Amount("scale", 100 * (amount.apply_to(shown) / shown - 1))


def says(typed: float, shown: float) -> bool:
    """True if what is typed is what the cell shows, rounded as it is shown."""
    return not np.isnan(shown) and (typed == shown or (abs(shown) >= 100 and typed == round(shown)))
