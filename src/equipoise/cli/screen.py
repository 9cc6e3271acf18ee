"""How answers look to people: numbers with thousands separators, tables that are never cut, findings worst first."""

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

STYLES = {"blocker": "bold red", "error": "red", "warning": "yellow", "note": "dim"}
FINDINGS_SHOWN = 8
UNKNOWN = "–"


def answers() -> "Console":
    """The console of answers: stdout."""
    from rich.console import Console

    return Console(file=sys.stdout, highlight=False)


def notes() -> "Console":
    """The console of everything that is not the answer: stderr."""
    from rich.console import Console

    return Console(file=sys.stderr, highlight=False)


def whole(value: float | None) -> str:
    """A quantity or amount for people: no decimals from 100 on, one below, a dash if unknown.

    >>> whole(422275.0), whole(-64.583), whole(3.0), whole(None), whole(-0.01)
    ('422,275', '-64.6', '3', '–', '0')
    """
    if value is None or math.isnan(value):
        return UNKNOWN
    decimals = 0 if abs(value) >= 100 or float(value).is_integer() else 1
    text = f"{value:,.{decimals}f}"
    return "0" if float(text.replace(",", "")) == 0 else text


def percent(value: float | None) -> str:
    """A percentage with one decimal, a dash if unknown.

    >>> percent(97.25), percent(float("nan"))
    ('97.2 %', '–')
    """
    return UNKNOWN if value is None or math.isnan(value) else f"{value:,.1f} %"


def exact(value: float | None) -> str:
    """A number in full, to the thousandth, a dash if unknown.

    >>> exact(1234.5), exact(-64.583333), exact(0.0), exact(None)
    ('1,234.5', '-64.583', '0', '–')
    """
    if value is None or math.isnan(value):
        return UNKNOWN
    text = f"{value:,.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def print_table(
    title: str, heads: Sequence[str], rows: Iterable[Sequence[str]], *, texts: int = 1, has_total: bool = False
) -> None:
    """A table whose first `texts` columns are words and the rest numbers; wider than the screen rather than cut."""
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for number, head in enumerate(heads):
        table.add_column(head, justify="left" if number < texts else "right", no_wrap=True)
    cells = list(rows)
    for number, row in enumerate(cells):
        if has_total and number == len(cells) - 1:
            table.add_section()
        table.add_row(*row)
    print_wide(table)


def print_wide(renderable: "RenderableType") -> None:
    """Print at its full width: a terminal may fold long lines, but no digit is dropped."""
    from rich.measure import Measurement

    console = answers()
    needed = Measurement.get(console, console.options.update(width=10_000), renderable).maximum
    console.width = max(console.width, needed)
    console.print(renderable, crop=False)


def print_findings(findings: Sequence[Mapping[str, Any]], *, title: str = "Findings") -> None:
    """How many findings there are, and of each sort the worst, with place and remedy and how many more are like it."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    severities = [finding["severity"] for finding in findings]
    known = [(severity, severities.count(severity)) for severity in STYLES if severity in severities]
    counts = [f"{count} {severity}{'s' if count > 1 else ''}" for severity, count in known]
    print_line(f"{title}: {', '.join(counts) or 'none'}", style="bold")
    if not findings:
        return
    table = Table(box=box.SIMPLE, show_header=False, pad_edge=False, show_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    sorts: dict[str, list[Mapping[str, Any]]] = {}
    for finding in findings:
        sorts.setdefault(finding["code"], []).append(finding)
    for code, alike in list(sorts.items())[:FINDINGS_SHOWN]:
        worst = alike[0]
        words = Text(f"{worst['where']}: {worst['message'].rstrip('.')}. ")
        if len(alike) > 1:
            words.append(f"{len(alike) - 1:,} more like it. ", style="bold")
        words.append(worst["remedy"], style="dim")
        table.add_row(Text(worst["severity"], style=STYLES[worst["severity"]]), code, words)
    console = answers()
    console.print(table)
    if len(sorts) > FINDINGS_SHOWN or len(sorts) < len(findings):
        console.print(f"--json lists all {len(findings):,} of them", style="dim")


def print_line(text: str, *, style: str = "") -> None:
    """One line of plain text, whatever its length: commands in it can be copied."""
    from rich.text import Text

    answers().print(Text(text, style=style), soft_wrap=True)
