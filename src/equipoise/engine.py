"""Which engine answered: version, digest of the engine's own source, and the libraries that decide bytes."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

from equipoise import __version__
from equipoise.demand.forecast import plan_kernel


@cache
def engine() -> str:
    """For example `0.1.0+3f9c2a1b7d04 numpy 2.4.6 polars 2.1.0 highspy 1.15.1 kernel numpy`."""
    state = hashlib.sha256()
    root = Path(__file__).parent
    for path in sorted(root.rglob("*.py")):
        if "tests" not in path.parts:
            state.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    libraries = " ".join(f"{name} {version(name)}" for name in ("numpy", "polars", "highspy"))
    kernel = plan_kernel()
    named = kernel if kernel == "numpy" else f"{kernel} {version(kernel)}"
    return f"{__version__}+{state.hexdigest()[:12]} {libraries} kernel {named}"
