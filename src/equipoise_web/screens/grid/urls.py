"""Addresses of the planning grid."""

from django.urls import path

from equipoise_web.screens.grid import edits, holds, looks, table, views

app_name = "grid"
urlpatterns = [
    path("grid/", views.show_grid, name="show"),
    path("grid/numbers/", views.show_numbers, name="numbers"),
    path("grid/changes/", views.show_changes, name="changes"),
    path("grid/cell/", views.show_cell, name="cell"),
    path("grid/edit/", edits.edit, name="edit"),
    path("grid/hold/", holds.change_hold, name="hold"),
    path("grid/undo/", edits.undo, name="undo"),
    path("grid/redo/", edits.redo, name="redo"),
    path("grid/comment/", edits.comment, name="comment"),
    path("grid/views/", looks.save_view, name="save_view"),
    path("grid/views/<int:id>/end/", looks.end_view, name="end_view"),
    path("grid/table/", table.show_table, name="table"),
    path("plan/<slug:digest>/grid/", views.show_plan_grid, name="plan"),
    path("plan/<slug:digest>/grid/numbers/", views.show_plan_numbers, name="plan_numbers"),
]
