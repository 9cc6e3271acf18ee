"""Django settings of the tests: the product's own, in a home folder of their own that goes away."""

import atexit
import os
import shutil
import tempfile

_HOME = tempfile.mkdtemp(prefix="equipoise-test-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ["EQUIPOISE_HOME"] = _HOME

from equipoise_web.settings import *  # noqa: E402, F403 - the home folder is named first

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
