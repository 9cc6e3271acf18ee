"""`python -m benchmarks`: measure the subjects and write docs/benchmarks.md; a part of them is only printed."""

import argparse
import os
import sys
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "POLARS_MAX_THREADS")


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked; 1 if two sides disagree."""
    # Libraries read these when they are imported, so they come first.
    os.environ.update(dict.fromkeys(THREADS, "1"))
    from benchmarks.measure import Disagreement
    from benchmarks.registry import SUBJECTS
    from benchmarks.report import write_report
    from benchmarks.subject import SIZES, SMOKE

    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--size", choices=(*SIZES, SMOKE), help="one size instead of small and medium")
    parser.add_argument("--subject", choices=[subject.name for subject in SUBJECTS], help="one subject instead of all")
    parser.add_argument("--repeat", type=int, default=5, help="repeats of each measurement (default 5)")
    parser.add_argument("--out", type=Path, help="file for the page, whatever was measured")
    asked = parser.parse_args(arguments)
    if asked.repeat < 1:
        parser.error("--repeat must be 1 or more")
    sizes = (asked.size,) if asked.size else SIZES
    subjects = [subject for subject in SUBJECTS if asked.subject in (None, subject.name)]
    loads, results = [os.getloadavg()[0]], {}
    for subject in subjects:
        results[subject] = []
        for size in sizes:
            print(f"{subject.name}, {size}", file=sys.stderr, flush=True)
            try:
                results[subject].append(subject.run(size, asked.repeat))
            except Disagreement as error:
                print(f"{subject.name}, {size}: {error}", file=sys.stderr)
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


if __name__ == "__main__":
    sys.exit(main())
