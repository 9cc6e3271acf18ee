"""Subject: from the supply network to a linear program that HiGHS holds."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from time import process_time

import highspy
import linopy

from benchmarks import supply_in_linopy, supply_in_pyomo
from benchmarks.cap import Capped, at_most
from benchmarks.company import before_supply, demo_network, without_rare_rules
from benchmarks.coupled_company import coupled_snapshot
from benchmarks.measure import Disagreement, Side, Timing, Took, measure
from benchmarks.subject import SMOKE, Comparison, Result, Subject, Table
from equipoise.supply.model import build_model
from equipoise.supply.network.network import Network, read_network
from equipoise.supply.program.highs import hand_over
from equipoise.supply.program.program import LinearProgram

LARGE = "large"
"""Coupled plants with near 800,000 columns, built once each way and not solved."""
LAYOUTS = {"linopy, sparse": True, "linopy, dense": False}
PYOMO = "Pyomo"
WITHOUT = "Pyomo is not installed (extra `bench`), and its figures are left out."
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
    """A fresh solver that holds a program, as `equipoise.supply.program.highs.solve` makes it before it runs."""
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


def check_same_optimum(network: Network, ours: Shape) -> Shape:
    """Pyomo's model, solved; Disagreement if its optimum differs. It has no row that limits nothing, and ours has."""
    shape = solved(supply_in_pyomo.hand_over(network), supply_in_linopy.constant(network))
    if abs(ours.objective - shape.objective) > TOLERANCE * max(1.0, abs(ours.objective)):
        raise Disagreement(f"optima differ: {ours.objective:.6f} and {shape.objective:.6f} ({PYOMO})")
    return shape


def large_network(shape: str) -> Network:
    """The network of a company of coupled plants without the rules that the peers leave out."""
    return read_network(before_supply(without_rare_rules(coupled_snapshot(shape, 0))))


def check_size(ours: tuple[int, ...], highs: highspy.Highs) -> None:
    """Disagreement unless a solver holds as many rows, columns and nonzeros as `ours`."""
    theirs = (highs.getNumRow(), highs.getNumCol(), highs.getNumNz())
    if theirs != ours:
        raise Disagreement(f"models differ in size: {ours} and {theirs}")


def compare_large(shape: str, cap: float = 600.0) -> Result:
    """Each way of building the model of coupled plants once; the models of a small such company are solved before.

    Pyomo is stopped after `cap` CPU seconds.
    """
    small, network = large_network("tiny"), large_network(shape)
    ours = check_same_model(small, {"linopy, sparse": True})["Equipoise"]
    program = build_model(network).program
    size = (*program.shape, len(program.values))
    sides: dict[str, Side] = {
        "Equipoise": (lambda: build_model(network).program, pass_on),
        "linopy, sparse": (
            partial(supply_in_linopy.write_model, network),
            linopy.Model.to_highspy,
            partial(check_size, size),
        ),
    }
    notes = ["One run each way. The models are not solved; those of a small company of the kind have one optimum."]
    took = measure(sides, 1)
    late: list[Comparison] = []
    if supply_in_pyomo.is_installed():
        check_same_optimum(small, ours)
        try:
            with at_most(cap):
                took |= measure({PYOMO: (partial(supply_in_pyomo.write_model, network), supply_in_pyomo.to_highs)}, 1)
        except Capped:
            late.append(Comparison("build and hand over", took["Equipoise"].whole, PYOMO, Timing((cap,))))
            notes.append(f"Pyomo was stopped at {cap:g} CPU s: its ratio is a least one.")
    else:
        notes.append(WITHOUT)
    about = "coupled plants, {:,} rows, {:,} columns, {:,} nonzeros".format(*size)
    return Result(LARGE, about, [*compared(took), *late], (), notes)


def compared(took: Mapping[str, Took]) -> list[Comparison]:
    """Ours beside each peer: both steps together, and apart."""
    ours = took["Equipoise"]
    return [
        comparison
        for peer, theirs in took.items()
        if peer != "Equipoise"
        for comparison in (
            Comparison("build and hand over", ours.whole, peer, theirs.whole),
            Comparison("– build alone", ours.steps[0], peer, theirs.steps[0]),
            Comparison("– hand-over alone", ours.steps[1], peer, theirs.steps[1]),
        )
    ]


def run(size: str, repeat: int) -> Result:
    """Measure both ways of building, and their two steps apart."""
    if size == LARGE:
        return compare_large("medium")
    network = demo_network(size)
    layouts = {"linopy, sparse": True} if size == SMOKE else LAYOUTS
    shapes = check_same_model(network, layouts)
    sides: dict[str, Side] = {"Equipoise": (lambda: build_model(network).program, pass_on)}
    for name, is_sparse in layouts.items():
        write = partial(supply_in_linopy.write_model, network, sparse=is_sparse)
        sides[name] = (write, linopy.Model.to_highspy)
    notes = []
    if supply_in_pyomo.is_installed():
        shapes[PYOMO] = check_same_optimum(network, shapes["Equipoise"])
        sides[PYOMO] = (partial(supply_in_pyomo.write_model, network), supply_in_pyomo.to_highs)
    else:
        notes.append(WITHOUT)
        print(f"lp_build: {WITHOUT}", file=sys.stderr, flush=True)
    took = measure(sides, repeat)
    ours = took["Equipoise"]
    rows = [
        [name, f"{s.rows:,}", f"{s.columns:,}", f"{s.nonzeros:,}", f"{s.objective:,.4f}", f"{s.seconds:.3g}"]
        for name, s in shapes.items()
    ]
    share = ours.steps[1].median / ours.whole.median
    return Result(
        size,
        f"{rows[0][1]} rows, {rows[0][2]} columns, {rows[0][3]} nonzeros",
        compared(took),
        [Table("The models, solved once outside the timing", HEAD, rows)],
        [f"The hand-over to HiGHS takes {share:.0%} of our time.", *notes],
    )


SUBJECT = Subject(
    "lp_build",
    "Building the supply model",
    """
    From the `Network` of the supply stage (tables, prices and demand already read) to a fresh HiGHS instance that holds
    the linear program, unsolved. The peer is linopy: the same model with labelled dimensions and vectorized expressions
    (`benchmarks/supply_in_linopy.py`), then `to_highspy()`; once with `Model(sparse=True)`, which is its quicker way,
    and once in its default layout. Another is Pyomo, where it is installed: rules that list only the terms that are
    there (`benchmarks/supply_in_pyomo.py`), then its direct interface to HiGHS (APPSI). All sides were run once before
    the timing. The run fails if optima differ by more than 1e-6, or linopy's models in rows, columns or nonzeros;
    Pyomo's has no rows that limit nothing.
    """,
    """
    linopy pays for labels, alignment and readable equations, mostly a fixed cost per expression: its disadvantage
    shrinks as models grow, and the demo company is no large model; size large, measured where `--size` names it, is a
    company of coupled plants without the rules that the peers leave out. Ours is index arithmetic written for this one
    model.
    In the demo all lead times are shorter than a bucket, so no arrival is shifted; the tests compare the two models
    with shifted arrivals too. No ratio has the solving in it, which is the same for both.
    """,
    run,
    named_sizes=(LARGE,),
)
