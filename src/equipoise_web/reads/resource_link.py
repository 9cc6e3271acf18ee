"""Where a resource is looked at."""

from urllib.parse import urlencode

from django.urls import reverse


def resource_link(code: str, *, bucket: int | None = None, digest: str = "") -> str:
    """The page of a resource, at a bucket."""
    query = {name: str(value) for name, value in (("bucket", bucket), ("plan", digest)) if value not in (None, "")}
    address = reverse("capacity:show", args=[code])
    return f"{address}?{urlencode(query)}" if query else address
