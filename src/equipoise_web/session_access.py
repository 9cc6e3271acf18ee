"""The access of whoever a browser session belongs to, in two quick queries.

Django reads a session, its person and the grants as objects, which costs more than a page of numbers does. Here the
same rows are read plainly, every time anew, and nothing about them is remembered: a session that ended, a password that
changed, a person who was deactivated and a grant that ended count with the next request. Remembered are only pure
functions: what the signed data of a session say, and the digest of a password that stands in it. Where anything is
unusual the answer is None, and Django's own way decides.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from equipoise.core.adjustment import Scope
from equipoise_web.access import ROLES, Access, Held

SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"
PERSON = (
    "SELECT p.username, p.password, p.is_active, g.role, g.item, g.market, g.location, g.resource, g.measure, "
    "g.is_read_only FROM auth_user p LEFT JOIN records_grant g ON g.person_id = p.id AND g.ended_at IS NULL "
    "WHERE p.id = %s ORDER BY g.id"
)


def access_of_session(key: str) -> Access | None:
    """The access of an active person whose session and password are good; None leaves it to Django."""
    if settings.SESSION_ENGINE != "django.contrib.sessions.backends.db" or not key:
        return None
    with connection.cursor() as cursor:
        cursor.execute(SESSION, [key, connection.ops.adapt_datetimefield_value(timezone.now())])
        row = cursor.fetchone()
        said = _said(row[0]) if row else {}
        if said.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
            return None
        person = str(said.get(SESSION_KEY, ""))
        if not person.isdigit():
            return None
        cursor.execute(PERSON, [int(person)])
        rows = cursor.fetchall()
    if not rows:
        return None
    name, password, is_active, *_ = rows[0]
    if not is_active or not constant_time_compare(str(said.get(HASH_SESSION_KEY, "")), _hash_of(password)):
        return None
    held = tuple(
        Held(ROLES[role], Scope(item, market, location, resource), measure, bool(is_read_only))
        for _name, _password, _active, role, item, market, location, resource, measure, is_read_only in rows
        if role in ROLES
    )
    return Access(int(person), name, held)


@lru_cache(maxsize=512)
def _said(data: str) -> Mapping[str, Any]:
    """What the signed data of a session say; nothing if the signature is wrong."""
    said: Mapping[str, Any] = SessionStore().decode(data)
    return said


@lru_cache(maxsize=512)
def _hash_of(password: str) -> str:
    """What a session holds of its person's password."""
    made: str = User(password=password).get_session_auth_hash()
    return made
