"""A chart as a file that stands alone: SVG or PNG on its own ground, or its Vega-Lite specification.

It is the drawing of the page and the notebook. Drawn offline; the same chart gives the same bytes.
"""

import json
import os
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert

from equipoise.core.errors import EquipoiseError
from equipoise.pack.palette import DARK, LIGHT
from equipoise.pack.svg import clean_svg

PADDING = 16
SHARPNESS = 2
"""Pixels of a PNG for each of the drawing."""
KINDS = (".svg", ".png", ".json")


class WrongChartFile(EquipoiseError):
    """A file name that says no kind of chart."""


def write_chart(chart: alt.VConcatChart, path: Path | str, *, dark: bool = False) -> Path:
    """Write the chart to `path`, whole or not at all; its ending (.svg, .png, .json) says what is written.

    `dark` as the chart was drawn. Raises WrongChartFile for another ending, OSError where it cannot be written.
    """
    target = Path(path)
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    content = chart_bytes(chart, target.suffix.lower(), dark=dark)
    try:
        beside.write_bytes(content)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return target


def chart_bytes(chart: alt.VConcatChart, kind: str, *, dark: bool = False) -> bytes:
    """What `write_chart` writes."""
    if kind not in KINDS:
        raise WrongChartFile(f"a chart is written as {', '.join(KINDS)}, not as {kind or 'a file without an ending'}")
    spec = _alone(chart.to_dict(), (DARK if dark else LIGHT)["paper"])
    if kind == ".json":
        return (json.dumps(spec, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
    if kind == ".png":
        png: bytes = vl_convert.vegalite_to_png(spec, scale=SHARPNESS)
        return png
    return clean_svg(vl_convert.vegalite_to_svg(spec), label=str(spec["description"])).encode()


def _alone(spec: dict[str, Any], paper: str) -> dict[str, Any]:
    """With ground and margin, which a page would give."""
    return {**spec, "config": {**spec["config"], "background": paper, "padding": PADDING}}
