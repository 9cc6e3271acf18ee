"""Worked examples in YAML: does the engine still get them right?

A worked example is a few lines of YAML that a planner can write without Python:

    - name: Split by history
      source: worked by hand
      formula: disaggregate          # one of equipoise.formulas.FORMULAS
      input: {total: 1200, weights: [300, 500, 200]}
      output: [360, 600, 240]
      within: 0                      # largest difference allowed, 0 if left out

`output` may be a number, a list, or names with values; of names only those given are compared. An input called
`dataset` is a folder, relative to the YAML file.
"""

import inspect
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from equipoise.core.errors import EquipoiseError
from equipoise.formulas import FORMULAS


class WrongCase(EquipoiseError):
    """A file of cases that cannot be read; the message names file, case and field."""


@dataclass(frozen=True)
class Case:
    """One worked example; `folder` is where its file lies."""

    name: str
    source: str
    formula: str
    input: Mapping[str, Any]
    output: Any
    within: float
    folder: Path


@dataclass(frozen=True)
class CaseResult:
    """What came of a case; `got` holds what was asked for and no more."""

    case: Case
    got: Any
    ok: bool

    def as_json(self) -> dict[str, Any]:
        """The shape of algebra.md section 11."""
        return {
            "name": self.case.name,
            "ok": self.ok,
            "expected": self.case.output,
            "got": self.got,
            "within": self.case.within,
        }


def shipped_cases() -> tuple[Path, ...]:
    """The files of worked examples that Equipoise brings: in the installed package, else in the source tree."""
    package = Path(__file__).parents[1]
    folders = (package / "cases", package.parents[1] / "cases")
    return next((found for folder in folders if (found := tuple(sorted(folder.glob("*.yaml"))))), ())


def read_cases(path: Path | str) -> tuple[Case, ...]:
    """The cases of a YAML file; WrongCase says what of it cannot be one."""
    import yaml

    file = Path(path)
    try:
        entries = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise WrongCase(f"{file.name} cannot be read as YAML: {error}") from error
    if not isinstance(entries, list) or not entries:
        raise WrongCase(f"{file.name} must be a list of cases, each beginning with '- name:'")
    return tuple(_case(entry, file, number) for number, entry in enumerate(entries, start=1))


def run_case(case: Case) -> CaseResult:
    """Compute a case. A formula that refuses its input makes the case fail, with the reason as what was got."""
    given = dict(case.input)
    if "dataset" in given:
        given["dataset"] = str(case.folder / given["dataset"])
    try:
        answer = FORMULAS[case.formula](**given)
    except EquipoiseError as error:
        return CaseResult(case, f"{type(error).__name__}: {error}", False)
    got = _asked(answer, case.output)
    return CaseResult(case, got, agrees(case.output, got, within=case.within))


def run_cases(path: Path | str) -> Iterator[CaseResult]:
    """Results of the cases of a file, one after the other."""
    return (run_case(case) for case in read_cases(path))


def agrees(expected: Any, got: Any, *, within: float = 0.0) -> bool:  # noqa: ANN401 - any value of a case
    """True if `got` has the shape of `expected` and no number differs by more than `within`; null agrees with NaN.

    >>> agrees([1, {"a": 2.0}], [1.001, {"a": 2, "b": 3}], within=0.01), agrees(None, 0.0), agrees([1], 1)
    (True, False, False)
    """
    if isinstance(expected, Mapping):
        has_names = isinstance(got, Mapping) and expected.keys() <= got.keys()
        return has_names and all(agrees(value, got[name], within=within) for name, value in expected.items())
    if isinstance(expected, list | tuple):
        same_shape = isinstance(got, list | tuple) and len(got) == len(expected)
        return same_shape and all(agrees(e, g, within=within) for e, g in zip(expected, got, strict=True))
    if expected is None:
        return got is None or (isinstance(got, float) and math.isnan(got))
    if _is_number(expected) and _is_number(got):
        return bool(abs(expected - got) <= within)
    return bool(expected == got) and type(expected) is type(got)


def _case(entry: object, file: Path, number: int) -> Case:
    if not isinstance(entry, Mapping):
        raise WrongCase(f"{file.name}: case {number} must have name, source, formula, input and output")
    name = str(entry.get("name", f"case {number}"))
    where = f"{file.name}, {name}"
    fields = {"name", "source", "formula", "input", "output"}
    if not fields <= set(entry) <= fields | {"within"}:
        wrong = ", ".join(sorted(map(str, (fields - set(entry)) | (set(entry) - fields - {"within"}))))
        raise WrongCase(f"{where}: {wrong} is missing or unknown; a case has {', '.join(sorted(fields))}")
    if entry["formula"] not in FORMULAS:
        raise WrongCase(f"{where}: formula {entry['formula']!r} is not one of {', '.join(sorted(FORMULAS))}")
    if not isinstance(entry["input"], Mapping) or not _is_number(entry.get("within", 0)):
        raise WrongCase(f"{where}: input must be names with values, and within a number")
    try:
        inspect.signature(FORMULAS[entry["formula"]]).bind(**entry["input"])
    except TypeError as error:
        raise WrongCase(f"{where}: the input does not fit {entry['formula']}: {error}") from error
    within = float(entry.get("within", 0))
    return Case(name, str(entry["source"]), entry["formula"], entry["input"], entry["output"], within, file.parent)


def _asked(answer: Any, output: Any) -> Any:  # noqa: ANN401 - any value of a case
    """Of an answer with names, those that the expected output has."""
    if isinstance(answer, Mapping) and isinstance(output, Mapping):
        return {name: _asked(answer[name], output[name]) for name in output if name in answer}
    return answer


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
