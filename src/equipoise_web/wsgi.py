"""The WSGI application that `equipoise serve` runs under granian."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "equipoise_web.settings")
application = get_wsgi_application()
