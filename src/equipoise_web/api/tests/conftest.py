"""The application served over HTTP, for tests of the client."""

import shutil
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections

from equipoise_web.wsgi import django_application  # nothing computes plans meanwhile


class Quiet(WSGIRequestHandler):
    """No line on the console for each request."""

    def log_message(self, *_):
        pass


@pytest.fixture
def address(digest, settings, tmp_path):
    """The application on a home in which a plan was published."""
    settings.EQUIPOISE_HOME = shutil.copytree(settings.EQUIPOISE_HOME, tmp_path / "home")
    yield from served()


@pytest.fixture
def fresh_address(fresh_home):
    """The application on a home in which nothing was sealed yet."""
    yield from served()


def served():
    """The application in a thread that shares the test's connection, so that it sees the test's rows; its address."""
    shared = connections["default"]
    shared.inc_thread_sharing()
    ends = (request_started, request_finished)
    for signal in ends:  # at which a connection may be closed; the test still needs it
        signal.disconnect(close_old_connections)
    server = make_server("127.0.0.1", 0, django_application, handler_class=Quiet)

    def serve():
        connections["default"] = shared
        server.serve_forever(poll_interval=0.02)

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    for signal in ends:
        signal.connect(close_old_connections)
    shared.dec_thread_sharing()
