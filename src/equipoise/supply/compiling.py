"""How the compiled twins of this room are compiled: once per machine, kept beside the source, without the
interpreter's lock. Rooms do not know each other, so forecasting has its own (`demand/forecast/compiling.py`)."""

from collections.abc import Callable
from typing import Any, TypeVar

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Machine code of a function of arrays and numbers; kept on disk where there is a place to keep it.

    No fast-math: sums keep their order, and rounding to the grid is never reordered.
    """
    compile_lazily: Any = numba.njit
    try:
        made: Function = compile_lazily(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:  # a read-only installation without a home: compiled in each process
        made = compile_lazily(nogil=True, error_model="numpy")(function)
    return made
