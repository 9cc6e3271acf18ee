"""How the compiled twins are compiled: once per machine, kept beside the source, without the interpreter's lock.

numba compares only the file of a function before it takes machine code that it has kept. But constants and functions
that the file imports are compiled into it, so what it imports of ours is compared, too: a change there compiles anew.
"""

import ast
import hashlib
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import numba

Function = TypeVar("Function", bound=Callable[..., Any])
PACKAGE = "equipoise"
TWIN = "_compiled.py"


def compiled(function: Function) -> Function:
    """Machine code of a function of arrays and numbers; kept on disk where there is a place to keep it.

    No fast-math: sums keep their order, so that every machine and every number of threads gives the same bytes. The
    price is that loops over time are not vectorized; those over the points of a grid are.
    """
    compile_lazily: Any = numba.njit
    try:
        made: Any = compile_lazily(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:  # a read-only installation without a home: compiled in each process
        made = compile_lazily(nogil=True, error_model="numpy")(function)
    else:
        kept = made._cache._cache_file
        source = sys.modules[function.__module__].__file__
        if source is not None:
            kept._source_stamp = (kept._source_stamp, digest_of_imports(Path(source)))
    return made  # type: ignore[no-any-return]


@cache
def digest_of_imports(source: Path) -> str:
    """SHA-256 of a file and of what it imports of ours: twins with all that they import, other files themselves."""
    state = hashlib.sha256()
    for path in sorted(_with_imports(source, set())):
        state.update(path.name.encode() + b"\0" + path.read_bytes())
    return state.hexdigest()


def _with_imports(source: Path, seen: set[Path]) -> set[Path]:
    if source not in seen:
        seen.add(source)
        if source.name.endswith(TWIN):
            for path in _imported(source):
                _with_imports(path, seen)
    return seen


def _imported(source: Path) -> Iterator[Path]:
    """Files of ours that a file imports from."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == PACKAGE:
            for name in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names)):
                spec = _spec(name)
                if spec is not None and spec.endswith(".py") and not spec.endswith("__init__.py"):
                    yield Path(spec)


def _spec(name: str) -> str | None:
    """File of a module, None where the name is none."""
    try:
        found = find_spec(name)
    except ModuleNotFoundError:  # a name within a module that is no package
        return None
    return None if found is None else found.origin
