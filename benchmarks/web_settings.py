"""Django settings of the measured server: the product's own, with a bare hello among its addresses."""

from equipoise_web.settings import *  # noqa: F403 - the product's own

ROOT_URLCONF = "benchmarks.web_urls"
