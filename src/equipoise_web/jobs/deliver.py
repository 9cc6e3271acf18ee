"""Delivery of webhooks: signed, to the very address that was checked, without following anybody elsewhere.

A receiver verifies `Equipoise-Signature: t=SECONDS,v1=HEX`: HMAC-SHA256 with the webhook's secret over `SECONDS.BODY`,
and refuses a SECONDS that is minutes old. Any answer 200 to 299 means it was taken; anything else is tried again.
"""

import hashlib
import hmac
import json
import logging
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from django.db import close_old_connections

from equipoise.core.errors import EquipoiseError
from equipoise_web.actions.outbox import Outgoing, take_messages, tell_failed, tell_sent
from equipoise_web.actions.webhook_address import WebAddress, check_number, read_address

SECONDS = 10.0
"""For one delivery, from the look-up of the name to the first line of the answer."""
PAUSE = 1.0
"""Seconds between two looks at an empty outbox."""
LONGEST_ANSWER = 4096
log = logging.getLogger(__name__)


class NotDelivered(EquipoiseError):
    """The receiver could not be reached, or did not take the message."""


def deliver_until(stop: threading.Event) -> None:
    """Send what is due until `stop` is set; in a thread of the worker, so that a long plan run holds nothing up."""
    while not stop.is_set():
        close_old_connections()
        try:
            sent = deliver_due()
        except Exception:
            # Whatever went wrong, such as a database away for a moment, the outbox keeps what was not sent.
            log.exception("webhooks could not be delivered")
            sent = 0
        if not sent:
            stop.wait(PAUSE)


def deliver_due() -> int:
    """Send each message that is due once; returns how many were tried."""
    messages = take_messages()
    for message in messages:
        try:
            send(message)
        except EquipoiseError as error:
            tell_failed(message, str(error))
        else:
            tell_sent(message)
    return len(messages)


def send(message: Outgoing) -> None:
    """One attempt; WrongAddress or NotDelivered says what was in the way."""
    address = read_address(message.address)
    body = json.dumps({"id": message.id, **message.body}, sort_keys=True, separators=(",", ":")).encode()
    at = int(time.time())
    headers = {
        "Host": address.host_header,
        "User-Agent": "Equipoise",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Equipoise-Delivery": str(message.id),
        "Equipoise-Signature": signature(message.secret, at, body),
        "Connection": "close",
    }
    status = _call(address, headers, body)
    if not 200 <= status < 300:
        hint = "; redirects are not followed, give its final address" if 300 <= status < 400 else ""
        raise NotDelivered(f"the receiver answered {status}{hint}")


def signature(secret: str, at: int, body: bytes) -> str:
    """The value of the header `Equipoise-Signature` for a message sent at a second since 1970."""
    made = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={made}"


def pinned(address: WebAddress) -> list[tuple[Any, ...]]:
    """Socket addresses of the host, looked up once; WrongAddress if one of them must not be called."""
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotDelivered(f"{address.host} has no address: {error}") from error
    for _family, _type, _protocol, _name, where in found:
        check_number(ip_address(str(where[0]).partition("%")[0]))
    return [(family, where) for family, _type, _protocol, _name, where in found]


def _call(address: WebAddress, headers: Mapping[str, str], body: bytes) -> int:
    """Status that the receiver answers; the rest of its answer is not read."""
    end = time.monotonic() + SECONDS
    head = [f"POST {address.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    family, where = pinned(address)[0]
    try:
        with socket.socket(family, socket.SOCK_STREAM) as plain:
            plain.settimeout(_left(end))
            plain.connect(where)
            context = ssl.create_default_context() if address.is_tls else None
            line = context.wrap_socket(plain, server_hostname=address.host) if context else plain
            with line:
                line.settimeout(_left(end))
                line.sendall("\r\n".join(head).encode("ascii") + body)
                return _status(line, end)
    except (OSError, ValueError) as error:
        raise NotDelivered(f"{address.host} could not be reached: {error}") from error


def _status(line: socket.socket, end: float) -> int:
    """The number in the first line of an answer, which has to come in time however slowly it drips."""
    read = b""
    while b"\r\n" not in read:
        line.settimeout(_left(end))
        part = line.recv(LONGEST_ANSWER)
        read += part
        if not part or len(read) > LONGEST_ANSWER:
            raise NotDelivered("the receiver did not answer in HTTP")
    words = read.split(b"\r\n", 1)[0].split(b" ")
    if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or not words[1].isdigit():
        raise NotDelivered("the receiver did not answer in HTTP")
    return int(words[1])


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise NotDelivered(f"the receiver did not answer within {SECONDS:g} s")
    return left
