"""Subject: the planning grid in a browser, beside its own page with data from a file and beside a bare RevoGrid."""

from collections.abc import Sequence
from statistics import median

import numpy as np

from benchmarks.grid_browser import Edited, bare_path, browser, edit, open_all, paint, scroll
from benchmarks.grid_peers import keep_peers
from benchmarks.grid_server_part import edits_in_process
from benchmarks.measure import Disagreement
from benchmarks.subject import SMOKE, Comparison, Result, Subject, Table
from benchmarks.web import HORIZON, planned
from benchmarks.web_home import home_folder, publish, sign_in
from benchmarks.web_in_process import ask
from benchmarks.web_page import Page
from benchmarks.web_server import served

SETTINGS = "benchmarks.grid_settings"
CONSENSUS = "demand_consensus_qty"
QUERY = f"rows=family,item,market&measures={CONSENSUS}"
MARK = "4"
"""The bucket that is typed in."""
GOALS = {"paint": 1.3, "edit": 0.025, "scroll": 1.2}
HEAD = ("what", "grid, ms", "peer", "peer, ms", "grid / peer", "goal")


def run(size: str, repeat: int) -> Result:
    """Keep the peers' files, then measure both sides in turn, `repeat` times."""
    plan = planned("large" if size != SMOKE else SMOKE)
    publish(plan)
    cookie = sign_in("grid-planner")
    path = f"/grid/?{QUERY}"
    page, numbers = (_answer(f"{where}?{QUERY}", cookie) for where in ("/grid/", "/grid/numbers/"))
    keep_peers(home_folder(), page, numbers, "/grid/numbers/")
    in_process = edits_in_process(QUERY, repeat=repeat)
    painted: dict[str, list[float]] = {path: [], "/still/": []}
    frames: dict[str, list[float]] = {"grid": [], "bare": []}
    with served(SETTINGS) as server, browser(server.port, cookie) as window:
        shown = open_all(window, path)
        bare = bare_path(window)
        for where in (*painted, bare):  # once unmeasured: files, scripts and the plan are then warm on both sides
            paint(window, where)
        for _ in range(repeat):
            for where, took in painted.items():
                took.append(paint(window, where))
            for name, where in (("grid", path), ("bare", bare)):
                paint(window, where)
                frames[name].append(float(np.percentile(scroll(window), 95)))
        edits = _edits(window, path, repeat)
    return Result(
        size,
        f"{shown:,} rows shown over {len(plan.measure(CONSENSUS).keys):,} series, {HORIZON} months and their years",
        [Comparison("an edit, the server's part", in_process.edit, "the same view worked out anew", in_process.anew)],
        [
            Table(
                "On the clock of the browser (minimum / median / maximum)",
                HEAD,
                [
                    _row("first paint", painted[path], "the page with data from a file", painted["/still/"], 1.3),
                    _row("frame while scrolling, p95", frames["grid"], "a bare RevoGrid", frames["bare"], 1.2),
                    _server("an edit, Enter to the painted total", [each.whole for each in edits], ""),
                    _server("of it, the server's answer", [each.server for each in edits], "25 ms"),
                ],
            )
        ],
    )


def _edits(window, path: str, repeat: int) -> list[Edited]:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """As many edits as repeats, of the first two items in sight, after one that is not counted."""
    window.route("**/grid/changes/**", lambda route: route.abort())  # nobody else changes anything meanwhile
    paint(window, path)
    rows = [key for key in _keys(window) if key.count("/") == 1][:2]
    made = [edit(window, rows[n % 2], rows[n % 2].partition("/")[0], MARK, CONSENSUS) for n in range(repeat + 1)]
    return made[1:]


def _keys(window) -> list[str]:  # type: ignore[no-untyped-def]  # noqa: ANN001
    raw = window.evaluate(
        "async () => (await (await import('/static/grid/wire.js')).read('/still/numbers/')).header.keys"
    )
    return [str(key) for key in raw]


def _answer(path: str, cookie: str) -> bytes:
    status, body = ask(Page(path, cookie, lambda _body: None))
    if not status.startswith("200"):
        raise Disagreement(f"{path} answers {status}")
    return body


def _row(what: str, ours: Sequence[float], peer: str, theirs: Sequence[float], goal: float) -> Sequence[str]:
    return what, _spread(ours), peer, _spread(theirs), f"{median(ours) / median(theirs):.2f}", f"≤ {goal:g}"


def _server(what: str, ours: Sequence[float], goal: str) -> Sequence[str]:
    return what, _spread(ours), "–", "–", "–", f"≤ {goal}" if goal else "–"


def _spread(seconds: Sequence[float]) -> str:
    return " / ".join(f"{1e3 * each:.1f}" for each in (min(seconds), median(seconds), max(seconds)))


SUBJECT = Subject(
    "grid",
    "The planning grid in a browser",
    f"""
    Headless Chromium, a window of 1440 × 900, at the page that the product's own server serves: families, their items
    and the items' markets over {HORIZON} months, all rows open. Its peer for the first paint is the same page and the
    same numbers, answered once and kept as files, behind the same middleware: what is left between the two is what the
    server works out. The peer for scrolling is RevoGrid alone, as large, with as many rows and columns of plain text;
    120 steps of one frame each on the way down, the 95th percentile of each run. An edit is +1 typed into an item's
    month: from Enter until the family above it says the new total and is painted, and of it the time from the request
    to the first byte of the answer. Pages in turn within one run, once unmeasured first; minimum, median and maximum of
    the repeats, in milliseconds on the clock. The server's part of an edit is measured again in this process, in CPU
    seconds, beside the same view worked out anew from the same numbers.
    """,
    """
    Browser, server and client share the machine, so the clock counts what else runs; the ratios are of one run. Files,
    scripts and the plan's arrays are warm. The made-up company has five markets and no adjustments but those typed
    here.
    """,
    run,
    sizes=("large",),
)
