"""`python -m benchmarks`: measure the subjects and write docs/benchmarks.md; a part of them is only printed."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.subject import Result, Subject

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "POLARS_MAX_THREADS")


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked; 1 if two sides disagree."""
    # Libraries read these when they are imported, so they come first.
    os.environ.update(dict.fromkeys(THREADS, "1"))
    from benchmarks.measure import Disagreement
    from benchmarks.registry import SUBJECTS
    from benchmarks.report import write_report
    from benchmarks.subject import SMOKE

    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--size", help="one size instead of all of a subject's")
    parser.add_argument("--subject", choices=[subject.name for subject in SUBJECTS], help="one subject instead of all")
    parser.add_argument("--repeat", type=int, default=5, help="repeats of each measurement (default 5)")
    parser.add_argument("--out", type=Path, help="file for the page, whatever was measured")
    asked = parser.parse_args(arguments)
    subjects = [subject for subject in SUBJECTS if asked.subject in (None, subject.name)]
    known = {SMOKE}.union(*(subject.sizes for subject in subjects))
    if asked.subject is not None:
        known.update(subjects[0].named_sizes)
    if asked.size not in (None, *known):
        parser.error(f"--size must be one of {', '.join(sorted(known))}")
    if asked.repeat < 1:
        parser.error("--repeat must be 1 or more")
    sizes = {subject.name: (asked.size,) if asked.size else subject.sizes for subject in subjects}
    loads = [os.getloadavg()[0]]
    try:
        with _solvers_on_stderr():
            results = {subject: [_run(subject, s, asked.repeat) for s in sizes[subject.name]] for subject in subjects}
    except Disagreement as error:
        print(f"The two sides disagree: {error}", file=sys.stderr)
        return 1
    loads.append(os.getloadavg()[0])
    page = write_report(results, repeat=asked.repeat, loads=loads, cores=os.cpu_count() or 1)
    out = asked.out or (PAGE if asked.size is None and asked.subject is None else None)
    if out is None:
        print(page)
    else:
        out.write_text(page, encoding="utf-8")
        print(f"{out.name} is written.", file=sys.stderr)
    return 0


def _run(subject: "Subject", size: str, repeat: int) -> "Result":
    print(f"{subject.name}, {size}", file=sys.stderr, flush=True)
    return subject.run(size, repeat)


@contextmanager
def _solvers_on_stderr() -> Iterator[None]:
    """HiGHS greets on the process's own standard output, which is for the page."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


if __name__ == "__main__":
    sys.exit(main())
