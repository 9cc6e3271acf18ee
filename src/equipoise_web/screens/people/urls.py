"""Addresses of people, invitations and one's own account."""

from django.urls import path

from equipoise_web.screens.people import account_views, invite_views, join_views, views

app_name = "people"
urlpatterns = [
    path("people/", views.show_people, name="list"),
    path("people/invite/", invite_views.invite, name="invite"),
    path("people/invitations/<int:invitation>/end/", invite_views.end, name="end_invitation"),
    path("people/<int:person>/", views.show_person, name="show"),
    path("people/<int:person>/grants/", views.give, name="give"),
    path("people/grants/<int:grant>/end/", views.end, name="end"),
    path("people/<int:person>/deactivate/", views.deactivate, name="deactivate"),
    path("people/<int:person>/reactivate/", views.reactivate, name="reactivate"),
    path("people/<int:person>/link/", invite_views.renew, name="renew"),
    path("join/<slug:secret>/", join_views.join, name="join"),
    path("account/", account_views.show_account, name="account"),
    path("account/tokens/", account_views.make, name="make_token"),
    path("account/tokens/<int:token>/revoke/", account_views.revoke, name="revoke_token"),
]
