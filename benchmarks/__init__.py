"""Benchmarks: what Equipoise costs in CPU seconds, beside a named peer that does the same in the same run.

`python -m benchmarks` measures every subject of `registry.SUBJECTS` and writes `docs/benchmarks.md`. A subject first
checks that both sides give the same answer and raises `Disagreement` if not: a figure for another answer is no figure.
"""
