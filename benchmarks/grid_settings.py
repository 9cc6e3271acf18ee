"""Django settings of the measured server: the product's own, with the grid's peers among its addresses."""

from equipoise_web.settings import *  # noqa: F403 - the product's own

ROOT_URLCONF = "benchmarks.grid_urls"
