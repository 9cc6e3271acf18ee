"""HTTP as a client of long uploads needs it: an answer that comes before all was sent is read, redirects are watched.

A server that will not take a body says so and hangs up while we still send (RFC 9112 section 9.5). The standard
library then gives up with a broken pipe; what the server said lies unread.
"""

from http.client import HTTPConnection, HTTPMessage, HTTPResponse, HTTPSConnection
from ssl import create_default_context
from typing import IO, Any
from urllib.parse import urlsplit
from urllib.request import HTTPHandler, HTTPRedirectHandler, HTTPSHandler, OpenerDirector, Request, build_opener

from equipoise.core.errors import EquipoiseError


class NotReached(EquipoiseError):
    """The server did not answer, or what answered is not Equipoise."""


def opener() -> OpenerDirector:
    """Opens addresses of http and https."""
    return build_opener(_Plain(), _Encrypted(), _NoRedirects())


class _Patient(HTTPConnection):
    """Does not give up where the other side has stopped reading: it may have answered."""

    def endheaders(self, message_body: Any = None, *, encode_chunked: bool = False) -> None:  # noqa: ANN401 - any body
        try:
            super().endheaders(message_body, encode_chunked=encode_chunked)
        except (BrokenPipeError, ConnectionResetError):
            if message_body is None:
                raise


class _PatientEncrypted(_Patient, HTTPSConnection):
    pass


class _Plain(HTTPHandler):
    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_Patient, req)


class _Encrypted(HTTPSHandler):
    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_PatientEncrypted, req, context=create_default_context())


class _NoRedirects(HTTPRedirectHandler):
    """Redirects are followed within the server only: elsewhere the token would go along."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        old, new = urlsplit(req.full_url), urlsplit(newurl)
        if (old.scheme, old.netloc) != (new.scheme, new.netloc):
            raise NotReached(
                f"{old.netloc} leads to {new.scheme}://{new.netloc}; connect to that address if you trust it"
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)
