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


def write_report(
    results: Mapping[Subject, Sequence[Result]], *, repeat: int, loads: Sequence[float], cores: int
) -> str:
    """The page; `loads` are the load averages (1 minute) before and after the run."""
    lines = [
        "# Benchmarks",
        "",
        "*Written by `make bench`; do not edit.*",
        "",
        fill(
            f"CPU seconds of one thread (`time.process_time`), minimum / median / maximum of {repeat} repeats, sides in "
            "turn within one run. The ratio is the peer's median over ours: above 1 Equipoise is quicker, and below 1.3 "
            "either way is a tie. Every subject first checks that both sides give the same answer.",
            WIDTH,
        ),
        "",
        fill(
            f"{cores} shared cores, load average {loads[0]:.1f} before and {loads[-1]:.1f} after the run (1.0 is this run "
            f"itself); Python {python_version()}, {', '.join(f'{name} {version(name)}' for name in LIBRARIES)}. Other work "
            "ran beside it, so the minimum is the better guide where the three figures differ much.",
            WIDTH,
        ),
    ]
    for subject, found in results.items():
        lines += ["", f"## {subject.title} (`{subject.name}`)", "", fill(subject.text, WIDTH)]
        for result in found:
            lines += _result(result)
        lines += ["", fill(f"**What this does not show.** {subject.limits}", WIDTH)]
    return "\n".join(lines) + "\n"


def _result(result: Result) -> list[str]:
    lines = ["", f"### {result.size.capitalize()}: {result.about}", ""]
    lines += _table(HEAD, (_comparison(comparison) for comparison in result.comparisons))
    for table in result.tables:
        lines += _titled(table)
    for note in result.notes:
        lines += ["", fill(note, WIDTH)]
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
