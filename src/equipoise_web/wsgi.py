"""The WSGI application that `equipoise serve` runs under granian."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "equipoise_web.settings")
django_application = get_wsgi_application()

from equipoise_web.jobs.soon import Soon, woken_by_writes  # noqa: E402 - Django is set up first

soon = Soon()
soon.start()
application = woken_by_writes(django_application, soon)
