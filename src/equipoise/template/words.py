"""What a template says of columns, rows and knobs."""

from equipoise.core.knob import Knob
from equipoise.core.table import Column, Inheritance

ROW_MEANS = {
    Inheritance.MASTER: "one row is one thing",
    Inheritance.RATE: "the most specific row wins, then the latest valid_from; each column from its own row",
    Inheritance.TOTAL: "a row at a node above the leaves is that node's total; rows below it are parts of it",
    Inheritance.HISTORY: "rows of one key are added up",
}


def possible(knob: Knob) -> tuple[str, str]:
    """What the knob may be, and its default."""
    if knob.choices:
        return " | ".join(knob.choices), str(knob.default)
    if isinstance(knob.default, bool):
        return "true | false", str(knob.default).lower()
    if isinstance(knob.default, str):
        return "a name", knob.default
    return f"{knob.minimum:g} to {knob.maximum:g}", f"{knob.default:g}"


def need(column: Column) -> str:
    """Whether every row must fill the column, and whether it is part of the key."""
    return ("yes" if column.required else "no") + (", key" if column.is_key else "")


def meaning_of(column: Column) -> str:
    """What to put there, with the possible words or the limits."""
    meaning = column.meaning + (f": {', '.join(column.choices)}" if column.choices else "")
    if column.minimum is not None or column.maximum is not None:
        low = "" if column.minimum is None else f"at least {column.minimum:g}"
        high = "" if column.maximum is None else f"at most {column.maximum:g}"
        meaning += f" ({', '.join(word for word in (low, high) if word)})"
    return meaning
