"""What the frame of every page shows: who is here, and which pages that person may open."""

from django.conf import settings
from django.http import HttpRequest

from equipoise_web.access import Access, Right
from equipoise_web.actions.invite_demo_people import DEMO_PASSWORD, DEMO_PEOPLE
from equipoise_web.reads.plans import newest_digest


def frame(request: HttpRequest) -> dict[str, object]:
    """`may`: the names of the person's rights; `newest`: the digest of the plan that was published last."""
    who: Access | None = getattr(request, "access", None)
    if who is None or not request.user.is_authenticated:
        demo = settings.EQUIPOISE_DEMO_USERS
        return {"demo_people": DEMO_PEOPLE, "demo_password": DEMO_PASSWORD} if demo else {}
    return {"may": {right.value for right in Right if who.may(right)}, "newest": newest_digest(), "who": who}
