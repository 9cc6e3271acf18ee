"""`equipoise explain DIR MEASURE`: why is this number so?"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from equipoise.cli.options import Session, existing, question_options, shared_options

if TYPE_CHECKING:
    from rich.tree import Tree

    from equipoise.explain import Explanation, Node


@click.command("explain")
@existing("source", "DIR")
@click.argument("measure")
@click.option("--item", default="", help="Item or any node above it.")
@click.option("--market", default="", help="Market, customer, channel or region.")
@click.option("--location", default="", help="Location or any node above it.")
@click.option("--resource", default="", help="Resource.")
@click.option("--bucket", default="0", show_default=True, help="Number, day or label: 3, 2027-04-15, 'Apr 2027'.")
@question_options
@shared_options
def command(
    session: Session,
    *,
    source: Path,
    measure: str,
    item: str,
    market: str,
    location: str,
    resource: str,
    bucket: str,
    mapping: Path | None,
    knobs: tuple[str, ...],
    adjust: Path | None,
) -> int:
    """Explain a number of a plan, down to its causes.

    DIR is a dataset, a sealed snapshot or a written plan; MEASURE a name such as unmet_qty. The answer is a tree from
    the number down to people's adjustments, blocked routes and rows of the source files.
    """
    from equipoise.catalog import measure_named
    from equipoise.cli.question import open_plan
    from equipoise.explain import explain

    measure_named(measure)  # refuse a wrong name before the work
    plan = open_plan(source, mapping, knobs, adjust)
    answer = explain(plan, measure, bucket=bucket, item=item, market=market, location=location, resource=resource)
    report = {"format": 1, "command": "explain", **answer.as_json()}
    return session.finish(report, lambda: _show(answer, plan.tier))


def _show(answer: "Explanation", tier: str) -> None:
    from rich.text import Text
    from rich.tree import Tree

    from equipoise.cli.screen import print_wide

    where = ", ".join(f"{dimension} {node}" for dimension, node in answer.where.items())
    tree = Tree(Text(f"{answer.measure} · {where} · {answer.unit} · {tier}", style="bold"))
    _grow(tree, answer.node)
    print_wide(tree)


def _grow(tree: "Tree", node: "Node") -> None:
    from rich.text import Text

    from equipoise.cli.screen import exact

    branch = tree.add(Text.assemble((f"{exact(node.value)} ", "bold"), node.text, (f"  {node.type}", "dim")))
    for child in node.children:
        _grow(branch, child)
