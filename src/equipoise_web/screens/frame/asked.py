"""A request as pages get it: by somebody, with what that person may do."""

from django.contrib.auth.models import User
from django.http import HttpRequest

from equipoise_web.access import Access


class PersonRequest(HttpRequest):
    """What `login_required` and the access middleware leave of a request; for types only."""

    user: User
    access: Access
