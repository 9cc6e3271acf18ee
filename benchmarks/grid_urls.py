"""The addresses of the application, and the grid's peers: its page with data from a file, and a bare RevoGrid.

Both read what `grid_peers` left in the home folder, and stand behind the same middleware as the product's own page.
"""

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import path

from benchmarks.grid_peers import BARE, NONCE, NUMBERS, PAGE, peers_folder
from benchmarks.web_urls import urlpatterns as own
from equipoise_web.reads.grid_bytes import MEDIA_TYPE

HERE = Path(__file__).parent


def still(request: HttpRequest) -> HttpResponse:
    """The grid's own page as it was answered once; only the nonce is today's."""
    html = (peers_folder(settings.EQUIPOISE_HOME) / PAGE).read_text(encoding="utf-8")
    return HttpResponse(html.replace(NONCE, str(request.csp_nonce)))  # type: ignore[attr-defined]


def numbers(_request: HttpRequest) -> HttpResponse:
    """The numbers as they were answered once."""
    raw = (peers_folder(settings.EQUIPOISE_HOME) / NUMBERS).read_bytes()
    return HttpResponse(raw, content_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})


def bare(request: HttpRequest) -> HttpResponse:
    """RevoGrid with those numbers and nothing of ours."""
    return HttpResponse(BARE.replace(NONCE, str(request.csp_nonce)))  # type: ignore[attr-defined]


def bare_script(_request: HttpRequest) -> FileResponse:
    """What draws it."""
    return FileResponse((HERE / "grid_bare.js").open("rb"), content_type="text/javascript")


urlpatterns = [
    path("still/", still),
    path("still/numbers/", numbers),
    path("bare/", bare),
    path("bare.js", bare_script),
    *own,
]
