"""Results as a Markdown page."""

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from platform import python_version
from textwrap import fill

from benchmarks.measure import Timing
from benchmarks.subject import Comparison, Result, Subject, Table

LIBRARIES = ("numpy", "polars", "highspy", "linopy", "xarray", "pandas", "statsforecast")
WIDTH = 120
HEAD = ("what", "Equipoise, CPU s", "peer", "peer, CPU s", "ratio")


ABOUT = """
CPU seconds of one thread (`time.process_time`), minimum / median / maximum of {repeat} repeats, sides in turn within
one run. The ratio is the peer's median over ours: above 1 Equipoise is quicker, between 0.77 and 1.3 it is a tie. Every
subject first checks that both sides answer alike.
"""
MACHINE = """
{cores} shared cores, load average {before:.1f} before and {after:.1f} after the run, which itself counts as 1; Python
{python}, {libraries}. Where the three figures differ much, other work disturbed the run and the minimum is the better
guide.
"""


def write_report(
    results: Mapping[Subject, Sequence[Result]], *, repeat: int, loads: Sequence[float], cores: int
) -> str:
    """The page; `loads` are the load averages (1 minute) before and after the run."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    machine = MACHINE.format(
        cores=cores, before=loads[0], after=loads[-1], python=python_version(), libraries=libraries
    )
    lines = ["# Benchmarks", "", "*Written by `make bench`; do not edit.*"]
    lines += ["", _text(ABOUT.format(repeat=repeat)), "", _text(machine)]
    for subject, found in results.items():
        lines += ["", f"## {subject.title} (`{subject.name}`)", "", _text(subject.text)]
        for result in found:
            lines += _result(result)
        lines += ["", _text(f"**What this does not show.** {subject.limits}")]
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    return fill(" ".join(text.split()), WIDTH, break_long_words=False, break_on_hyphens=False)


def _result(result: Result) -> list[str]:
    lines = ["", f"### {result.size.capitalize()}: {result.about}", ""]
    lines += _table(HEAD, (_comparison(comparison) for comparison in result.comparisons))
    for table in result.tables:
        lines += _titled(table)
    for note in result.notes:
        lines += ["", _text(note)]
    return lines


def _comparison(comparison: Comparison) -> Sequence[str]:
    return (
        comparison.what,
        _seconds(comparison.ours),
        comparison.peer,
        _seconds(comparison.theirs),
        f"{comparison.ratio:.3g}×" if comparison.ratio < 100 else f"{comparison.ratio:,.0f}×",
    )


def _seconds(timing: Timing) -> str:
    return " / ".join(f"{value:.3g}" for value in (timing.minimum, timing.median, timing.maximum))


def _titled(table: Table) -> list[str]:
    return ["", f"{table.title}:", "", *_table(table.head, table.rows)]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table: words to the left, all other columns to the right."""
    rule = ["---", *("---:" for _ in head[1:])]
    return [f"| {' | '.join(cells)} |" for cells in (head, rule, *rows)]
