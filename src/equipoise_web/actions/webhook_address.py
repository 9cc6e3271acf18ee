"""Addresses that Equipoise may call: http(s) on public networks, so that nobody makes it knock on inner doors (SSRF).

A name is resolved when a message is sent, every address it has is checked, and the one that was checked is called: a
name that answers differently the second time (DNS rebinding) gains nothing. EQUIPOISE_WEBHOOK_PRIVATE=1 allows private
networks, for a company whose receivers stand in its own.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from django.conf import settings

from equipoise.core.errors import EquipoiseError

LONGEST = 500
NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
"""IPv6 addresses that lead to IPv4 ones."""


class WrongAddress(EquipoiseError):
    """An address that is not http(s), or that lies on a network that must not be called."""


@dataclass(frozen=True)
class WebAddress:
    """Where to call, taken apart."""

    is_tls: bool
    host: str
    port: int
    path: str
    """With the query."""

    @property
    def host_header(self) -> str:
        """The host as the header `Host` names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_tls else 80) else f"{host}:{self.port}"


def read_address(text: str) -> WebAddress:
    """The parts of an address; WrongAddress if it is none of ours. A host given by number is checked at once.

    >>> read_address("https://hooks.example.com/in?key=1")
    WebAddress(is_tls=True, host='hooks.example.com', port=443, path='/in?key=1')
    """
    if len(text) > LONGEST or any(ord(sign) <= ord(" ") or ord(sign) > ord("~") for sign in text):
        raise WrongAddress(f"an address has at most {LONGEST} plain characters without blanks")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise WrongAddress(f"{text!r} is not an address: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise WrongAddress(f"{text!r} must begin with https:// or http:// and name a host")
    if parts.username is not None or parts.password is not None:
        raise WrongAddress("an address must not hold a name or password; the signature says who calls")
    if port == 0:
        raise WrongAddress(f"{text!r} names port 0, which nobody listens on")
    is_tls = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    found = WebAddress(is_tls, parts.hostname, port or (443 if is_tls else 80), path)
    try:
        number = ip_address(found.host)
    except ValueError:
        return found  # a name: checked when it is resolved
    check_number(number)
    return found


def check_number(address: IPv4Address | IPv6Address) -> None:
    """Raises WrongAddress for a network address that is not public, unless private ones are allowed."""
    if not settings.EQUIPOISE_WEBHOOK_PRIVATE and not _is_public(address):
        raise WrongAddress(f"{address} is not a public address; EQUIPOISE_WEBHOOK_PRIVATE=1 allows private networks")


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return _is_public(inner)
        if address.teredo is not None or any(address in network for network in NAT64):
            return False
    return address.is_global and not address.is_multicast
