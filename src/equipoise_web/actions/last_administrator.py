"""Somebody must be left who manages people: the last one can neither be deactivated nor lose the role."""

from collections.abc import Iterator

from django.contrib.auth.models import User

from equipoise_web.access import NotAllowed, Right, access_of
from equipoise_web.records.models import Grant


def check_administrator_left(person: str) -> None:
    """Called in the door after the write: raises NotAllowed, which takes it back, if nobody manages people any more."""
    if next(_administrators(), None) is None:
        raise NotAllowed(f"{person} is the last one who manages people here; give somebody else that role first")


def _administrators() -> Iterator[User]:
    """Who manages people and can sign in."""
    holders = Grant.objects.filter(ended_at__isnull=True).values("person")
    for user in User.objects.filter(pk__in=holders, is_active=True):
        if user.has_usable_password() and access_of(user).may(Right.PEOPLE):
            yield user
