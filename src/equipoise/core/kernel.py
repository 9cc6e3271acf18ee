"""Kernels: the same numbers by NumPy, the reference, or by compiled twins (numba), loaded only when asked for.

A plan is made with NumPy, so that it does not depend on what else is installed, unless the environment variable
`EQUIPOISE_KERNEL` says numba when the process starts; the engine's name tells which.
"""

import os
from importlib.util import find_spec

from equipoise.core.errors import EquipoiseError

KERNELS = ("numpy", "numba")


class NoSuchKernel(EquipoiseError):
    """The kernel is unknown, or the package it needs is not installed."""


def check_kernel(kernel: str) -> None:
    """Raise `NoSuchKernel` for an unknown kernel, or one whose package is not installed.

    >>> check_kernel("numpy")
    """
    if kernel not in KERNELS:
        raise NoSuchKernel(f"kernel {kernel!r} is unknown; there are {' and '.join(KERNELS)}")
    if kernel == "numba" and find_spec("numba") is None:
        raise NoSuchKernel("kernel numba needs the package numba, which is not installed; take kernel numpy")


def kernel_of_plans() -> str:
    """The kernel of plans. Raises `NoSuchKernel`."""
    kernel = os.environ.get("EQUIPOISE_KERNEL") or "numpy"
    check_kernel(kernel)
    return kernel
