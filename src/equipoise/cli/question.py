"""What is asked: a dataset, snapshot or plan folder, with knobs and adjustments over it; and the plan of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from equipoise.core.adjustment import Adjustment
    from equipoise.core.snapshot import Snapshot
    from equipoise.core.stage import Progress
    from equipoise.plan import Plan


def open_question(
    source: Path, mapping: Path | None, knobs: Sequence[str], adjust: Path | None, *, as_of: date | None = None
) -> "tuple[Snapshot, tuple[Adjustment, ...]]":
    """The snapshot of a raw dataset, sealed snapshot or written plan, and the adjustments that stand.

    A written plan brings its own adjustments. Of two `--set` of one knob the last one counts. No clock is looked at:
    holds that have run out are left out only as of a day that is named.
    """
    from equipoise.codec import read_adjustments, set_policy
    from equipoise.core.adjustment import in_force, standing
    from equipoise.gather import open_snapshot
    from equipoise.store_plans import is_plan, read_plan

    asked: dict[str, Adjustment] = {}
    if is_plan(source):
        plan = read_plan(source)
        snapshot, asked = plan.snapshot, {a.id: a for a in plan.adjustments}
    else:
        snapshot = open_snapshot(source, mapping)
    if adjust is not None:
        given, rulings = read_adjustments(adjust)
        both = asked | {a.id: a for a in given}
        asked = {a.id: a for a in standing(list(both.values()), rulings)}
    if as_of is not None:
        asked = {a.id: a for a in in_force(asked.values(), as_of)}
    after = max((a.seq for a in asked.values()), default=0)
    for number, text in enumerate(knobs, start=1):
        adjustment = set_policy(text, seq=after + number)
        asked[adjustment.id] = adjustment
    return snapshot, tuple(asked.values())


def open_plan(
    source: Path, mapping: Path | None = None, knobs: Sequence[str] = (), adjust: Path | None = None
) -> "Plan":
    """A written plan as it is, where nothing is asked over it; else the plan is computed, with a progress bar."""
    from equipoise.plan import compute_plan
    from equipoise.store_plans import is_plan, read_plan

    if is_plan(source) and not knobs and adjust is None:
        return read_plan(source)
    with progress_bar() as progress:
        snapshot, adjustments = open_question(source, mapping, knobs, adjust)
        return compute_plan(snapshot, adjustments, progress=progress)


@contextmanager
def progress_bar(*, is_told_always: bool = False) -> "Iterator[Progress]":
    """A bar on stderr that goes away when the work is done.

    Where stderr is no terminal nothing is told, or with `is_told_always` a line a stage.
    """
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    from equipoise.cli.screen import notes
    from equipoise.fold import NOTE

    console = notes()
    if is_told_always and not console.is_terminal:
        told: set[str] = set()

        def tell(title: str, done: float) -> None:
            title = title.partition(NOTE)[0]
            if title not in told:
                console.print(f"{done:4.0%}  {title}")
            told.add(title)

        yield tell
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Reading", total=1.0)
        yield lambda title, done: bar.update(task, description=title, completed=done)
