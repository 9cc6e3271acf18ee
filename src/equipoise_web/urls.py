"""Every address of the application: a folder of `screens` each."""

from django.urls import URLPattern, URLResolver, include, path

from equipoise_web.api.root import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),  # first: asked most, and every page of numbers waits for it
    path("", include("equipoise_web.screens.frame.urls")),
    path("", include("equipoise_web.screens.people.account_urls")),
    path("", include("equipoise_web.screens.people.urls")),
    path("", include("equipoise_web.screens.audit.urls")),
    path("", include("equipoise_web.screens.grid.urls")),
    path("", include("equipoise_web.screens.workbook.urls")),
    path("", include("equipoise_web.screens.sheet.urls")),
    path("", include("equipoise_web.screens.findings.urls")),
    path("", include("equipoise_web.screens.explain.urls")),
    path("", include("equipoise_web.screens.forecast.urls")),
    path("", include("equipoise_web.screens.capacity.urls")),
    path("", include("equipoise_web.screens.risk.urls")),
    path("", include("equipoise_web.screens.adjust.urls")),
    path("", include("equipoise_web.screens.scenarios.urls")),
    path("", include("equipoise_web.screens.exceptions.urls")),
    path("", include("equipoise_web.screens.supply.urls")),
    path("", include("equipoise_web.screens.versions.urls")),
    path("data/", include("equipoise_web.screens.gathering.urls")),
    path("", include("equipoise_web.screens.jobs.urls")),
]
handler500 = "equipoise_web.screens.frame.views.show_fault"
