"""How the cells of a planning workbook look: the colours and rules of the pages, as a spreadsheet has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from equipoise_web.reads.grid_marks import ESTIMATE, HELD, MINE, THEIRS

INK, INK2, INK3, LINE, LINE2, SUNK = "#11181f", "#434e59", "#5f6b77", "#e4e7eb", "#c8ced5", "#f1f3f5"
ACCENT, ACCENT_SOFT = "#3c46c0", "#eceefb"
FONT = "Segoe UI"
HATCH = 14
"""Pattern of thin strokes at 45 degrees."""
BITS = {"is_held": HELD, "is_mine": MINE, "is_theirs": THEIRS, "is_estimate": ESTIMATE}
NUMBERS = {"qty": "#,##0", "amount": "#,##0", "hours": "#,##0", "pct": "0.0", "load": "0", "days": "0.0"}
TEXTS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 15, "font_color": INK},
    "caption": {"font_color": INK3, "font_size": 9},
    "text": {"text_wrap": True, "valign": "top", "font_size": 11, "font_color": INK2},
    "note": {"locked": False, "font_color": INK2},
    "quarter": {"font_color": INK2, "bold": True, "align": "left"},
    "head": {"font_color": INK3, "align": "right", "bottom": 1, "bottom_color": INK},
    "head_text": {"font_color": INK3, "bottom": 1, "bottom_color": INK},
}


@dataclass(frozen=True)
class _Look:
    kind: str
    depth: int = 1
    is_open: bool = False
    is_held: bool = False
    is_mine: bool = False
    is_theirs: bool = False
    is_estimate: bool = False
    is_total: bool = False
    is_last: bool = False
    is_foot: bool = False
    is_small: bool = False


class Looks:
    """Formats of one workbook, made once each."""

    def __init__(self, book: Any) -> None:  # noqa: ANN401 - xlsxwriter has no types
        """None yet."""
        self.book = book
        self.made: dict[_Look, Any] = {}
        self.cells: dict[tuple[Any, ...], Any] = {}

    def of(self, **about: Any) -> Any:  # noqa: ANN401
        """The format of a cell, by the fields of `_Look`."""
        look = _Look(**about)
        if look not in self.made:
            self.made[look] = self.book.add_format({"font_name": FONT, "font_size": 10, **_properties(look)})
        return self.made[look]

    def cell(self, about: Mapping[str, Any], *, is_open: bool, marks: int, is_total: bool) -> Any:  # noqa: ANN401
        """The format of a number with the marks of the grid."""
        key = (*about.values(), is_open, marks, is_total)
        if key not in self.cells:
            bits = {name: bool(marks & bit) for name, bit in BITS.items()}
            self.cells[key] = self.of(**about, **bits, is_open=is_open, is_total=is_total)
        return self.cells[key]

    def legend(self) -> tuple[tuple[str, Any], ...]:
        """Words and the look of a number, for every state that a cell can be in."""
        return (
            (_("yours to edit"), self.of(kind="qty", is_open=True)),
            (_("edited by you"), self.of(kind="qty", is_open=True, is_mine=True)),
            (_("held"), self.of(kind="qty", is_held=True)),
            (_("locked"), self.of(kind="qty")),
        )


def _properties(look: _Look) -> dict[str, Any]:
    found: dict[str, Any] = {"valign": "vcenter"}
    if look.kind in TEXTS:
        found |= TEXTS[look.kind]
    elif look.kind in ("label", "measure"):
        found |= {"font_color": INK if look.kind == "label" else INK2}
        if look.kind == "label":
            found |= {"indent": min(max(look.depth - 1, 0) * 2, 15), "bold": look.depth <= 1}
    else:
        found |= _number(look)
    if look.is_total:
        found |= {"left": 1, "left_color": LINE2, "bold": True}
    if look.is_last:
        found |= {"bottom": 1, "bottom_color": LINE}
    if look.is_foot:
        found |= {"top": 1, "top_color": INK, "bold": True}
    return found


def _number(look: _Look) -> dict[str, Any]:
    form = NUMBERS.get(look.kind, "#,##0.00")
    if look.is_small and look.kind in ("qty", "hours", "amount"):
        form = "#,##0.00"
    found: dict[str, Any] = {"num_format": form, "align": "right", "locked": not look.is_open, "bold": look.depth <= 1}
    found |= {"font_color": INK if look.is_open else INK3}
    if look.is_held:
        found |= {"pattern": HATCH, "fg_color": LINE2, "bg_color": "#ffffff"}
    elif not look.is_open:
        found |= {"pattern": 1, "bg_color": SUNK}
    if look.is_mine and look.is_open:
        found |= {"pattern": 1, "bg_color": ACCENT_SOFT}
    if look.is_mine or look.is_theirs:
        found |= {"font_color": ACCENT, "bold": look.is_mine or look.depth <= 1}
    if look.is_estimate:
        found |= {"italic": True}
    return found
