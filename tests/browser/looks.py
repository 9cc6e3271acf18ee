"""The widths and color schemes in which a page has to be right. It is opened once and brought into each."""

WIDTHS = (1440, 390)
SCHEMES = ("light", "dark")


def show(page, width, scheme):
    """Bring a page into a width and a scheme, at once: for a tenth of a second its colors would be halfway else."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")


def looks(page):
    """Bring an open page into every width and scheme, one after the other, and say which: `390 px, dark`."""
    for width in WIDTHS:
        for scheme in SCHEMES:
            show(page, width, scheme)
            yield f"{width} px, {scheme}"
