"""Subject: from the supply network to a linear program that HiGHS holds."""

from dataclasses import dataclass

import highspy

from benchmarks import supply_in_linopy
from benchmarks.company import demo_network
from benchmarks.measure import Disagreement, measure
from benchmarks.subject import Comparison, Result, Subject, Table
from equipoise.supply.highs import _as_highs
from equipoise.supply.model import build_model
from equipoise.supply.network import Network
from equipoise.supply.program import LinearProgram

TOLERANCE = 1e-6
"""Relative difference of the two objectives that still is the same optimum."""


@dataclass(frozen=True)
class Shape:
    """What a solver holds, and the objective when it has solved it."""

    rows: int
    columns: int
    nonzeros: int
    objective: float


def pass_on(program: LinearProgram) -> highspy.Highs:
    """A fresh solver that holds a program, as `equipoise.supply.highs.solve` makes it before it runs."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    if highs.passModel(_as_highs(program)) == highspy.HighsStatus.kError:
        raise Disagreement("HiGHS refuses our model")
    return highs


def solved(highs: highspy.Highs, constant: float = 0.0) -> Shape:
    """Solve what a solver holds; `constant` is the part of the objective that it was not given."""
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise Disagreement(f"HiGHS ended with {highs.modelStatusToString(highs.getModelStatus())}")
    objective = float(highs.getInfo().objective_function_value) + constant
    return Shape(highs.getNumRow(), highs.getNumCol(), highs.getNumNz(), objective)


def check_same_model(network: Network) -> tuple[Shape, Shape]:
    """Both models solved; Disagreement if they differ in size or in the optimum."""
    ours = solved(pass_on(build_model(network).program))
    theirs = solved(supply_in_linopy.hand_over(network), supply_in_linopy.constant(network))
    if abs(ours.objective - theirs.objective) > TOLERANCE * max(1.0, abs(ours.objective)):
        raise Disagreement(f"objectives differ: {ours.objective:.6f} and {theirs.objective:.6f}")
    if (ours.rows, ours.columns, ours.nonzeros) != (theirs.rows, theirs.columns, theirs.nonzeros):
        raise Disagreement(f"models differ in size: {ours} and {theirs}")
    return ours, theirs


def run(size: str, repeat: int) -> Result:
    network = demo_network(size)
    ours, theirs = check_same_model(network)
    dense = solved(supply_in_linopy.hand_over(network, sparse=False), supply_in_linopy.constant(network))
    program = build_model(network).program
    written = supply_in_linopy.write_model(network)
    took = measure(
        {
            "ours": lambda: pass_on(build_model(network).program),
            "linopy, sparse": lambda: supply_in_linopy.hand_over(network),
            "linopy, dense": lambda: supply_in_linopy.hand_over(network, sparse=False),
            "our build": lambda: build_model(network),
            "our hand-over": lambda: pass_on(program),
            "linopy build": lambda: supply_in_linopy.write_model(network),
            "linopy hand-over": lambda: written.to_highspy(),
        },
        repeat,
    )
    shapes = [
        [name, f"{s.rows:,}", f"{s.columns:,}", f"{s.nonzeros:,}", f"{s.objective:,.4f}"]
        for name, s in (("Equipoise", ours), ("linopy, sparse", theirs), ("linopy, dense", dense))
    ]
    parts = [
        Comparison("build alone", took["our build"], "linopy, sparse", took["linopy build"]),
        Comparison("hand-over alone", took["our hand-over"], "linopy, sparse", took["linopy hand-over"]),
    ]
    share = took["our hand-over"].median / (took["our build"].median + took["our hand-over"].median)
    return Result(
        size,
        f"{ours.rows:,} rows, {ours.columns:,} columns, {ours.nonzeros:,} nonzeros",
        [
            Comparison("build and hand over", took["ours"], "linopy, sparse", took["linopy, sparse"]),
            Comparison("build and hand over", took["ours"], "linopy, dense", took["linopy, dense"]),
            *parts,
        ],
        [
            Table(
                "The models, each solved once outside the timing",
                ("", "rows", "columns", "nonzeros", "optimum"),
                shapes,
            )
        ],
        [f"The hand-over to HiGHS is {share:.0%} of our time."],
    )


SUBJECT = Subject(
    "lp_build",
    "Building the supply model",
    "From the `Network` of the supply stage (tables, prices and demand already read) to a fresh HiGHS instance that "
    "holds the linear program, unsolved. The peer is linopy: the same model with labelled dimensions and vectorized "
    "expressions (`benchmarks/supply_in_linopy.py`), then `to_highspy()`; once with `Model(sparse=True)`, which is its "
    "quicker way, and once in its default layout. Both sides were run once before the timing. The run fails if the two "
    "models differ in rows, columns or nonzeros, or their optima by more than 1e-6.",
    "linopy pays for labels, alignment and readable equations, mostly a fixed cost per expression: its disadvantage "
    "shrinks as models grow, and the demo company is no large model. Ours is written by index arithmetic for this one "
    "model. In the demo all lead times are shorter than a bucket, so no arrival is shifted; the tests compare the two "
    "models with shifted arrivals too. Solving takes far longer than either way of building.",
    run,
)
