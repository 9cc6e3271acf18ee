"""How much choice a company has of where to make its items: what decides how its plans are best found."""

import numpy as np

from equipoise.core.measure import Grain
from equipoise.supply.network.network import Network

LEAST_CHOICE = 1.5
"""Own routes an item from which on items compete for lines rather than each having its own."""


def has_choice(network: Network) -> bool:
    """Whether items have several own routes to choose from, on average."""
    own = network.routes.is_own & network.routes.is_open.any(axis=1)
    items = np.unique(network.axes.keys[Grain.MAKE].column("item")[own])
    return int(own.sum()) >= LEAST_CHOICE * max(len(items), 1)
