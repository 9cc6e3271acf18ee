"""Puts other code into running functions: without a check, or with a note that a check was come to."""

import ast
import builtins
import gc
import inspect
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from web.checks import Check, place_of


class Bench:
    """The running functions, and the code that is put into them."""

    def __init__(self, checks: Iterable[Check]) -> None:
        """Find the functions around the checks; they must have been imported."""
        wanted = {check.key for check in checks}
        self.functions: dict[tuple[str, str, int], list[FunctionType]] = {}
        self.doors: dict[int, list[Any]] = {}
        """Of each function behind `login_required`: the cells that hold the test of who comes."""
        for each in gc.get_objects():
            if isinstance(each, FunctionType):
                if _key(each.__code__) in wanted:
                    self.functions.setdefault(_key(each.__code__), []).append(each)
                if "test_func" in each.__code__.co_freevars and each.__closure__:
                    at = each.__code__.co_freevars.index("test_func")
                    self.doors.setdefault(id(inspect.unwrap(each)), []).append(each.__closure__[at])

    def take_out(self, checks: list[Check]) -> None:
        """Put code without these checks into the functions around them."""
        for path in {check.path for check in checks}:
            here = {place_of(check.node): check.instead for check in checks if check.path == path}
            self._put(path, here, [check for check in checks if check.path == path])
        for door in self._doors(checks):
            door.cell_contents = lambda _user: True

    def note(self, checks: list[Check], reached: Callable[[str], object]) -> None:
        """Put code in that says by name which check it comes to."""
        builtins.__reached__ = reached  # type: ignore[attr-defined]
        for path in {check.path for check in checks}:
            here = {place_of(each.node): _noting(each.name) for each in checks if each.path == path}
            self._put(path, here, [check for check in checks if check.path == path])
        for check in checks:
            for door in self._doors([check]):
                door.cell_contents = _noting_door(check.name, door.cell_contents)

    def _put(self, path: Path, here: dict[Any, Callable[[ast.AST], ast.AST | None]], checks: list[Check]) -> None:
        tree = _Replace(here).visit(ast.parse(path.read_text(encoding="utf-8")))
        code = compile(ast.fix_missing_locations(tree), str(path), "exec")
        for key in {check.key for check in checks}:
            for function in self.functions.get(key, ()):
                function.__code__ = _find(code, key)

    def _doors(self, checks: list[Check]) -> Iterator[Any]:
        for check in checks:
            if isinstance(check.node, ast.FunctionDef):
                for function in self.functions.get(check.key, ()):
                    yield from self.doors[id(function)]


class _Replace(ast.NodeTransformer):
    """Puts something else in the place of the nodes at some positions."""

    def __init__(self, here: dict[Any, Callable[[ast.AST], ast.AST | None]]) -> None:
        self.here = here

    def visit(self, node: ast.AST) -> Any:
        """The node, changed where it is one of ours; what is `login_required` stays, for its door is changed."""
        make = self.here.get(place_of(node)) if not isinstance(node, ast.FunctionDef) else None
        node = self.generic_visit(node)
        if make is None:
            return node
        made = make(node)
        return None if made is None else ast.copy_location(made, node)


def _noting(name: str) -> Callable[[ast.AST], ast.AST]:
    """Makes the same, after saying that it was reached."""

    def noted(node: ast.AST) -> ast.AST:
        if isinstance(node, ast.stmt):
            note = ast.parse(f"if __reached__({name!r}): pass").body[0]  # it says None
            assert isinstance(note, ast.If)
            note.orelse = [node]
            return note
        made = ast.parse(f"(__reached__({name!r}), None)[1]", mode="eval").body
        assert isinstance(made, ast.Subscript) and isinstance(made.value, ast.Tuple)
        made.value.elts[1] = node.value if isinstance(node, ast.keyword) else node  # type: ignore[assignment]
        return ast.keyword(node.arg, made) if isinstance(node, ast.keyword) else made

    return noted


def _noting_door(name: str, test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda user: (builtins.__reached__(name), test(user))[1]  # type: ignore[attr-defined]


def _key(code: CodeType) -> tuple[str, str, int]:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _find(code: CodeType, key: tuple[str, str, int]) -> CodeType:
    stack = [code]
    while stack:
        each = stack.pop()
        if _key(each) == key:
            return each
        stack += [const for const in each.co_consts if isinstance(const, CodeType)]
    raise AssertionError(f"no code of {key}")
