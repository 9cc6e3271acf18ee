"""The addresses of the application, a bare hello beside them, and the number of the process that answers."""

import os

from django.http import HttpRequest, HttpResponse
from django.urls import path

from equipoise_web import urls


def hello(_request: HttpRequest) -> HttpResponse:
    """The least that this stack can answer."""
    return HttpResponse(b"hello", content_type="text/plain")


def process(_request: HttpRequest) -> HttpResponse:
    """Which process to read the CPU clock of."""
    return HttpResponse(str(os.getpid()), content_type="text/plain")


urlpatterns = [path("hello/", hello), path("process/", process), *urls.urlpatterns]
