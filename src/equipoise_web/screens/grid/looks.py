"""Views that people name: keep one, let one go."""

from urllib.parse import parse_qsl, urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from equipoise_web.actions.save_grid_view import end_grid_view, save_grid_view
from equipoise_web.reads.grid_view import GridView
from equipoise_web.screens.frame.asked import PersonRequest
from equipoise_web.screens.frame.middleware import done


@require_POST
@login_required
def save_view(request: PersonRequest) -> HttpResponse:
    """`name`, `query`, `shared`, `role`: keep the view of a query under a name; `also`: the scenario one looks at."""
    view = GridView.of_query(dict(parse_qsl(request.POST.get("query", ""))))
    save_grid_view(
        request.access,
        request.POST.get("name", ""),
        view.query,
        is_shared=request.POST.get("shared") == "1",
        role=request.POST.get("role", ""),
    )
    done(request, _("View kept"))
    scenario = dict(parse_qsl(request.POST.get("also", ""))).get("scenario", "")
    behind = f"&{urlencode({'scenario': scenario})}" if scenario else ""
    return redirect(f"{reverse('grid:show')}?{view.query}{behind}")


@require_POST
@login_required
def end_view(request: PersonRequest, id: int) -> HttpResponse:
    """Let one's own view go."""
    end_grid_view(request.access, id)
    done(request, _("View let go"))
    return redirect("grid:show")
