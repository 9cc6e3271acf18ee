"""Addresses of data gathering, below /data/."""

from django.urls import path

from equipoise_web.screens.gathering import downloads, job_views, quarantine_views, views

app_name = "gathering"
urlpatterns = [
    path("", views.show_board, name="board"),
    path("open/", views.open_month, name="open"),
    path("upload/", views.show_upload, name="upload"),
    path("upload/send/", views.send_files, name="send"),
    path("deliveries/<int:delivery>/undo/", views.undo, name="undo_delivery"),
    path("jobs/<int:job>/", job_views.show_job, name="job"),
    path("jobs/<int:job>/progress/", job_views.show_progress, name="progress"),
    path("jobs/<int:job>/cancel/", job_views.cancel, name="cancel"),
    path("jobs/<int:job>/deliver/", job_views.deliver_previewed, name="deliver_previewed"),
    path("findings/", views.show_findings, name="findings"),
    path("left-out/", quarantine_views.show_quarantine, name="quarantine"),
    path("left-out/mend/", quarantine_views.mend, name="mend"),
    path("corrections/", quarantine_views.show_corrections, name="corrections"),
    path("corrections/<slug:correction>/undo/", quarantine_views.undo, name="undo_correction"),
    path("seal/", views.show_seal, name="seal"),
    path("snapshots/", views.show_snapshots, name="snapshots"),
    path("template.xlsx", downloads.template, name="template"),
    path("left-out.csv", downloads.left_out, name="left_out_csv"),
]
