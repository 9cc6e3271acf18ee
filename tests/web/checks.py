"""Every access check in the source, and what stands there when it is taken out.

A check is found by its form: a `require` that stands alone is not called; a `may` says yes; what narrows a plan gives
all of it; a refusal is not raised, an early "no" not returned; a condition of a query is left out; a page does not ask
who comes. Its name (file, function, text, and a number among equals) outlives edits elsewhere in the file.
"""

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import equipoise_web

ROOT = Path(equipoise_web.__file__).resolve().parent
"""The folder that is searched: the one whose code runs."""
ASIDE = {"tests", "migrations", "records", "conftest.py"}

CALLED_OFF = {
    "require",
    "require_whole",
    "require_of_token",
    "check_audit",
    "check_may_audit",
    "check_nodes",
    "check_administrator_left",
    "_check_by_hand",
    "_check_right",
}
"""Calls that stand alone and raise: taken out."""
SAYS_YES = {
    "may",
    "may_whole",
    "may_know",
    "gives",
    "covers",
    "sees_all",
    "constant_time_compare",
    "_may",
    "_may_see",
    "_may_read",
    "_sees",
    "_sees_pooled",
    "_is_own",
    "_holds",
}
"""Calls that answer whether somebody may: True."""
ANSWERS = {"sees_all", "is_everywhere"}
"""Attributes that do."""
GIVES_ALL: dict[str, str] = {
    "access_of": "__import__('equipoise_web.access', fromlist=['x']).SYSTEM",
    "access_of_person": "__import__('equipoise_web.access', fromlist=['x']).SYSTEM",
    "asker_of": "__import__('equipoise_web.access', fromlist=['x']).SYSTEM",
    "plan_for": "__import__('equipoise_web.reads.plans', fromlist=['x']).open_plan(ARG1)",
    "scoped_plan": "ARG0",
    "scoped_snapshot": "ARG0",
    "visible": "ARG0",
    "visible_rows": "__import__('numpy').ones(len(ARG0.keys[ARG1]), dtype=bool)",
    "nodes_in_scope": "ARG2",
    "narrowed": "ARG0",
    "limited_to": "RECEIVER",
}
"""Calls that narrow what somebody sees or does: what they would have narrowed."""
WHOLE = {"held.scope == Scope()", "not held.measure"}
"""Conditions by which a grant counts for the whole company: True."""
SAY_NO = {
    "gives",
    "covers",
    "may",
    "may_know",
    "_may",
    "_seen_by",
    "_holds",
    "access_of",
    "access_of_token",
    "access_of_session",
    "is_open_for_signup",
}
"""Functions that decide; where one of them says no early, it goes on, and where no is all it says, it says yes."""
NOES = {"False", "None", "pl.lit(False)", "Access(0, '')"}
QUERIES = {"filter", "Q", "get"}
NARROW = {"is_active", "revoked_at__isnull", "expires_at__gt", "ended_at__isnull"}
STATES = {"is_active", "is_authenticated"}
SIGNED_IN = {"login_required", "signed_in"}
"""Decorators of pages that ask who comes; what the second leaves open it asks of the first."""
AT_THE_DOOR = {
    "access.py",
    "session_access.py",
    "api/auth.py",
    "actions/accept_invitation.py",
    "actions/last_administrator.py",
}
"""Where it counts for access whether something is still in force: elsewhere such a condition only chooses what to list.
A condition of a query by the person who asks counts everywhere."""


@dataclass(frozen=True, eq=False)
class Check:
    """One check: where it stands, the outermost function around it, and what is put in its place (None: nothing)."""

    path: Path
    root: Path
    node: ast.AST
    function: str
    first_line: int
    number: int
    instead: Callable[[ast.AST], ast.AST | None]

    @property
    def name(self) -> str:
        """For example `actions/give_grant.py give_grant: who.require(Right.PEOPLE)`; the second such ends in ` #2`."""
        again = f" #{self.number}" if self.number > 1 else ""
        return f"{self.path.relative_to(self.root).as_posix()} {self.function}: {text_of(self.node)}{again}"

    @property
    def key(self) -> tuple[str, str, int]:
        """Of the code object of the function around it: file, qualified name, first line."""
        return str(self.path), self.function, self.first_line


def text_of(node: ast.AST) -> str:
    """One line of source, not too long."""
    if isinstance(node, ast.FunctionDef):
        return "@login_required"
    return " ".join(ast.unparse(node).split())[:80]


def place_of(node: ast.AST) -> tuple[str, int, int, int, int]:
    """What parts a node from every other of its file."""
    where = (getattr(node, name, -1) for name in ("lineno", "col_offset", "end_lineno", "end_col_offset"))
    return (type(node).__name__, *where)


def find_checks(root: Path = ROOT) -> list[Check]:
    """Every check, file by file in the order of the source."""
    found: list[Check] = []
    for path in sorted(root.rglob("*.py")):
        if not ASIDE & set(path.relative_to(root).parts):
            found += _checks_in(path, root)
    return found


def _checks_in(path: Path, root: Path) -> Iterator[Check]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    seen: Counter[tuple[str, str]] = Counter()
    for function, name in _functions(tree, ""):
        line = min([function.lineno, *(each.lineno for each in function.decorator_list)])
        is_door = path.relative_to(root).as_posix() in AT_THE_DOOR
        places = list(_places(function, function.name, is_alone=True, is_door=is_door))
        if any(ast.unparse(each) in SIGNED_IN for each in function.decorator_list):
            places.insert(0, (function, _nothing))
        for node, instead in sorted(places, key=lambda each: place_of(each[0])[1:3]):
            seen[name, text_of(node)] += 1
            yield Check(path, root, node, name, line, seen[name, text_of(node)], instead)


def _functions(tree: ast.AST, prefix: str) -> Iterator[tuple[ast.FunctionDef, str]]:
    """Outermost functions, and their names after those of the classes they stand in."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            yield node, prefix + node.name
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{prefix}{node.name}.")


Place = tuple[ast.AST, Callable[[ast.AST], ast.AST | None]]


def _places(node: ast.AST, function: str, *, is_alone: bool, is_door: bool) -> Iterator[Place]:
    """Checks below a node of a function; `is_alone`: right in its body, under no condition."""
    for child in ast.iter_child_nodes(node):
        within = child.name if isinstance(child, ast.FunctionDef) else function
        yield from _place(child, within, is_alone=is_alone, is_door=is_door)
        yield from _places(child, within, is_alone=isinstance(child, ast.FunctionDef), is_door=is_door)


def _place(node: ast.AST, function: str, *, is_alone: bool, is_door: bool) -> Iterator[Place]:
    if (isinstance(node, ast.Expr) and _called(node.value) in CALLED_OFF) or (
        isinstance(node, ast.Raise) and _called(node.exc) == "NotAllowed"
    ):
        yield node, _pass
    elif isinstance(node, ast.Return) and node.value and function in SAY_NO and ast.unparse(node.value) in NOES:
        yield node, (_return_yes if is_alone else _pass)
    elif isinstance(node, ast.Return) and isinstance(node.value, ast.UnaryOp) and function in SAY_NO:
        yield node, _return_yes
    elif isinstance(node, ast.Call):
        yield from _call(node, is_door=is_door)
    elif _says(node, is_door=is_door) or (isinstance(node, ast.Compare | ast.UnaryOp) and ast.unparse(node) in WHOLE):
        yield node, _true


def _call(node: ast.Call, *, is_door: bool) -> Iterator[Place]:
    name = _called(node)
    if name in SAYS_YES:
        yield node, _true
    if name in GIVES_ALL:
        yield node, _all
    if name in QUERIES:
        yield from ((each, _nothing) for each in node.keywords if _narrows(each, is_door=is_door))
    if name == "replace":  # of a plan whose findings are hidden
        yield from ((each, _nothing) for each in node.keywords if ast.unparse(each) == "findings=()")


def _narrows(condition: ast.keyword, *, is_door: bool) -> bool:
    is_by_person = ast.unparse(condition.value) in ("who.person", "person.pk")
    return is_by_person or (is_door and condition.arg in NARROW)


def _says(node: ast.AST, *, is_door: bool) -> bool:
    """An attribute or name that is read and says whether somebody may."""
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        return node.attr in ANSWERS or (is_door and node.attr in STATES)
    return is_door and isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in STATES


def _called(node: ast.AST | None) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _pass(_node: ast.AST) -> ast.AST:
    return ast.Pass()


def _nothing(_node: ast.AST) -> None:
    return None


def _true(_node: ast.AST) -> ast.AST:
    return ast.Constant(True)


def _return_yes(_node: ast.AST) -> ast.AST:
    return ast.Return(ast.Constant(True))


def _all(node: ast.AST) -> ast.AST:
    assert isinstance(node, ast.Call)

    class _Fill(ast.NodeTransformer):
        def visit_Name(self, name: ast.Name) -> ast.AST:
            if name.id == "RECEIVER":
                return node.func.value
            return node.args[int(name.id[3:])] if name.id.startswith("ARG") else name

    return _Fill().visit(ast.parse(GIVES_ALL[_called(node)], mode="eval").body)
