"""What planners of supply see in the planning grid: each site's items, made, bought and kept; and the load of lines.

Both are views like any other: a link that can be changed, named and shared. Production can be typed over, which firms
it; all else moves by what people may change, capacity and overtime on the page of a line, demand in its own lines.
"""

from django.utils.translation import gettext as _

from equipoise_web.reads.grid_view import PRODUCTION, SUPPLY_VIEW, GridView

LOAD_VIEW = GridView(
    rows=("resource.location", "resource"),
    measures=(
        PRODUCTION,
        "capacity_load_hours",
        "capacity_available_hours",
        "capacity_load_pct",
        "overtime_hours",
        "shift_hours",
        "idle_hours",
    ),
)
"""What is made on lines and the hours it takes, by the site where they stand."""
VIEWS = {"sites": SUPPLY_VIEW, "lines": LOAD_VIEW}
"""The views by the name in their address."""


def title_of(view: GridView) -> str:
    """What the page of the grid is headed: it is of supply where its rows begin with sites or lines."""
    return _("Supply plan") if _is_of_supply(view) else _("Demand plan")


def page_of(view: GridView) -> str:
    """Where the grid of a view stands among the pages: under supply, or on its own."""
    return "supply" if _is_of_supply(view) else "grid"


def _is_of_supply(view: GridView) -> bool:
    return view.rows[0].partition(".")[0] in ("location", "resource")
