"""Machine code that is kept is thrown away when what was compiled into it changes, wherever that stands."""

import importlib
import sys

import equipoise
from equipoise.core import compiling

TWIN = """
from equipoise.core.compiling import compiled
from equipoise.salty import VALUE


@compiled
def told(x: float) -> float:
    return x + VALUE
"""


def load(folder):
    """The twin in `folder`, read as a new process would read it."""
    for name in ("equipoise.salty", "twin_compiled"):
        sys.modules.pop(name, None)
    compiling.digest_of_imports.cache_clear()
    importlib.invalidate_caches()
    return importlib.import_module("twin_compiled").told


def test_a_constant_of_another_file_is_compiled_anew(tmp_path, monkeypatch):
    (tmp_path / "twin_compiled.py").write_text(TWIN, encoding="utf-8")
    more = tmp_path / "more"
    more.mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(equipoise, "__path__", [*equipoise.__path__, str(more)])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    answers, compiled_anew = [], []
    for value in ("1.0", "1.0", "2.0"):
        (more / "salty.py").write_text(f"VALUE = {value}\n", encoding="utf-8")
        told = load(tmp_path)
        answers.append(told(40.0))
        compiled_anew.append(not told.stats.cache_hits)
    assert answers == [41.0, 41.0, 42.0] and compiled_anew == [True, False, True]
    for name in ("equipoise.salty", "twin_compiled"):
        sys.modules.pop(name, None)
