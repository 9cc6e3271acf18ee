"""Colors of charts: hue says what a number is. The tokens of the stylesheet, light and dark (see the look's tables)."""

from collections.abc import Mapping
from types import MappingProxyType

Palette = Mapping[str, str]

LIGHT: Palette = MappingProxyType(
    {
        "actual": "#1d2730",
        "ink": "#11181f",
        "text": "#5f6b77",
        "grid": "#e4e7eb",
        "axis": "#c8ced5",
        "paper": "#ffffff",
        "demand": "#0b6a96",
        "supply": "#a35a00",
        "inventory": "#7b4796",
        "capacity": "#4d5966",
        "budget": "#434e59",
        "past": "#838d97",
        "bad": "#b4231a",
        "gain": "#3c8f7e",
        "loss": "#c46b60",
    }
)
"""On screens the stylesheet maps these very values to the theme by attribute selectors, so one drawing serves both."""

DARK: Palette = MappingProxyType(
    {
        "actual": "#e0e5ea",
        "ink": "#e9edf0",
        "text": "#8f9aa5",
        "grid": "#252c33",
        "axis": "#3a434c",
        "paper": "#0f1317",
        "demand": "#5cb4dc",
        "supply": "#e0a04b",
        "inventory": "#c196da",
        "capacity": "#a6b1bc",
        "budget": "#b3bdc7",
        "past": "#65717d",
        "bad": "#ff8d80",
        "gain": "#4fae98",
        "loss": "#d9776c",
    }
)
"""For exports that stand alone on a dark page."""
