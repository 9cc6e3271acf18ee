"""Addresses of adjustments."""

from django.urls import path

from equipoise_web.screens.adjust import rulings, views

app_name = "adjust"
urlpatterns = [
    path("adjustments/", views.show_list, name="list"),
    path("adjustments/run/", rulings.run_plan, name="run"),
    path("adjustments/running/", views.show_running, name="running"),
    path("adjustments/new/", views.show_kinds, name="kinds"),
    path("adjustments/new/<slug:kind>/", views.propose, name="new"),
    path("adjustments/new/<slug:kind>/effect/", views.show_effect, name="effect"),
    path("adjustments/new/<slug:kind>/nodes/<slug:dimension>/", views.show_nodes, name="nodes"),
    path("adjustments/previews/<int:job>/", views.show_preview, name="preview"),
    path("adjustments/<slug:id>/", views.show_one, name="one"),
    path("adjustments/<slug:id>/ruling/", rulings.rule, name="rule"),
    path("adjustments/<slug:id>/comment/", rulings.comment, name="comment"),
]
