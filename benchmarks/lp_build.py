"""Subject: from the supply network to a linear program that HiGHS holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from time import process_time

import highspy
import linopy

from benchmarks import supply_in_linopy
from benchmarks.company import demo_network
from benchmarks.measure import Disagreement, Side, measure
from benchmarks.subject import SMOKE, Comparison, Result, Subject, Table
from equipoise.supply.highs import hand_over
from equipoise.supply.model import build_model
from equipoise.supply.network import Network
from equipoise.supply.program import LinearProgram

LAYOUTS = {"linopy, sparse": True, "linopy, dense": False}
HEAD = ("", "rows", "columns", "nonzeros", "optimum", "solve, CPU s (one run)")
TOLERANCE = 1e-6
"""Relative difference of the two objectives that still is the same optimum."""


@dataclass(frozen=True)
class Shape:
    """What a solver holds, and the objective when it has solved it."""

    rows: int
    columns: int
    nonzeros: int
    objective: float
    seconds: float
    """CPU seconds of the solve, a single run."""


def pass_on(program: LinearProgram) -> highspy.Highs:
    """A fresh solver that holds a program, as `equipoise.supply.highs.solve` makes it before it runs."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    hand_over(highs, program)
    return highs


def solved(highs: highspy.Highs, constant: float = 0.0) -> Shape:
    """Solve what a solver holds; `constant` is the part of the objective that it was not given."""
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    begin = process_time()
    highs.run()
    seconds = process_time() - begin
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise Disagreement(f"HiGHS ended with {highs.modelStatusToString(highs.getModelStatus())}")
    objective = float(highs.getInfo().objective_function_value) + constant
    return Shape(highs.getNumRow(), highs.getNumCol(), highs.getNumNz(), objective, seconds)


def check_same_model(network: Network, layouts: Mapping[str, bool] = LAYOUTS) -> dict[str, Shape]:
    """Our model and the peer's in each layout, solved; Disagreement if any differs in size or in its optimum."""
    ours = solved(pass_on(build_model(network).program))
    shapes = {"Equipoise": ours}
    for name, is_sparse in layouts.items():
        shape = solved(supply_in_linopy.hand_over(network, sparse=is_sparse), supply_in_linopy.constant(network))
        if abs(ours.objective - shape.objective) > TOLERANCE * max(1.0, abs(ours.objective)):
            raise Disagreement(f"optima differ: {ours.objective:.6f} and {shape.objective:.6f} ({name})")
        if (ours.rows, ours.columns, ours.nonzeros) != (shape.rows, shape.columns, shape.nonzeros):
            raise Disagreement(f"models differ in size: {ours} and {shape} ({name})")
        shapes[name] = shape
    return shapes


def run(size: str, repeat: int) -> Result:
    """Measure both ways of building, and their two steps apart."""
    network = demo_network(size)
    layouts = {"linopy, sparse": True} if size == SMOKE else LAYOUTS
    shapes = check_same_model(network, layouts)
    sides: dict[str, Side] = {"Equipoise": (lambda: build_model(network).program, pass_on)}
    for name, is_sparse in layouts.items():
        write = partial(supply_in_linopy.write_model, network, sparse=is_sparse)
        sides[name] = (write, linopy.Model.to_highspy)
    took = measure(sides, repeat)
    ours = took.pop("Equipoise")
    build, handed = ours.steps
    comparisons = []
    for peer, theirs in took.items():
        comparisons += [
            Comparison("build and hand over", ours.whole, peer, theirs.whole),
            Comparison("– build alone", build, peer, theirs.steps[0]),
            Comparison("– hand-over alone", handed, peer, theirs.steps[1]),
        ]
    rows = [
        [name, f"{s.rows:,}", f"{s.columns:,}", f"{s.nonzeros:,}", f"{s.objective:,.4f}", f"{s.seconds:.3g}"]
        for name, s in shapes.items()
    ]
    share = handed.median / ours.whole.median
    return Result(
        size,
        f"{rows[0][1]} rows, {rows[0][2]} columns, {rows[0][3]} nonzeros",
        comparisons,
        [Table("The models, solved once outside the timing", HEAD, rows)],
        [f"The hand-over to HiGHS takes {share:.0%} of our time."],
    )


SUBJECT = Subject(
    "lp_build",
    "Building the supply model",
    """
    From the `Network` of the supply stage (tables, prices and demand already read) to a fresh HiGHS instance that holds
    the linear program, unsolved. The peer is linopy: the same model with labelled dimensions and vectorized expressions
    (`benchmarks/supply_in_linopy.py`), then `to_highspy()`; once with `Model(sparse=True)`, which is its quicker way,
    and once in its default layout. Both sides were run once before the timing. The run fails if the models differ
    in rows, columns or nonzeros, or their optima by more than 1e-6.
    """,
    """
    linopy pays for labels, alignment and readable equations, mostly a fixed cost per expression: its disadvantage
    shrinks as models grow, and the demo company is no large model. Ours is index arithmetic written for this one model.
    In the demo all lead times are shorter than a bucket, so no arrival is shifted; the tests compare the two models
    with shifted arrivals too. No ratio has the solving in it, which is the same for both.
    """,
    run,
)
