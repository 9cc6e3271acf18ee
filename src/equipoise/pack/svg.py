"""Drawings cleaned for pages that allow no inline style and no script: colors stay as attributes, nothing runs.

>>> raw = '<svg xmlns="http://www.w3.org/2000/svg"><g style="fill: #0b6a96" onclick="go()"><path d="M0,0"/></g></svg>'
>>> print(clean_svg(raw, label="Demand").replace("><", ">\\n<"))
<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" aria-label="Demand">
<g fill="#0b6a96">
<path d="M0,0" />
</g>
</svg>
"""

from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
FORBIDDEN = frozenset({"script", "style", "foreignObject", "image", "a", "use"})


def clean_svg(svg: str, *, label: str) -> str:
    """The drawing as one image with a text alternative: no style, script, event, link or inner role is left."""
    root = ElementTree.fromstring(svg)
    _clean(root)
    root.attrib.pop("version", None)
    root.attrib.update({"class": "chart", "role": "img", "aria-label": label})
    # Prefixes are global: a library that draws two-factor pictures registers `svg:`, which no page would show.
    ElementTree.register_namespace("", SVG.strip("{}"))
    return ElementTree.tostring(root, encoding="unicode")


def _clean(element: ElementTree.Element) -> None:
    for name in list(element.attrib):
        if name == "style":
            element.attrib.update(_attributes(element.attrib[name]))
        if name == "role" or name.startswith(("style", "aria-", "on", "{")) or name == "href":
            del element.attrib[name]
    for child in list(element):
        if child.tag.removeprefix(SVG) in FORBIDDEN or _is_invisible(child):
            element.remove(child)
        else:
            _clean(child)


def _attributes(style: str) -> dict[str, str]:
    """Declarations of an inline style as the presentation attributes of the same names."""
    parts = [declaration.partition(":") for declaration in style.split(";") if ":" in declaration]
    return {name.strip(): value.strip() for name, _, value in parts}


def _is_invisible(element: ElementTree.Element) -> bool:
    """Frames and backgrounds that draw nothing."""
    is_frame = element.get("class") in ("background", "foreground")
    return is_frame and "fill" not in element.attrib and "stroke" not in element.attrib
