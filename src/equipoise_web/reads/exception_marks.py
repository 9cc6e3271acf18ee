"""What people did about exceptions: who looks after each, until when it rests, who said so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.models import User

from equipoise_web.access import access_of
from equipoise_web.records.models import ExceptionMark


@dataclass(frozen=True)
class Marks:
    """Where an exception stands with people."""

    owner: str = ""
    """Name to sign in with; blank for nobody."""
    until: date | None = None
    because: str = ""
    """Why it rests."""
    by: str = ""
    """Who let it rest."""

    def rests(self, as_of: date) -> bool:
        """True while the data are older than the day it rests until."""
        return self.until is not None and as_of < self.until


@dataclass(frozen=True)
class Owner:
    """Somebody who may look after an exception."""

    name: str
    title: str
    functions: tuple[str, ...] = field(default=())


def read_marks() -> Mapping[str, Marks]:
    """Marks by exception; the last of each sort counts."""
    found: dict[str, Marks] = {}
    rows = ExceptionMark.objects.values_list("about", "sort", "owner__username", "until", "because", "by__username")
    for about, sort, owner, until, because, by in rows:
        before = found.get(about, Marks())
        if sort == ExceptionMark.ASSIGN:
            found[about] = Marks(owner or "", before.until, before.because, before.by)
        else:
            found[about] = Marks(before.owner, until, because if until else "", by if until else "")
    return found


def read_owners() -> tuple[Owner, ...]:
    """People whom an exception can be given to: active, and seeing the whole company."""
    people = User.objects.filter(is_active=True, grants__ended_at__isnull=True).distinct().order_by("username")
    seen = ((person, access_of(person)) for person in people)
    return tuple(
        Owner(person.get_username(), person.first_name or person.get_username(), access.functions)
        for person, access in seen
        if access.sees_all
    )
