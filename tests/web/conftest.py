"""Homes for the drills, on SQLite or, under tools/with-postgres.sh, on a PostgreSQL database of their own."""

import json
import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

TESTS = Path(__file__).parents[1]


class Site:
    """A home of its own, and programs that run on it."""

    def __init__(self, home, address):
        self.home = home
        self.environment = {k: v for k, v in os.environ.items() if k not in ("DJANGO_SETTINGS_MODULE",)}
        self.environment["EQUIPOISE_HOME"] = str(home)
        self.environment["PYTHONPATH"] = os.pathsep.join([str(TESTS), *sys.path])
        if address:
            self.environment["EQUIPOISE_DATABASE"] = address

    def run(self, program, *arguments, seconds=600):
        """Run a drill of this folder to its end; its report."""
        command = [sys.executable, "-m", f"web.{program}", *map(str, arguments)]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=seconds, check=False
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return json.loads(done.stdout) if done.stdout else {}


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """A home, and on PostgreSQL a database, that every site is a copy of."""
    address = database(f"prepared_{uuid.uuid4().hex[:8]}")
    site = Site(tmp_path_factory.mktemp("prepared"), address)
    site.run("drill", site.home)
    return site, address


@pytest.fixture
def site(prepared, tmp_path):
    template, address = prepared
    home = tmp_path / "home"
    shutil.copytree(template.home, home)
    copy = database(f"site_{uuid.uuid4().hex[:8]}", template=address)
    return Site(home, copy)


def database(name, *, template=""):
    """The address of a new database beside the one of EQUIPOISE_DATABASE; blank on SQLite."""
    asked = os.environ.get("EQUIPOISE_DATABASE", "")
    if not asked:
        return ""
    import psycopg

    made_from = f" TEMPLATE {urlsplit(template).path.lstrip('/')}" if template else ""
    with psycopg.connect(asked, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}{made_from}")
    return urlunsplit(urlsplit(asked)._replace(path=f"/{name}"))
