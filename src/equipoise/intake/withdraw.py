"""Withdraw corrections: the delivered values stand again.

A row that was left out on purpose and only carried over since cannot come back before it is delivered anew.
"""

from collections.abc import Iterable
from dataclasses import replace

from equipoise.core.correction import Correction
from equipoise.core.errors import EquipoiseError
from equipoise.intake.assemble import assemble
from equipoise.intake.correct import folded
from equipoise.intake.draft import Draft


class NoSuchCorrection(EquipoiseError):
    """A correction that the draft does not have was to be withdrawn."""


def withdraw(draft: Draft, corrections: Iterable[Correction]) -> Draft:
    """The draft without these corrections; NoSuchCorrection names one that it does not have."""
    given = folded(draft.given.corrections)
    gone = list(dict.fromkeys(corrections))
    for correction in gone:
        if correction not in given:
            raise NoSuchCorrection(
                f"the draft has no correction of {correction.table} {correction.row_words} "
                f"by {correction.author}; it has {len(given)}"
            )
    kept = tuple(correction for correction in given if correction not in gone)
    return assemble(draft.head, replace(draft.given, corrections=kept))
