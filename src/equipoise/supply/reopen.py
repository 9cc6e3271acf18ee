"""A plan's optimum once more, with all its prices: what binds, why demand is short and what could be offered ask it.

A section keeps the plan and the basis at which it was solved, not the prices of every row; from that basis they are
there again at once.
"""

import numpy as np

from equipoise.core.errors import EquipoiseError
from equipoise.core.section import Section
from equipoise.core.stage import Inputs
from equipoise.supply.beyond import run_on
from equipoise.supply.firm_production import firmed
from equipoise.supply.model import SupplyModel, build_model
from equipoise.supply.network.network import read_network
from equipoise.supply.program.highs import Basis
from equipoise.supply.solving import Optimum, find_optimum


class NoPrices(EquipoiseError):
    """A plan that no optimizer made has no prices."""


def reopened(inputs: Inputs, section: Section) -> tuple[SupplyModel, Optimum]:
    """Model and optimum of a section of stage supply and the inputs it was made of, its hidden buckets with it.

    Raises `NoPrices` for a plan of tier heuristic.
    """
    if "basis_columns" not in section.arrays:
        raise NoPrices(
            f"a plan of tier {section.facts['tier']} was found by rules and has no prices; ask for the plan of tier "
            "optimum (--set tier=optimum), which says what one more of each limit is worth"
        )
    model = build_model(firmed(run_on(inputs, read_network(inputs)), section.arrays))
    basis = Basis(np.asarray(section.arrays["basis_columns"]), np.asarray(section.arrays["basis_rows"]))
    return model, find_optimum(model, basis, devex=True)
