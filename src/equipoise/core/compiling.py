"""How the compiled twins are compiled: once per machine, kept beside the source, without the interpreter's lock."""

from collections.abc import Callable
from typing import Any, TypeVar

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Machine code of a function of arrays and numbers; kept on disk where there is a place to keep it.

    No fast-math: sums keep their order, so that every machine and every number of threads gives the same bytes. The
    price is that loops over time are not vectorized; those over the points of a grid are.
    """
    compile_lazily: Any = numba.njit
    try:
        made: Function = compile_lazily(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:  # a read-only installation without a home: compiled in each process
        made = compile_lazily(nogil=True, error_model="numpy")(function)
    return made
