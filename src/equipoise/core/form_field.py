"""What a form says about a field of a change: its label, its unit and a line of help.

Fields carry it in `Annotated`, beside their type, so that form, documentation and engine have one definition.

>>> from dataclasses import dataclass
>>> from typing import Annotated
>>> @dataclass(frozen=True)
... class Raise:
...     by: Annotated[float, Field("Raise by", "%")]
...     note: str = ""
>>> fields_of(Raise)["by"].unit, fields_of(Raise)["note"].label
('%', 'Note')
"""

from dataclasses import dataclass, fields
from typing import Any, get_type_hints


@dataclass(frozen=True)
class Field:
    """Label, unit (blank: none, or that of the number it changes) and a sentence that says what to type."""

    label: str
    unit: str = ""
    help: str = ""


def fields_of(change: type[Any]) -> dict[str, Field]:
    """What each field of a dataclass says of itself, in order; one without words is labeled by its name."""
    hints = get_type_hints(change, include_extras=True)
    return {each.name: _said(hints[each.name]) or Field(_words(each.name)) for each in fields(change)}


def _said(hint: object) -> Field | None:
    return next((each for each in getattr(hint, "__metadata__", ()) if isinstance(each, Field)), None)


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
