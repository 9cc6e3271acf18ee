"""Subject: a page of the grid for somebody signed in, beside a bare hello of the same stack, as the product serves."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.made_company import SHAPES, write_company
from benchmarks.measure import Disagreement, Timing, measure
from benchmarks.subject import SMOKE, Comparison, Result, Subject, Table
from benchmarks.web_home import publish
from benchmarks.web_in_process import ask, ask_often
from benchmarks.web_page import HELLO, MEASURES, ROWS, Page, pages
from benchmarks.web_server import Block, Server, served
from equipoise.gather import gather
from equipoise.intake import read_dataset
from equipoise.plan import Plan, compute_plan

HORIZON = 36
CONNECTIONS = (1, 8)
ROUNDS, BATCH = 10, 100
"""Of one repeat: pages are asked in turn, a batch of requests each, and so on."""
HEAD = ("what", "connections", "requests per second", "p50, ms", "p95, ms", "cores of the server", "of the client")

Blocks = Mapping[tuple[str, int], Sequence[Block]]
"""By page and connections."""


def run(size: str, repeat: int) -> Result:
    """Check every page, served and not, then measure both ways."""
    plan = planned(size)
    publish(plan)
    every = pages(plan)
    rounds, batch = (1, 16) if size == SMOKE else (ROUNDS, BATCH)
    digests = {name: page.digest_of(*ask(page)) for name, page in every.items()}
    alone = measure({name: [partial(ask_often, page, batch)] for name, page in every.items()}, repeat * rounds)
    with served() as server:
        for name, page in every.items():
            if page.digest_of(*server.ask(page.path, page.cookie)) != digests[name]:
                raise Disagreement(f"{name} is served otherwise than the application answers")
        blocks = measure_served(server, every, digests, repeat=repeat, rounds=rounds, batch=batch)
    timings = {
        f"served, {_connections(number)}": {n: Timing(tuple(b.server_each for b in blocks[n, number])) for n in every}
        for number in CONNECTIONS
    }
    timings["without a server"] = {name: _each(took.whole, rounds, batch) for name, took in alone.items()}
    return Result(
        size,
        f"{ROWS} rows of {len(plan.measure(MEASURES[0]).keys):,}, {HORIZON} buckets, {len(MEASURES)} measures",
        [
            Comparison(f"{name}; {where}", took[name], HELLO, took[HELLO])
            for where, took in timings.items()
            for name in every
            if name != HELLO
        ],
        [Table("Served (medians)", HEAD, [_row(name, number, blocks[name, number]) for name, number in blocks])],
        [_what_the_client_can(blocks[HELLO, CONNECTIONS[-1]])],
    )


@cache
def planned(size: str) -> Plan:
    """The plan of the made-up company, three years ahead; the smoke size is the small company."""
    shape = replace(SHAPES["small" if size == SMOKE else size], horizon=HORIZON)
    with TemporaryDirectory() as folder:
        return compute_plan(gather(read_dataset(write_company(Path(folder) / "company", shape))))


def measure_served(
    server: Server, every: Mapping[str, Page], digests: Mapping[str, str], *, repeat: int, rounds: int, batch: int
) -> Blocks:
    """Every page over one connection and over several."""
    blocks: dict[tuple[str, int], list[Block]] = {(name, number): [] for number in CONNECTIONS for name in every}
    right = [digests[name] for name in every]
    for _ in range(repeat):
        for number in CONNECTIONS:
            found = server.load(list(every.values()), right, connections=number, rounds=rounds, batch=batch)
            for name, block in zip(every, found, strict=True):
                blocks[name, number].append(block)
    return blocks


def _row(name: str, number: int, blocks: Sequence[Block]) -> Sequence[str]:
    return (
        name,
        str(number),
        f"{median(b.per_second for b in blocks):,.0f}",
        *(f"{median(b.latency(pct) for b in blocks) * 1e3:.2f}" for pct in (50, 95)),
        f"{median(b.server / b.wall for b in blocks):.2f}",
        f"{median(b.client / b.wall for b in blocks):.2f}",
    )


def _what_the_client_can(hellos: Sequence[Block]) -> str:
    each = median(block.client / len(block.took) for block in hellos)
    return f"The client computes {each * 1e6:.0f} µs for a hello, so it could take {1 / each:,.0f} of them a second."


def _connections(number: int) -> str:
    return f"{number} connection{'' if number == 1 else 's'}"


def _each(timing: Timing, rounds: int, batch: int) -> Timing:
    """Seconds of one request, for each repeat of so many rounds."""
    of_rounds = [timing.seconds[at : at + rounds] for at in range(0, len(timing.seconds), rounds)]
    return Timing(tuple(sum(seconds) / (rounds * batch) for seconds in of_rounds))


SUBJECT = Subject(
    "web",
    "A page of the grid over the web",
    f"""
    Equipoise's side is `GET /api/v1/plans/DIGEST/grid` for {ROWS} rows, {HORIZON} months and {len(MEASURES)} measures
    in binary, asked by somebody with a session: session, person and grants are read from the database (SQLite on disk)
    and access is checked every time. One of the two who ask may see the whole company, the other one market, whose
    rows are found and whose other cells are masked. The peer is a view that returns five bytes, behind the same
    middleware, without a session to read. Both are served by the product's own server (granian with one process and
    four threads, as `equipoise serve` runs it) to a client in another process over connections that are kept open,
    {ROUNDS * BATCH:,} requests a repeat, pages in turn after each {BATCH}. Figures are CPU seconds of the server's
    process for one request, from its CPU clock, so what the client costs is not in them; then those of the same
    application called in one process without a server. The page's numbers are compared with the plan's first, and
    every answer with the first one.
    """,
    """
    Client and server share the machine, so requests per second are those of one server process that competes with its
    client; the client's share of a core says how far it is from being what is measured. The page is one page, so its
    arrays are warm in memory. The ratio must be 0.25 or more, and should be 0.35.
    """,
    run,
)
