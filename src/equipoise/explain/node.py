"""The tree that an explanation is.

>>> node = total("Postings", "Closing stock", [Node("Source", 1000.0, "opening"), Node("Optimum", -400.0, "shipped")])
>>> node.value, [child.text for child in node.children]
(600.0, ['opening', 'shipped'])
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import floor, isnan, log10
from typing import Any, Literal

NodeType = Literal["Postings", "Product", "Share", "Optimum", "Person", "Source"]

MOST_CHILDREN = 12
"""Parts listed one by one; the rest is one node, so that the sum stays whole and a person can read the tree."""


@dataclass(frozen=True)
class Node:
    """One statement of an explanation; `value` is None where it is unknown or there is none."""

    type: NodeType
    value: float | None
    text: str
    children: tuple["Node", ...] = ()
    ref: str = ""
    """Of a person's change its id, so that a page can lead there; not part of the shape that is shared."""

    def as_json(self) -> dict[str, Any]:
        """{type, value, text, children}, all the way down."""
        return {
            "type": self.type,
            "value": self.value,
            "text": self.text,
            "children": [child.as_json() for child in self.children],
        }

    def walk(self) -> Iterator["Node"]:
        """This node and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class Explanation:
    """The answer of `explain`: which cell, its value and unit, and the tree."""

    measure: str
    where: Mapping[str, str]
    value: float | None
    unit: str
    node: Node

    def as_json(self) -> dict[str, Any]:
        """The shape that CLI, API and files share (algebra.md section 11)."""
        return {
            "measure": self.measure,
            "where": dict(self.where),
            "value": self.value,
            "unit": self.unit,
            "node": self.node.as_json(),
        }


def known(value: float) -> float | None:
    """The value, None where it is NaN."""
    return None if isnan(value) else float(value) + 0.0


def total(type: NodeType, text: str, children: Sequence[Node]) -> Node:
    """A node whose value is the sum of its children, None if one of them is unknown."""
    values = [child.value for child in children]
    return Node(type, None if None in values else sum(v for v in values if v is not None), text, tuple(children))


def shortened(children: Sequence[Node], words: str = "others") -> tuple[Node, ...]:
    """The children with the largest values in their order, and all others as one node, so the sum stays the same."""
    if len(children) <= MOST_CHILDREN:
        return tuple(children)
    by_size = sorted(range(len(children)), key=lambda n: -abs(children[n].value or 0.0))
    kept = set(by_size[: MOST_CHILDREN - 1])
    rest = [child for number, child in enumerate(children) if number not in kept]
    types = {child.type for child in rest}
    joined = total(rest[0].type if len(types) == 1 else "Postings", f"{len(rest)} {words}", rest)
    shown = [child for number, child in enumerate(children) if number in kept]
    return (*shown, Node(joined.type, joined.value, joined.text))


def taken_off(node: Node) -> Node:
    """What is subtracted: −1 × the node, which stands below with its own sign."""
    return Node("Product", None if node.value is None else 0.0 - node.value, f"less {node.text}", (node,))


def number(value: float | None, unit: str = "") -> str:
    """A number as a planner reads it; `unknown` for None.

    >>> number(1234.5), number(0.00271, "hours"), number(-0.0)
    ('1,234.5', '0.00271 hours', '0')
    """
    if value is None:
        return "unknown"
    # Two decimals, and three digits of what they would lose, such as hours per unit; less than a step is nothing.
    places = 2 - floor(log10(abs(value))) if 0.001 < abs(value) < 0.1 else 2
    text = f"{value:,.{places}f}".rstrip("0").rstrip(".")
    return f"{'0' if text in ('', '-0') else text} {unit}".strip()
