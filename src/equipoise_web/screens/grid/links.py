"""Links of the pages of the grid: each keeps the scenario, or the published plan, that one looks at."""

from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from equipoise_web.screens.grid.asked import Asked

CHOSEN = ("item", "market")
"""Dimensions of which the form of a view lists the nodes."""


def links_of(asked: Asked, request: HttpRequest, digest: str = "") -> dict[str, object]:
    """For a template: `query` of the view with `also`, which stands behind every query of another view, and the same
    as fields of a form: `fields` of the view as it is, `kept_fields` those that no form of ours sets itself.

    `digest` names the published plan where it stands in the address rather than in the query.
    """
    also = {}
    if digest or request.GET.get("plan"):
        also = {"plan": digest or request.GET["plan"]}
    elif request.GET.get("scenario") and asked.numbers.scenario:
        also = {"scenario": request.GET["scenario"]}
    view = asked.view
    own = {"rows": ",".join(view.rows), "time": view.time, "unit": view.unit}
    own |= {"past": str(int(view.past)), "quarters": str(int(view.quarters))}
    kept = {name: node for name, node in view.nodes if name not in CHOSEN} | also
    kept |= {"against": view.against} if view.against else {}
    chosen = {name: node for name, node in view.nodes if name in CHOSEN} | {"measures": ",".join(view.measures)}
    behind = f"&{urlencode(also)}" if also else ""
    return {
        "query": view.query + behind,
        "also": behind,
        "scenario": asked.numbers.scenario,
        "kept_fields": [*(own | kept).items()],
        "fields": [*(own | kept | chosen).items()],
    }


def here(request: HttpRequest, *, without: tuple[str, ...]) -> str:
    """The query of this page without some names."""
    query: QueryDict = request.GET.copy()
    for name in without:
        query.pop(name, None)
    return query.urlencode()
