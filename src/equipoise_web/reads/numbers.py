"""Numbers as the pages show them: thousands comma, true minus, differences with their sign, en dash for unknown.

>>> shown(-1234.5), shown(None), shown(0.25, decimals=1), signed(1500.0), signed(-0.2), signed(None)
('−1,234', '–', '0.2', '+1,500', '0', '–')
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import floor, log10

from django.utils.translation import gettext_lazy

UNKNOWN = "–"
MINUS = "−"
NARROWEST, WIDEST = 6, 14
"""Classes w-6 to w-14 of the stylesheet, in widths of a figure."""

COUNTS = (
    gettext_lazy("No"),
    gettext_lazy("One"),
    gettext_lazy("Two"),
    gettext_lazy("Three"),
    gettext_lazy("Four"),
    gettext_lazy("Five"),
    gettext_lazy("Six"),
    gettext_lazy("Seven"),
    gettext_lazy("Eight"),
    gettext_lazy("Nine"),
    gettext_lazy("Ten"),
    gettext_lazy("Eleven"),
    gettext_lazy("Twelve"),
)


@dataclass(frozen=True)
class Scale:
    """How the numbers of one table are shown: divided by, with how many decimals, and what the unit is preceded by."""

    divisor: float
    decimals: int
    prefix: str = ""

    @staticmethod
    def of_money(values: Iterable[float | None]) -> "Scale":
        """Millions with a decimal, thousands or whole money, by the largest value; one for the whole table.

        >>> Scale.of_money([4.1e8]), Scale.of_money([52_000.0, None]), Scale.of_money([900.0])
        (Scale(divisor=1000000.0, decimals=1, prefix='M'), Scale(divisor=1000.0, decimals=0, prefix='k'), \
Scale(divisor=1.0, decimals=0, prefix=''))
        """
        largest = _largest(values)
        if largest >= 1e8:
            return Scale(1e6, 1, "M")
        return Scale(1e3, 0, "k") if largest >= 1e4 else Scale(1.0, 0)

    @staticmethod
    def of_quantity(values: Iterable[float | None]) -> "Scale":
        """Whole units, or two decimals where all is small and not whole.

        >>> Scale.of_quantity([2583.3]).decimals, Scale.of_quantity([3.0, 99.0]).decimals, \
Scale.of_quantity([2.25]).decimals
        (0, 0, 2)
        """
        known = [value for value in values if value is not None]
        is_whole = all(value == round(value) for value in known)
        return Scale(1.0, 0 if is_whole or _largest(known) >= 100 else 2)

    def show(self, value: float | None, *, is_signed: bool = False) -> str:
        """The value in this scale."""
        scaled = None if value is None else value / self.divisor
        return signed(scaled, decimals=self.decimals) if is_signed else shown(scaled, decimals=self.decimals)

    def is_exact(self, value: float | None) -> bool:
        """True if showing the value drops none of it."""
        return value is None or round(value / self.divisor, self.decimals) * self.divisor == value


def _largest(values: Iterable[float | None]) -> float:
    return max((abs(value) for value in values if value is not None), default=0.0)


def shown(value: float | None, *, decimals: int = 0) -> str:
    """A number; what rounds to 0 has no sign."""
    if value is None:
        return UNKNOWN
    text = f"{abs(value):,.{decimals}f}"
    return f"{MINUS}{text}" if value < 0 and text.strip("0.,") else text


def signed(value: float | None, *, decimals: int = 0) -> str:
    """A difference: always with its sign, but for 0."""
    text = shown(value, decimals=decimals)
    return f"+{text}" if value is not None and value > 0 and text.strip("0.,") else text


def plain(value: float | None) -> str:
    """A number by itself, such as in an explanation: whole above 1,000, else up to two decimals or three digits.

    >>> plain(3533.33), plain(31.5), plain(0.00271), plain(-0.001), plain(None)
    ('3,533', '31.5', '0.00271', '0', '–')
    """
    if value is None:
        return UNKNOWN
    size = abs(value)
    text = shown(value, decimals=0 if size >= 1000 else 2 - floor(log10(size)) if 0.001 < size < 0.1 else 2)
    return text.rstrip("0").rstrip(".") if "." in text else text


def counted(number: int) -> str:
    """A count at the beginning of a sentence: a word up to twelve, then figures.

    >>> counted(4), counted(1204)
    ('Four', '1,204')
    """
    return str(COUNTS[number]) if number < len(COUNTS) else shown(float(number))


def width_class(texts: Iterable[str]) -> str:
    """The class of a column that its widest text fits.

    >>> width_class(["1,234,567", "–"]), width_class([]), width_class(["−123,456,789,012"])
    ('w-9', 'w-6', 'w-14')
    """
    widest = max((len(text) for text in texts), default=NARROWEST)
    return f"w-{min(max(widest, NARROWEST), WIDEST)}"
