"""Takes every access check out in turn and searches the test that fails then: the proofs in proofs.json.

    PYTHONPATH=src:tests python -m web.mutants --search     searches a proof for every check that has none
    PYTHONPATH=src:tests python -m web.mutants --retry      tries the proofs again (of the checks named, or all)

The tests are collected once, in a process that opens no plan and runs no test. Everything else happens in its children:
one runs the tests as they are and notes which checks each reaches and what it costs; then each check has a child of its
own, which puts the changed code into the running functions and runs the tests that reach it, the cheapest first, until
one fails. That test is the proof once it has failed again alone, and passed with the check in its place. What is noted
is kept in build/mutants.json, a proof as soon as it is found, so a search that was stopped goes on where it was; a test
that was noted and changed since is noted anew once that file is removed.
"""

import argparse
import gc
import inspect
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from web.bench import Bench
from web.checks import ROOT, Check, find_checks
from web.children import Child, in_turn

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
PROOFS = HERE / "proofs.json"
NOTES = TOP / "build" / "mutants.json"
SUITE = (
    "src/equipoise_web",
    "tests/web/test_matrix.py",
    "tests/web/test_non_interference.py",
)
SECONDS = 300
"""Most that the tests of one check may take."""
HOMES = ("tomato_home", "demo_home", "two_worlds")
"""Fixtures that are folders, which tests only read or copy: made once for all children."""


class Trial:
    """A pytest plugin that runs no test itself: children of the collected process do."""

    def __init__(self, work: Callable[["Trial"], int], root: Path) -> None:
        """What to do with the tests once they are collected."""
        self.work, self.root, self.result = work, root, 2

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of running the tests."""
        self.session = session
        self.items = {item.nodeid: item for item in session.items}
        self.checks = find_checks(self.root)
        for path in {check.path for check in self.checks}:
            import_module(".".join(path.relative_to(self.root.parent).with_suffix("").parts).removesuffix(".__init__"))
        self.bench = Bench(self.checks)
        self._make_homes()
        self._make_database()
        gc.collect()
        gc.freeze()
        self.result = self.work(self)
        return True

    def _make_homes(self) -> None:
        """Make the folders, in children of their own: who has opened a plan has threads, and cannot be forked."""
        self.session.config._tmp_path_factory.getbasetemp()
        folders = self.session.config._tmp_path_factory
        made: dict[Any, Path] = {}
        for item in self.session.items:
            for name in HOMES:
                for fixture in item._fixtureinfo.name2fixturedefs.get(name, ())[-1:]:
                    make = inspect.unwrap(fixture.func)
                    if make not in made:
                        made[make] = Path(Child(lambda make=make: str(make(folders))).end())
                    fixture.cached_result = (made[make], None, None)

    def _make_database(self) -> None:
        """Make the empty database, in memory, of which each child has its copy."""
        heavy = ("tomato", "demo", "digest", "world", "home", "tmp_path")
        for item in self.session.items:
            names = set(item.fixturenames)
            if "db" in names and not any(word in name for name in names for word in heavy):
                self.session._setupstate.setup(item)
                self.session._setupstate.teardown_exact(self.session)
                item._initrequest()
                return

    def passes(self, test: str, following: str | None = None) -> bool:
        """Run a test here; what it shares with the following stays."""
        nextitem = self.items[following] if following else self.session
        reports = runtestprotocol(self.items[test], nextitem=nextitem, log=False)
        return not any(report.failed for report in reports) and any(report.passed for report in reports)

    def first_to_fail(self, checks: list[Check], tests: list[str]) -> str:
        """Run in a child: the first of some tests that fails without the checks; blank if none does."""
        self.bench.take_out(checks)
        for test, following in zip(tests, [*tests[1:], None], strict=True):
            if not self.passes(test, following):
                return test
        return ""


def search(trial: Trial, *, notes: Path, proofs: Path) -> int:
    """Search a proof for every check that has none; 1 if one is left alive."""
    noted = _noted(trial, notes)
    known = read_proofs(proofs)
    names = {check.name for check in trial.checks}
    files = {test.partition("::")[0] for test in trial.items}
    known["proofs"] = {
        name: test
        for name, test in known["proofs"].items()
        if name in names and (test in trial.items or test.partition("::")[0] not in files)
    }
    known["redundant"] = {name: why for name, why in known["redundant"].items() if name in names}
    open_checks = [check for check in trial.checks if check.name not in known["proofs"] | known["redundant"]]
    tests = {check.name: _reaching(trial, noted, check.name) for check in open_checks}
    open_checks.sort(key=lambda check: sum(noted["tests"][test]["seconds"] for test in tests[check.name]))
    alive = []
    clean: dict[str, Child] = {}

    def prove(check: Check) -> Iterator[Child]:
        began, killer, child = time.monotonic(), "", None
        if tests[check.name]:
            child = Child(lambda: trial.first_to_fail([check], tests[check.name]), SECONDS)
            yield child
            killer = child.result or ""
        if killer and killer not in clean:
            clean[killer] = Child(lambda: trial.passes(killer), SECONDS)
            yield clean[killer]
        if killer and killer != tests[check.name][0]:  # it failed after others: alone, too?
            yield (child := Child(lambda: trial.first_to_fail([check], [killer]), SECONDS))
        if killer and (clean[killer].end() is not True or child.result != killer):
            print(f"WAVERS {check.name}\n       with {killer}", flush=True)
            killer = ""
        if killer:
            known["proofs"][check.name] = killer
            write_proofs(proofs, known)
        else:
            alive.append(check.name)
            if not tests[check.name] or child.result == "":
                noted["passed_without"][check.name] = [*noted["passed_without"].get(check.name, ()), *tests[check.name]]
                notes.write_text(json.dumps(noted), encoding="utf-8")
        state = f"killed by {killer}" if killer else f"ALIVE ({len(tests[check.name])} tests reach it)"
        print(f"{check.name}\n    {state}, {time.monotonic() - began:.1f} s", flush=True)

    in_turn(prove(check) for check in open_checks)
    write_proofs(proofs, known)
    print(
        f"{len(names)} checks, {len(known['proofs'])} proved, {len(known['redundant'])} redundant, {len(alive)} alive"
    )
    for name in sorted(alive):
        print(f"ALIVE  {name}")
    return 1 if alive else 0


def _noted(trial: Trial, path: Path) -> dict[str, Any]:
    """What is known: of each test, after running those of which nothing is; and which passed without a check."""
    path.parent.mkdir(exist_ok=True)
    noted: dict[str, Any] = {"tests": {}, "passed_without": {}}
    if path.is_file():
        noted = json.loads(path.read_text(encoding="utf-8"))
    new = [test for test in trial.items if test not in noted["tests"]]

    def run_and_note() -> None:
        reached: set[str] = set()
        trial.bench.note(trial.checks, reached.add)
        for at, (test, following) in enumerate(zip(new, [*new[1:], None], strict=True), 1):
            reached.clear()
            began = time.process_time()
            passed = trial.passes(test, following)
            seconds = round(time.process_time() - began, 3)
            noted["tests"][test] = {"passed": passed, "seconds": seconds, "reached": sorted(reached)}
            print(f"{'noted' if passed else 'BROKEN'} {at}/{len(new)} {test}, {seconds} s", flush=True)
            if at % 20 == 0 or not following:
                path.write_text(json.dumps(noted), encoding="utf-8")

    if new:
        Child(run_and_note, seconds=3600, is_quiet=False).end()
        noted = json.loads(path.read_text(encoding="utf-8"))
    return noted


def _reaching(trial: Trial, noted: dict[str, Any], name: str) -> list[str]:
    """Tests that reach a check, the cheapest first, but those that passed without it."""
    known, futile = noted["tests"], set(noted["passed_without"].get(name, ()))
    found = [test for test in trial.items if name in known[test]["reached"] and known[test]["passed"]]
    return sorted(set(found) - futile, key=lambda test: known[test]["seconds"])


def retry(trial: Trial, *, names: list[str], proofs: Path) -> int:
    """Try proofs again: each test passes as it is and fails without its check; 1 if one does not."""
    known = read_proofs(proofs)
    checks = {check.name: check for check in trial.checks}
    wrong: list[str] = []
    clean: dict[str, Child] = {}

    def again(name: str) -> Iterator[Child]:
        out, test = without(known, name)
        if test not in trial.items or not set(out) <= set(checks):
            print(f"NOT PROVED {name}\n    there is no longer {test}, or a check", flush=True)
            wrong.append(name)
            return
        if test not in clean:
            clean[test] = Child(lambda: trial.passes(test), SECONDS)
            yield clean[test]
        child = Child(lambda: trial.first_to_fail([checks[each] for each in out], [test]), SECONDS)
        yield child
        is_good = child.result == test and clean[test].end() is True
        print(f"{'proved' if is_good else 'NOT PROVED'} {name}\n    by {test}", flush=True)
        if not is_good:
            wrong.append(name)

    in_turn(again(name) for name in names)
    return 1 if wrong else 0


def without(known: dict[str, Any], name: str) -> tuple[list[str], str]:
    """Checks that are taken out together for a proof, and the test that fails then."""
    if name in known["proofs"]:
        return [name], known["proofs"][name]
    entry = known["redundant"][name]
    return [name, *entry["beside"]], entry["test"]


def read_proofs(path: Path = PROOFS) -> dict[str, Any]:
    """Tests by the check they prove; and checks of which another one holds: why, which, and the test of both."""
    if not path.is_file():
        return {"proofs": {}, "redundant": {}}
    return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def write_proofs(path: Path, known: dict[str, Any]) -> None:
    """All at once, in the order of the names."""
    ordered = {part: dict(sorted(entries.items())) for part, entries in known.items()}
    new = path.with_suffix(".new")
    new.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    new.replace(path)


def main() -> int:
    """Search or retry, as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m web.mutants", description=__doc__)
    parser.add_argument("--search", action="store_true", help="search proofs for checks without one")
    parser.add_argument("--retry", nargs="*", metavar="CHECK", help="try proofs again: of these checks, or all")
    parser.add_argument("--tests", nargs="*", default=list(SUITE), help="where to search")
    parser.add_argument("--root", type=Path, default=ROOT, help="the package that is searched for checks")
    parser.add_argument("--proofs", type=Path, default=PROOFS)
    parser.add_argument("--notes", type=Path, default=NOTES)
    asked = parser.parse_args()
    if asked.search:
        trial = Trial(lambda each: search(each, notes=asked.notes, proofs=asked.proofs), asked.root.resolve())
        tests = asked.tests
    else:
        known = read_proofs(asked.proofs)
        names = asked.retry or [*known["proofs"], *known["redundant"]]
        tests = sorted({without(known, name)[1].split("::")[0] for name in names})
        trial = Trial(lambda each: retry(each, names=names, proofs=asked.proofs), asked.root.resolve())
    top = TOP if asked.root == ROOT else asked.root.parent
    options = ["-q", "-c", str(TOP / "pyproject.toml"), "--rootdir", str(top)]
    code = pytest.main([*options, *(str(top / test) for test in tests)], plugins=[trial])
    return trial.result if code == 0 else int(code)


if __name__ == "__main__":
    os.chdir(TOP)
    sys.exit(main())
