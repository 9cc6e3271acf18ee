"""The WSGI application called in this process: what a request costs without a server around it."""

from io import BytesIO
from typing import Any

from benchmarks.measure import Disagreement
from benchmarks.web_page import Page


def ask(page: Page) -> tuple[str, bytes]:
    """Status and body."""
    from equipoise_web.wsgi import application

    statuses: list[str] = []
    answer = application(_environ(page), lambda status, _headers: statuses.append(status))
    body = b"".join(answer)
    answer.close()
    return statuses[0], body


def ask_often(page: Page, count: int) -> None:
    """Ask `count` times."""
    for _ in range(count):
        status, _body = ask(page)
        if not status.startswith("200"):
            raise Disagreement(f"{page.path} answers {status}")


def _environ(page: Page) -> dict[str, Any]:
    """What a WSGI server hands over for a GET."""
    where, _, query = page.path.partition("?")
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": where,
        "QUERY_STRING": query,
        "SCRIPT_NAME": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "HTTP_COOKIE": page.cookie,
        "HTTP_ACCEPT": "*/*",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
