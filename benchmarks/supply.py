"""Subject: answers of supply while the question is being asked: infinite loading, one cell of it, a lever of the LP."""

from collections.abc import Callable

import numpy as np

from benchmarks.finite import compare_heuristic
from benchmarks.levers import compare_levers
from benchmarks.loading_in_numpy import load_in_numpy, made_structure, read_levels
from benchmarks.measure import Disagreement, Timing, measure
from benchmarks.subject import SMOKE, Comparison, Result, Subject
from benchmarks.what_if import CASES, MID, compare_what_ifs
from equipoise.core.grid import FloatArray
from equipoise.supply.loading.infinite_loading import load_infinitely
from equipoise.supply.loading.loading_update import change_demand
from equipoise.supply.loading.product_structure import ProductStructure
from equipoise.supply.loading.requirements import Loading, Requirements

BUCKETS = 36
COUNTS = {SMOKE: 400, "small": 100_000, "medium": 1_000_000}
NAMED = (MID,)
CHANGES = 500
"""Cells changed one after another in each repeat: one alone is too short for the clock."""
TOLERANCE = 1e-3
"""Units by which the peer, which does not round to the grid, may differ in a cell."""


def check_same_loading(ours: Loading, theirs: Loading) -> None:
    """Disagreement unless both sides plan the same."""
    for name in ("gross", "receipts", "releases", "past_due"):
        mine, other = getattr(ours, name), getattr(theirs, name)
        gap = float(np.abs(mine - other).max(initial=0.0))
        if not gap <= TOLERANCE:
            raise Disagreement(f"infinite loading differs in {name} by {gap:.4g} units in a cell")


def changer(
    structure: ProductStructure, asked: Requirements, plan: Loading, kernel: str
) -> tuple[Callable[[], None], list[int]]:
    """A call that changes `CHANGES` cells of independent demand one by one, and how many nodes each planned anew."""
    random = np.random.default_rng(7)
    sold = np.flatnonzero(asked.demand.any(axis=1))
    planned: list[int] = []

    def change() -> None:
        for row in random.choice(sold, CHANGES):
            cell = {"rows": np.array([row]), "buckets": random.integers(0, BUCKETS, 1)}
            quantity: FloatArray = random.integers(0, 200, 1).astype(np.float64)
            planned.append(len(change_demand(structure, asked, plan, **cell, quantities=quantity, kernel=kernel)))

    return change, planned


def run(size: str, repeat: int) -> Result:
    """Measure infinite loading and its update, then what-ifs: of the demo company, and where plants are coupled."""
    if size in NAMED:
        compared, what_ifs, notes = compare_what_ifs(size, repeat)
        return Result(size, "a company whose plants are coupled", compared, [what_ifs], notes)
    structure, asked = made_structure(COUNTS[size], BUCKETS)
    comparisons, note = _loading(structure, asked, repeat)
    finite, gaps, reached = compare_heuristic(size, repeat)
    more, table = compare_levers(size, repeat)
    tables, notes = [gaps, table], [note, reached]
    if size in CASES:
        compared, what_ifs, spread = compare_what_ifs(size, repeat)
        more += compared
        tables.append(what_ifs)
        notes += spread
    about = f"{COUNTS[size]:,} item-locations × {BUCKETS} buckets, {len(structure.parent):,} links"
    return Result(size, about, [*comparisons, *finite, *more], tables, notes)


def _loading(structure: ProductStructure, asked: Requirements, repeat: int) -> tuple[list[Comparison], str]:
    """Infinite loading as a whole beside the plain way, and one cell beside a whole pass."""
    levels = read_levels(structure)
    plan = load_infinitely(structure, asked, kernel="numba")
    check_same_loading(plan, load_in_numpy(levels, asked))
    change, planned = changer(structure, asked, plan, "numba")
    change()
    check_same_bytes(plan, load_infinitely(structure, asked, kernel="numba"))
    planned.clear()
    took = measure(
        {
            "numba": [lambda: _done(load_infinitely(structure, asked, kernel="numba"))],
            "numpy": [lambda: _done(load_infinitely(structure, asked))],
            "plain": [lambda: _done(load_in_numpy(levels, asked))],
            "change": [change],
        },
        repeat,
    )
    check_same_bytes(plan, load_infinitely(structure, asked, kernel="numba"))
    whole = took["numba"].whole
    one = Timing(tuple(seconds / CHANGES for seconds in took["change"].whole.seconds))
    peer = "NumPy and SciPy, written plainly"
    comparisons = [
        Comparison("infinite loading, compiled", whole, peer, took["plain"].whole),
        Comparison("infinite loading, our NumPy", took["numpy"].whole, peer, took["plain"].whole),
        Comparison("one cell of demand", one, "the whole pass, compiled", whole),
    ]
    note = (
        f"A changed cell of demand plans {np.mean(planned):.1f} item-locations anew in the mean, at most "
        f"{max(planned)}, in {one.median * 1e6:.0f} microseconds; {len(planned):,} of them end with the bytes of a "
        "whole pass."
    )
    return comparisons, note


def check_same_bytes(plan: Loading, full: Loading) -> None:
    """Disagreement unless a plan that was changed cell by cell has the bytes of a whole pass."""
    for name in ("gross", "receipts", "releases", "past_due"):
        if getattr(plan, name).tobytes() != getattr(full, name).tobytes():
            raise Disagreement(f"a plan changed cell by cell is not the plan of a whole pass: {name} differs")


def _done(plan: Loading) -> None:
    """Let go of a plan at once: at a million item-locations it takes a gigabyte."""


SUBJECT = Subject(
    "supply",
    "Supply while the question is being asked",
    """
    Infinite loading (netting, safety stock, lead-time offset, yield, explosion over four levels; lot for lot) of a
    made-up structure whose rows stand in no order that helps; the peer is the same in NumPy with a sparse product of
    SciPy per level (`benchmarks/loading_in_numpy.py`), its matrices built beforehand, as our order of planning is. One
    cell is changed in place; its peer is our own whole pass. The finite heuristic (compiled) is timed from the network
    to its plan, beside our own optimum, model and cold solve, of two made-up companies of five seeds at four loads; its
    cost is the whole objective, with what it leaves of rules at the model's prices. Levers: a fresh solver from the
    base plan's stored basis, from the changed `Network` to the solution read; the peer is linopy's rebuild (sparse)
    with a cold solve. The same of a company whose plants all compete for lines, crews and components
    (`benchmarks/coupled_company.py`), of several seeds and loads, beside both ways of the peer's solver, each once:
    simplex, which HiGHS takes by itself, and interior points, which are quicker there. `--size mid` is that company at
    six plants and 150 products, where the peer takes minutes for a question: a solve of it is stopped after ten, and
    its ratio is a least one then. The run fails if plans differ by more than 0.001 units in a cell, a changed plan by
    one byte from a whole pass, or optima by more than 1e-6, or if the heuristic's plan misses a row of the model
    that it heeds.
    """,
    """
    The structure is drawn at random: real ones have parts that very many things take, whose update is longer, and
    others that nothing moves. Lots are not measured: they go bucket by bucket in both of our ways. Ours rounds to the
    grid of exact numbers, the peer does not. The made-up company has one route for each item, and most of its cost is
    what making and buying costs in any plan: a gap is small against the whole cost. Where much is short the heuristic
    spreads the shortage and the optimum chooses whom to leave waiting: there it is no stand-in for it. The demo
    company's model is mildly loaded, and smaller than 200,000 columns; where more binds, both solves are longer, the
    one from the basis more so.
    """,
    run,
    named_sizes=NAMED,
)
