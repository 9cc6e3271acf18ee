"""What the frame of every page shows: who is here, and which pages that person may open."""

from django.http import HttpRequest

from equipoise_web.access import Access, Right
from equipoise_web.reads.plans import newest_digest


def frame(request: HttpRequest) -> dict[str, object]:
    """`may`: the names of the person's rights; `newest`: the digest of the plan that was published last."""
    who: Access | None = getattr(request, "access", None)
    if who is None or not request.user.is_authenticated:
        return {}
    return {"may": {right.value for right in Right if who.may(right)}, "newest": newest_digest(), "who": who}
