"""The addresses of the application, and a bare hello beside them."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from equipoise_web import urls


def hello(_request: HttpRequest) -> HttpResponse:
    """The least that this stack can answer."""
    return HttpResponse(b"hello", content_type="text/plain")


urlpatterns = [path("hello/", hello), *urls.urlpatterns]
