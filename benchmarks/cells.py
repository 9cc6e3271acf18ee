"""Subject: pages of the grid at 57.6 million cells, beside the bare slice of stored numbers and the same encoding."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import numpy as np

from benchmarks.large_plan import EXTENTS, MEASURES, write_versions
from benchmarks.measure import Disagreement, Timing, measure
from benchmarks.subject import SMOKE, Comparison, Result, Subject, Table
from benchmarks.web_home import home_folder, sign_in
from benchmarks.web_server import Server, served

if TYPE_CHECKING:
    from equipoise_web.reads.grid_rows import GridRows

ROWS = ("family", "item", "market")
FAMILY, ITEM = "Family 007", "I-007-003"
GOAL = 3.0
"""Times the bare slice and encoding that a page may take."""
CALLS = 20
"""Calls of one repeat; a repeat is their mean."""
RAW = "NumPy slice and encoding"


@dataclass(frozen=True)
class Asked:
    """A page: what a reader asks the grid for."""

    what: str
    query: Mapping[str, str]


def run(size: str, repeat: int) -> Result:
    """Write two versions, compare every page with the bare slice, then measure both in turn, and once over HTTP."""
    digest, other = _published(size)
    calls = 2 if size == SMOKE else CALLS
    asked = {page.what: [page] for page in _pages(other)} | _first_pages(other, size, calls * repeat)
    sides: dict[str, Sequence[Callable[..., Any]]] = {}
    for what, pages in asked.items():
        ours, raw = [_ours(digest, page) for page in pages], [_raw(digest, page) for page in pages]
        for page, one, bare in zip(pages, ours, raw, strict=True):
            _check(page, one(), bare)
        sides[what] = [partial(_in_turn, cycle(partial(_served, one) for one in ours), calls)]
        sides[f"{what}, bare"] = [partial(_in_turn, cycle(bare.encoded for bare in raw), calls)]
    _forget()
    for page in _pages(other):
        _ours(digest, page)()
    took = {name: _each(each.whole, calls) for name, each in measure(sides, repeat).items()}
    comparisons = [Comparison(what, took[what], RAW, took[f"{what}, bare"]) for what in asked]
    with served() as server:
        tables = [_ratios(comparisons), _over_http(server, digest, other, size, repeat), _memory(server)]
    extent = EXTENTS[size]
    cells = extent.series * extent.buckets * len(MEASURES)
    about = f"{extent.series:,} series, {extent.buckets} buckets, {len(MEASURES)} measures: {cells:,} cells"
    return Result(size, about, comparisons, tables)


def _published(size: str) -> tuple[str, str]:
    """Both versions, written by another process: its memory is none of this one's."""
    home = home_folder()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        digests = pool.submit(write_versions, home / "plans", size).result()
    from equipoise_web.actions.adopt_plans import adopt_plans

    adopt_plans(home)
    return digests


def _pages(other: str) -> tuple[Asked, ...]:
    """What is measured again and again; over HTTP also what nobody asked for before."""
    view = {"rows": ",".join(ROWS), "measures": ",".join(MEASURES)}
    opened = {**view, "opened": f"{FAMILY}\n{FAMILY}/{ITEM}"}
    return (
        Asked("a page: all families", view),
        Asked("drill-down: a family and an item opened in place", opened),
        Asked("drill-down: a family alone, down to its markets", {**view, "rows": "item,market", "item": FAMILY}),
        Asked("compare: all families of two versions", {**view, "against": other}),
    )


def _first_pages(other: str, size: str, count: int) -> Mapping[str, Sequence[Asked]]:
    """Drill-downs that nobody asked for before, each into another family; families come again only beyond all."""
    view = {"rows": ",".join(ROWS), "measures": ",".join(MEASURES)}
    numbers = range(8, EXTENTS[size].families)  # up to FAMILY they are asked for elsewhere
    families = [(f"Family {number:03d}", f"I-{number:03d}-003") for number in numbers][:count]
    queries: dict[str, list[Mapping[str, str]]] = {
        "first drill-down: a family and an item opened in place": [
            {**view, "opened": f"{family}\n{family}/{item}"} for family, item in families
        ],
        "first drill-down: a family alone, down to its markets": [
            {**view, "rows": "item,market", "item": family} for family, _item in families
        ],
        "first compare: a family opened in two versions": [
            {**view, "against": other, "opened": family} for family, _item in families
        ],
    }
    return {what: [Asked(what, query) for query in each] for what, each in queries.items()}


def _forget() -> None:
    """Let go of every tree of rows that is kept."""
    from equipoise_web.reads import grid_outline, grid_window

    grid_window.tree_of.cache_clear()
    grid_outline._outlines.clear()


def _ours(digest: str, page: Asked) -> "Callable[[], GridRows]":
    """What the grid's page works out, nothing kept of the answer before."""
    sign_in("cells-planner")
    from django.contrib.auth.models import User

    from equipoise_web.access import access_of
    from equipoise_web.reads.grid_beside import beside
    from equipoise_web.reads.grid_numbers import numbers_of_plan
    from equipoise_web.reads.grid_rows import read_rows
    from equipoise_web.reads.grid_view import GridView
    from equipoise_web.reads.pulse import read_pulse

    who, pulse = access_of(User.objects.get(username="cells-planner")), read_pulse()
    view = GridView.of_query(page.query)

    def ours() -> "GridRows":
        return beside(read_rows(numbers_of_plan(who, digest, pulse), view, who=who), who)

    return ours


@dataclass(frozen=True)
class Bare:
    """Where the numbers of a page lie: for each line an array on disk, and which of its rows."""

    parts: Sequence[tuple[Any, Any]]
    """Arrays [S, T] and places; the nodes of a line are those of its parts, one after another."""
    lines: int
    order: Any
    is_compared: bool
    header: Mapping[str, Any]

    def values(self) -> "np.ndarray[Any, Any]":
        """[lines, nodes, T]."""
        each = len(self.parts) // self.lines
        found = [
            np.concatenate([array[places] for array, places in self.parts[n * each : (n + 1) * each]])
            for n in range(self.lines)
        ]
        if self.is_compared:  # the second of each pair of lines is the other version's: the difference follows
            pairs = zip(found[0:-1:2], found[1::2], strict=True)
            found = [*(line for one, other in pairs for line in (one, other, one - other)), found[-1]]
        stacked: np.ndarray[Any, Any] = np.stack(found)[:, self.order]
        return stacked

    def encoded(self) -> bytes:
        """The same bytes as the grid's: header, numbers, marks."""
        from equipoise_web.reads.grid_bytes import to_bytes

        values = self.values()
        return to_bytes(self.header, values, np.zeros(values.shape, dtype=np.uint8))


def _raw(digest: str, page: Asked) -> Bare:
    """The slices that hold the page's quantities and its money, found beforehand and not timed."""
    from equipoise.core.measure import Grain
    from equipoise_web.reads.grid_sums import stored_places
    from equipoise_web.reads.plans import open_plan, open_rollups

    rows = _ours(digest, page)()
    tree = rows.tree
    places = stored_places(tree, Grain.DEMAND, None)  # type: ignore[arg-type]
    stored, leaves = np.flatnonzero(places >= 0), np.flatnonzero(places < 0)
    at = np.array([int(tree.rows_of(Grain.DEMAND, node)[0]) for node in leaves.tolist()], dtype=np.int64)
    if any(len(tree.rows_of(Grain.DEMAND, node)) != 1 for node in leaves.tolist()):
        raise Disagreement(f"{page.what}: a node of several rows is not stored")
    parts = []
    versions = (digest, page.query["against"]) if "against" in page.query else (digest,)
    for name in (*MEASURES, "demand_consensus_qty.money"):
        for version in versions if not name.endswith(".money") else (digest,):
            sums = open_rollups(version).of(name, lambda: None)
            base = name.removesuffix(".money")
            panel = open_plan(version).section_of(base).panel_of(base)
            if sums is None:
                raise Disagreement(f"{name} has no stored sums")
            parts += [(sums, places[stored]), (np.asarray(panel[base]), at)]
    order = np.argsort(np.concatenate([stored, leaves]), kind="stable")
    return Bare(parts, len(parts) // 2, order, len(versions) > 1, rows.header)


def _check(page: Asked, rows: "GridRows", raw: Bare) -> None:
    """Disagreement unless the grid's quantities are those of the bare slices, bit for bit."""
    finest = [n for n, column in enumerate(rows.columns.all) if not column.is_total]
    ours = rows.values[:, :, finest]
    bare = raw.values()
    for line, name in enumerate(rows.lines[:-1]):  # the last is the money of the foot
        if not np.array_equal(ours[line], bare[line]):
            raise Disagreement(f"{page.what}: {name} is not what is stored")


def _served(ours: "Callable[[], GridRows]") -> bytes:
    return ours().to_bytes()


def _in_turn(calls: Iterator[Callable[[], Any]], count: int) -> None:
    for _ in range(count):
        next(calls)()


def _each(timing: Timing, count: int) -> Timing:
    return Timing(tuple(seconds / count for seconds in timing.seconds))


def _ratios(comparisons: Sequence[Comparison]) -> Table:
    rows = [
        (c.what, f"{1e3 * c.ours.median:.2f}", f"{1e3 * c.theirs.median:.2f}", f"{1 / c.ratio:.2f}", f"≤ {GOAL:g}")
        for c in comparisons
    ]
    return Table("Against the goal", ("what", "served, CPU ms", "bare, CPU ms", "served / bare", "goal"), rows)


def _over_http(server: Server, digest: str, other: str, size: str, repeat: int) -> Table:
    """Milliseconds on the clock of answers that nobody asked for before: each opens another family."""
    cookie = sign_in("cells-planner")
    view = {"rows": ",".join(ROWS), "measures": ",".join(MEASURES)}
    where = f"/plan/{digest}/grid/numbers/?"
    begin = perf_counter()
    _ask(server, f"{where}{urlencode({**view, 'time': 'fiscal_year'})}", cookie)
    rows = [("the first page, which opens the plan", "1", f"{1e3 * (perf_counter() - begin):,.0f}", "–")]
    families = [f"Family {number:03d}" for number in range(10, 10 + max(5, 2 * repeat))]
    item = "line=demand_consensus_qty&at=3&row="
    asked: dict[str, list[str]] = {
        "a page, kept": [where + urlencode(view)] * 10,
        "drill-down, a family opened in place": [where + urlencode({**view, "opened": name}) for name in families],
        "drill-down, a family alone": [
            where + urlencode({**view, "rows": "item,market", "item": name}) for name in families
        ],
        "compare, a family opened in both": [
            where + urlencode({**view, "against": other, "opened": name}) for name in families
        ],
        "the panel of a cell": [f"/grid/cell/?{urlencode(view)}&{item}{name.replace(' ', '%20')}" for name in families],
    }
    for what, paths in asked.items():
        _ask(server, paths[-1].replace(families[-1], "Family 000"), cookie)
        took = []
        for path in paths:
            begin = perf_counter()
            _ask(server, path, cookie)
            took.append(1e3 * (perf_counter() - begin))
        rows.append((what, str(len(took)), f"{median(took):.1f}", f"{max(took):.1f}"))
    return Table("Over HTTP, on the clock", ("what", "requests", "median, ms", "longest, ms"), rows)


def _ask(server: Server, path: str, cookie: str) -> None:
    status, body = server.ask(path, cookie)
    if not status.startswith("200"):
        raise Disagreement(f"{path} answers {status}: {body[:300]!r}")


def _memory(server: Server) -> Table:
    """What the system says of the server's process after all these answers."""
    said = dict(
        line.split(":", 1) for line in Path(f"/proc/{server.process}/status").read_text(encoding="utf-8").splitlines()
    )
    names = {"RssAnon": "its own", "RssFile": "mapped files, which the system may take back", "VmHWM": "both, at most"}
    rows = [(what, f"{int(said[name].split()[0]) / 1024:,.0f}") for name, what in names.items()]
    return Table("Memory of the server's process", ("what", "MB"), rows)


SUBJECT = Subject(
    "cells",
    "Pages of the grid at 57.6 million cells",
    f"""
    A generated plan is published twice by the product's own writer, the second time with another consensus in one
    series of twenty. Equipoise's side is what answers a page of the grid in this process: the person's plan, the tree
    of the rows in sight, every line with its totals by year, money and marks, and the binary form; nothing is kept of
    the answer before. The peer takes the same numbers out of the mapped arrays, whose places were found beforehand,
    and encodes them with the same header; it works out no tree and no totals by year. Their
    quantities are compared first, bit for bit. {CALLS} calls a repeat, in turn. A first drill-down is into another
    family with every call, of which nothing is kept: its rows are found, named and placed within what is timed. Then
    the product's own server (one process) is asked for pages that nobody asked for before.
    """,
    """
    The made-up company has one unit of measure and no adjustments. Files are warm; the first page after a start opens
    the plan, which compares every byte with the manifest. Times over HTTP are on the clock of a machine that client and
    server share.
    """,
    run,
    sizes=("full",),
)
