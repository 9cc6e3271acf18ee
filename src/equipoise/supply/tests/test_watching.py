"""A solve that is watched: it says how far it is, can be ended, and its answer does not depend on being watched."""

import dataclasses
import threading

import numpy as np
import pytest

from equipoise.supply.plan_supply import plan_supply
from equipoise.supply.program import highs, watching
from equipoise.supply.program.blocks import independent_parts, solve_parts
from equipoise.supply.program.highs import solve
from equipoise.supply.program.program import LinearProgram, compress
from equipoise.supply.program.watching import SolveEnded, ends_with


def hard_search(items=26, rows=3):
    """A market split (Cornuéjols & Dawande, 1999): small, and far beyond any search over whole numbers."""
    r = np.random.default_rng(5)
    weights = r.integers(0, 100, (rows, items)).astype(float)
    half = np.floor(weights.sum(axis=1) / 2)
    over, under = items + np.arange(rows), items + rows + np.arange(rows)
    row, column = np.indices(weights.shape)
    at = np.concatenate([row.ravel(), np.arange(rows), np.arange(rows)])
    cells = np.concatenate([column.ravel(), over, under])
    values = np.concatenate([weights.ravel(), -np.ones(rows), np.ones(rows)])
    width = items + 2 * rows
    is_integer = np.arange(width) < items
    return LinearProgram(
        np.where(is_integer, 0.0, 1.0),
        np.zeros(width),
        np.where(is_integer, 1.0, np.inf),
        is_integer,
        0.0,
        half,
        half,
        *compress(at, cells, values, rows, width),
    )


class Enough(Exception):
    """Somebody has seen enough."""


def test_a_search_says_its_gap_and_ends_when_it_is_told_to():
    told = []

    def watch(note):
        told.append(note)
        if len(told) == 300:
            raise Enough

    with pytest.raises(Enough):
        solve(hard_search(), watch=watch)
    assert len(told) == 300
    assert told[0] == "no plan in whole numbers yet, 0 nodes"
    assert told[-1].startswith("gap ")
    assert told[-1].endswith("nodes")


def test_a_keyboard_interrupt_ends_a_search():
    def watch(_note):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        solve(hard_search(), watch=watch)


def test_a_search_that_meets_its_limit_tells_what_it_has_proved(monkeypatch):
    monkeypatch.setattr(highs, "MOST_NODES", 20)
    found = solve(hard_search())
    assert found.status == "stopped"
    assert found.bound < found.objective
    again = solve(hard_search(), watch=lambda _note: None)
    assert again.values.tobytes() == found.values.tobytes()
    assert (again.bound, again.objective) == (found.bound, found.objective)


def test_a_linear_program_is_watched_too(inputs, red_tomato, monkeypatch):
    monkeypatch.setattr(watching, "EVERY", 1)
    told = []
    given = inputs(red_tomato(), policy={"closing_backlog": False})
    watched = plan_supply(dataclasses.replace(given, watch=told.append))
    assert told
    assert set(told) == {""}
    assert watched.digest == plan_supply(given).digest

    def stop(_note):
        raise Enough

    with pytest.raises(Enough):
        plan_supply(dataclasses.replace(given, watch=stop))


def test_of_parts_in_threads_one_that_fails_ends_the_others():
    one = np.ones(2)
    program = LinearProgram(one, 0 * one, one, one > 1, 0.0, 0 * one, one, np.array([0, 1, 2]), np.array([0, 1]), one)
    parts, ended = independent_parts(program, least=1), threading.Event()
    assert len(parts) == 2
    seen, both_run = [], threading.Barrier(2)

    def find(part):
        both_run.wait(10)
        if part is parts[0]:
            raise Enough
        try:
            while True:
                ends_with(ended)("")
        except SolveEnded:
            seen.append("ended")
            raise

    with pytest.raises(Enough):
        solve_parts(parts, find, threads=2, ended=ended)
    assert seen == ["ended"]


def test_who_waits_for_parts_in_threads_may_end_them(monkeypatch):
    monkeypatch.setattr("equipoise.supply.program.blocks.LOOK", 0.01)
    one = np.ones(2)
    program = LinearProgram(one, 0 * one, one, one > 1, 0.0, 0 * one, one, np.array([0, 1, 2]), np.array([0, 1]), one)
    ended = threading.Event()

    def find(_part):
        while True:
            ends_with(ended)("")

    def watch(_note):
        raise Enough

    with pytest.raises(Enough):
        solve_parts(independent_parts(program, least=1), find, threads=2, watch=watch, ended=ended)
