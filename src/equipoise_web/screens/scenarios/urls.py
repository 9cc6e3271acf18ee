"""Addresses of scenarios."""

from django.urls import path

from equipoise_web.screens.scenarios import deeds, merges, views

app_name = "scenarios"
urlpatterns = [
    path("scenarios/", views.show_list, name="list"),
    path("scenarios/new/", views.open_new, name="new"),
    path("scenarios/cases/", views.open_three, name="cases"),
    path("scenarios/compare/", views.show_compare, name="compare"),
    path("scenarios/<int:number>/", views.show_one, name="one"),
    path("scenarios/<int:number>/running/", views.show_running, name="running"),
    path("scenarios/<int:number>/run/", deeds.run, name="run"),
    path("scenarios/<int:number>/drop/", deeds.drop, name="drop"),
    path("scenarios/<int:number>/archive/", deeds.archive, name="archive"),
    path("scenarios/<int:number>/merge/<int:into>/", merges.merge, name="merge"),
    path("scenarios/<int:number>/merge/<int:into>/settle/", merges.settle, name="settle"),
]
