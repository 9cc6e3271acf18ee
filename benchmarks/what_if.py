"""What-ifs of a company whose plants are coupled, from the stored basis, beside linopy's rebuild and cold solve."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from statistics import median
from time import process_time

from benchmarks.cap import Capped, capped
from benchmarks.company import before_supply, without_rare_rules
from benchmarks.coupled_company import coupled_snapshot
from benchmarks.finite import tightened
from benchmarks.levers import Lever, check_same_optimum, cold_in_linopy, from_basis, levers
from benchmarks.measure import Disagreement, Timing
from benchmarks.subject import SMOKE, Comparison, Table
from equipoise.supply.model import build_model
from equipoise.supply.network.network import Network, read_network
from equipoise.supply.solving import Optimum, find_optimum

MID = "mid"
"""The size of issue 7's goals; named on its own, for the peer alone takes minutes for every question."""
CASES: dict[str, tuple[tuple[int, float], ...]] = {
    SMOKE: ((0, 1.0),),
    "small": tuple((seed, tightness) for seed in range(2) for tightness in (0.9, 1.2)),
    MID: ((0, 0.9),),
}
"""Seeds, and load over capacity as the company states it, by size."""
SHAPE_OF = {SMOKE: "tiny", "small": "small", MID: "mid"}
CAP = 600.0
"""CPU seconds of a solve after which the peer is stopped: at mid its simplex takes about four minutes."""
GOALS = (60.0, 25.0, 8.0)
"""Times as fast as the peer at mid, by lever, as issue 7 asks."""
SOLVERS = {"simplex": "linopy, cold, HiGHS as it comes", "ipx": "linopy, cold, interior point"}
HEAD = ("what-if", "seed, load", "pivots", "ours, CPU s", "peer as it comes", "ratio", "peer, interior point", "ratio")


@dataclass(frozen=True)
class Answered:
    """One question of one company, both ways."""

    lever: int
    case: str
    pivots: int
    ours: Timing
    peers: dict[str, float]
    """CPU seconds of each way of the peer's solver, once."""
    stopped: frozenset[str]
    """The ways that were stopped at the cap: their ratio is a least one."""

    def ratio(self, solver: str) -> float:
        """How many times as fast, by the medians."""
        return self.peers[solver] / self.ours.median

    def least(self, solver: str) -> str:
        """`≥ ` where the peer was stopped."""
        return "≥ " if solver in self.stopped else ""


def coupled_network(size: str, seed: int, tightness: float) -> Network:
    """The network of a seed, its machines tightened, without the rules that the peer does not write."""
    snapshot = without_rare_rules(coupled_snapshot(SHAPE_OF[size], seed))
    return tightened(read_network(before_supply(snapshot)), tightness)


def answered(size: str, seed: int, tightness: float, repeat: int) -> Iterator[tuple[Lever, Answered]]:
    """The levers of one company; the peer once for each, for its figures vary little and take long."""
    network = coupled_network(size, seed, tightness)
    model = build_model(network)
    base = find_optimum(model, None, devex=False)
    for number, lever in enumerate(levers(model, base)):
        changed = lever.change(network)
        ask = partial(from_basis, changed, base.solution.basis, devex=lever.devex)
        first, seconds = ask(), []
        for _ in range(repeat):
            begin = process_time()
            again = ask()
            seconds.append(process_time() - begin)
            check_same_bytes(lever.words, first, again)
        peers, stopped = {}, set()
        for solver in SOLVERS:
            begin = process_time()
            try:
                objective, *_ = cold_in_linopy(changed, solver, watch=capped(CAP))
                check_same_optimum(lever.words, first, objective)
            except Capped:
                stopped.add(solver)
            peers[solver] = process_time() - begin
        case = f"{seed}, {tightness:g}"
        yield (
            lever,
            Answered(number, case, first.solution.iterations, Timing(tuple(seconds)), peers, frozenset(stopped)),
        )


def check_same_bytes(words: str, one: Optimum, other: Optimum) -> None:
    """Disagreement unless the same question had the same bytes twice."""
    for name in ("values", "row_duals", "reduced_costs"):
        if getattr(one.solution, name).tobytes() != getattr(other.solution, name).tobytes():
            raise Disagreement(f"{words}: the same question has other {name} the second time")


def compare_what_ifs(size: str, repeat: int) -> tuple[list[Comparison], Table, list[str]]:
    """Every lever at every seed and load."""
    found: list[Answered] = []
    words: dict[int, str] = {}
    for seed, tightness in CASES[size]:
        for lever, one in answered(size, seed, tightness, repeat):
            words[one.lever] = lever.words
            found.append(one)
    comparisons, notes = [], []
    for number, name in words.items():
        mine = [one for one in found if one.lever == number]
        ours = Timing(tuple(one.ours.median for one in mine))
        for solver, peer in SOLVERS.items():
            theirs = Timing(tuple(one.peers[solver] for one in mine))
            comparisons.append(Comparison(f"coupled plants: {name}", ours, peer, theirs))
        spread = "; ".join(
            f"{peer}: {least}{min(ratios):.3g}× to {max(ratios):.3g}×, median {median(ratios):.3g}×"
            for solver, peer in SOLVERS.items()
            if (ratios := [one.ratio(solver) for one in mine])
            for least in (max(one.least(solver) for one in mine),)
        )
        notes.append(f"{name} (the goal at {MID}: {GOALS[number]:g}×): {spread}.")
    rows = [[words[one.lever], *_row(one)] for one in sorted(found, key=lambda one: (one.lever, one.case))]
    width = _columns(size)
    return comparisons, Table(f"What-ifs of coupled plants, {width:,} columns", HEAD, rows), notes


def _row(one: Answered) -> list[str]:
    cells = [one.case, f"{one.pivots:,}", f"{one.ours.minimum:.3g} / {one.ours.median:.3g} / {one.ours.maximum:.3g}"]
    for solver in SOLVERS:
        cells += [f"{one.peers[solver]:.3g}", f"{one.least(solver)}{one.ratio(solver):.3g}×"]
    return cells


def _columns(size: str) -> int:
    return build_model(coupled_network(size, *CASES[size][0])).program.shape[1]
