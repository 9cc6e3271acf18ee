"""What must be so before the application is served to others: on any address but a loopback one.

A warning in a log does not help: of 3,000 exposed servers of a comparable product 2,000 ran on its default key.
"""

from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.models import User

from equipoise.core.errors import EquipoiseError
from equipoise_web.actions.invite_demo_people import DEMO_PASSWORD, DEMO_PEOPLE
from equipoise_web.home import SHORTEST_KEY

KNOWN = (
    "django-insecure-",
    "changeme",
    "change-me",
    "secret",
    "your-secret-key",
    "thisismyscretkey",
    "temporary_secret",
)
"""How keys begin that stand in documentation and templates."""
FEWEST_SIGNS = 10
"""A key with fewer different signs was typed, not drawn."""


class NotSafe(EquipoiseError):
    """The application would be served to others in a way that lets strangers in."""


def check_safe_start() -> None:
    """Raises NotSafe with everything that must be mended first."""
    faults = list(_faults())
    if faults:
        raise NotSafe("not served on that address: " + "; ".join(faults))


def _faults() -> Iterator[str]:
    if settings.DEBUG:
        yield "DEBUG is on, which shows settings and code to whoever meets an error; switch it off"
    key = str(settings.SECRET_KEY)
    if len(key) < SHORTEST_KEY:
        yield f"the secret key has {len(key)} characters and needs {SHORTEST_KEY}; delete secret.key to draw a new one"
    elif key.lower().startswith(KNOWN) or len(set(key)) < FEWEST_SIGNS:
        yield "the secret key is one that is known or easy to guess; delete secret.key to draw a new one"
    demo = User.objects.filter(username__in=[person.name for person in DEMO_PEOPLE])
    open_ones = sorted(user.username for user in demo if user.check_password(DEMO_PASSWORD))
    if open_ones:
        yield (
            f"{len(open_ones)} people of the demo company ({', '.join(open_ones[:3])} ...) have the password that "
            "everybody knows; lock them with `equipoise people lock-demo`, or serve a home folder of your own"
        )
    if not any(host not in settings.LOOPBACK_HOSTS for host in settings.ALLOWED_HOSTS):
        yield "no name is set that browsers may ask for; set EQUIPOISE_HOSTS=planning.example.com"
