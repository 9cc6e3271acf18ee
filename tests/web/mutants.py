"""Takes every access check out in turn and sees whether a test notices. A pytest plugin, run by test_mutation.py.

A mutant is one check removed: a `require` that is not called, a `may` that says yes, an `access_of` that gives all
rights, a plan that is not masked, a refusal that is not raised. The tests are collected once; a first, clean run notes
which test reaches which check, and how long it takes; then each mutant is put into the running functions and the tests
that reach it are run, quickest first, until one fails. A mutant that none kills is a check that nothing proves.
"""

import ast
import builtins
import gc
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType

from _pytest.runner import runtestprotocol

ROOT = Path(__file__).parents[2] / "src" / "equipoise_web"
CHECKING = ("access.py", "actions", "reads", "api", "jobs", "screens")
"""Where access is checked."""
CALLED_OFF = {"require", "check_audit", "check_nodes", "check_administrator_left", "_check_by_hand", "_check_right"}
"""Calls that stand alone and raise: taken out."""
SAYS_YES = {"may", "gives", "covers", "sees_all"}
"""Calls that answer whether somebody may: True."""
GIVES_ALL = {
    "access_of": "__import__('equipoise_web.access', fromlist=['x']).SYSTEM",
    "plan_for": "__import__('equipoise_web.reads.plans', fromlist=['x']).open_plan(ARG1)",
    "scoped_plan": "ARG0",
    "scoped_snapshot": "ARG0",
    "nodes_in_scope": "ARG2",
}
"""Calls that narrow what somebody sees: what they would have narrowed."""
REFUSALS = {"NotAllowed"}


@dataclass
class Mutant:
    """One check: where it stands, and the outermost function around it."""

    path: Path
    node: ast.AST
    function: str
    first_line: int
    killer: str = ""
    reached_by: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """For example `actions/give_grant.py:31 give_grant: who.require(Right.PEOPLE)`."""
        text = ast.unparse(self.node).splitlines()[0][:80]
        return f"{self.path.relative_to(ROOT)}:{self.node.lineno} {self.function}: {text}"


def find_mutants() -> list[Mutant]:
    """Every check in the order of the files."""
    found = []
    for part in CHECKING:
        files = [ROOT / part] if part.endswith(".py") else sorted((ROOT / part).rglob("*.py"))
        for path in files:
            if not {"tests", "migrations"} & set(path.parts):
                found += _checks_in(path)
    return found


def _checks_in(path: Path) -> Iterator[Mutant]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for function, prefix in _functions(tree, ""):
        for node in ast.walk(function):
            if _is_check(node):
                line = min([function.lineno, *(each.lineno for each in function.decorator_list)])
                yield Mutant(path, node, prefix + function.name, line)


def _functions(tree: ast.AST, prefix: str) -> Iterator[tuple[ast.FunctionDef, str]]:
    """Outermost functions, with the classes they stand in."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            yield node, prefix
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{prefix}{node.name}.")


def _is_check(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return _called(node.value) in CALLED_OFF
    if isinstance(node, ast.Call):
        return _called(node) in SAYS_YES or _called(node) in GIVES_ALL
    if isinstance(node, ast.Attribute):
        return node.attr == "sees_all"
    return isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and _called(node.exc) in REFUSALS


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


class _Replace(ast.NodeTransformer):
    """Puts something else in the place of the nodes at some positions."""

    def __init__(self, mutants: list[Mutant], *, is_noted: bool) -> None:
        self.at = {_place(mutant.node): number for number, mutant in enumerate(mutants)}
        self.is_noted = is_noted

    def visit(self, node: ast.AST) -> ast.AST:
        """The node, changed where it is one of ours."""
        number = self.at.get(_place(node)) if _is_check(node) else None
        if number is None or self.is_noted:
            node = self.generic_visit(node)
        if number is None:
            return node
        made = _noted(node, number) if self.is_noted else _without(node)
        return ast.fix_missing_locations(ast.copy_location(made, node))


def _place(node: ast.AST) -> tuple[str, int, int, int, int]:
    where = (getattr(node, name, -1) for name in ("lineno", "col_offset", "end_lineno", "end_col_offset"))
    return (type(node).__name__, *where)


def _noted(node: ast.AST, number: int) -> ast.AST:
    """The same, after saying that it was reached."""
    if isinstance(node, ast.stmt):
        note = ast.parse(f"if __reached__({number}): pass").body[0]  # it says None
        note.orelse = [node]
        return note
    made = ast.parse(f"(__reached__({number}), None)[1]", mode="eval").body
    made.value.elts[1] = node
    return made


def _without(node: ast.AST) -> ast.AST:
    if isinstance(node, ast.stmt):
        return ast.Pass()
    if not isinstance(node, ast.Call) or _called(node) in SAYS_YES:
        return ast.Constant(True)

    class _Fill(ast.NodeTransformer):
        def visit_Name(self, name: ast.Name) -> ast.AST:
            return node.args[int(name.id[3:])] if name.id.startswith("ARG") else name

    return _Fill().visit(ast.parse(GIVES_ALL[_called(node)], mode="eval").body)


class Bench:
    """The running functions, and the code that is put into them."""

    def __init__(self, mutants: list[Mutant]) -> None:
        """Find the functions; they must have been imported."""
        self.mutants = mutants
        wanted = {(str(mutant.path), mutant.function, mutant.first_line) for mutant in mutants}
        self.functions: dict[tuple[str, str, int], list[FunctionType]] = {}
        for each in gc.get_objects():
            if isinstance(each, FunctionType) and _key(each.__code__) in wanted:
                self.functions.setdefault(_key(each.__code__), []).append(each)
        self.originals = {key: found[0].__code__ for key, found in self.functions.items()}

    def put(self, mutants: list[Mutant], *, is_noted: bool) -> None:
        """Compile their files with the checks replaced, and put the code into the functions around them."""
        for path in {mutant.path for mutant in mutants}:
            numbered = [mutant if mutant.path == path and mutant in mutants else None for mutant in self.mutants]
            tree = ast.parse(path.read_text(encoding="utf-8"))
            replace = _Replace([], is_noted=is_noted)
            replace.at = {_place(mutant.node): n for n, mutant in enumerate(numbered) if mutant is not None}
            code = compile(ast.fix_missing_locations(replace.visit(tree)), str(path), "exec")
            for key in {_mutant_key(mutant) for mutant in mutants if mutant.path == path}:
                for function in self.functions.get(key, ()):
                    function.__code__ = _find(code, key)

    def restore(self) -> None:
        """As it was."""
        for key, found in self.functions.items():
            for function in found:
                function.__code__ = self.originals[key]


def _key(code: CodeType) -> tuple[str, str, int]:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _mutant_key(mutant: Mutant) -> tuple[str, str, int]:
    return str(mutant.path), mutant.function, mutant.first_line


def _find(code: CodeType, key: tuple[str, str, int]) -> CodeType:
    stack = [code]
    while stack:
        each = stack.pop()
        if _key(each) == key:
            return each
        stack += [const for const in each.co_consts if isinstance(const, CodeType)]
    raise AssertionError(f"no code of {key}")


def pytest_runtestloop(session) -> bool:
    """Instead of running the tests once: the clean run, then every mutant."""
    import equipoise_web.api.root
    import equipoise_web.urls  # noqa: F401 - all views

    mutants = find_mutants()
    bench = Bench(mutants)
    items = {item.nodeid: item for item in session.items}
    reached: set[int] = set()
    builtins.__reached__ = reached.add
    bench.put(mutants, is_noted=True)
    seconds, broken = {}, []
    for nodeid, item in items.items():
        reached.clear()
        began = time.perf_counter()
        if not _passes(item, session):
            broken.append(nodeid)
        seconds[nodeid] = time.perf_counter() - began
        for number in reached:
            mutants[number].reached_by.append(nodeid)
    bench.restore()
    for mutant in mutants:
        bench.put([mutant], is_noted=False)
        for nodeid in sorted(mutant.reached_by, key=seconds.__getitem__):
            if not _passes(items[nodeid], session):
                mutant.killer = nodeid
                break
        bench.restore()
    report = {
        "broken": broken,
        "killed": {mutant.name: mutant.killer for mutant in mutants if mutant.killer},
        "alive": {mutant.name: len(mutant.reached_by) for mutant in mutants if not mutant.killer},
        "seconds": sum(seconds.values()),
    }
    Path(os.environ["EQUIPOISE_MUTANTS"]).write_text(json.dumps(report, indent=1), encoding="utf-8")
    session.testsfailed = len(broken) + len(report["alive"])
    return True


def _passes(item, session) -> bool:
    """Run a test again; what is shared by its file stays set up until a test of another file comes."""
    session._setupstate.teardown_exact(item)
    item._initrequest()
    siblings = [each for each in session.items if each is not item]
    same_file = [each for each in siblings if each.path == item.path]
    reports = runtestprotocol(item, nextitem=(same_file or siblings)[0], log=False)
    return not any(report.failed for report in reports)
