"""What the frame of every page shows: who is here, and which pages that person may open."""

from django.conf import settings
from django.http import HttpRequest

from equipoise_web.access import Access, Right
from equipoise_web.actions.invite_demo_people import DEMO_PASSWORD, DEMO_PEOPLE
from equipoise_web.reads.plans import newest_digest


def frame(request: HttpRequest) -> dict[str, object]:
    """`may`: names of the person's rights; `opens`: pages that do not refuse the person; `newest`: the newest plan."""
    who: Access | None = getattr(request, "access", None)
    if who is None or not request.user.is_authenticated:
        demo = settings.EQUIPOISE_DEMO_USERS
        return {"demo_people": DEMO_PEOPLE, "demo_password": DEMO_PASSWORD} if demo else {}
    return {
        "may": {right.value for right in Right if who.may(right)},
        "opens": _opens(who),
        "newest": newest_digest(),
        "who": who,
    }


def _opens(who: Access) -> set[str]:
    """Pages of the whole company: a right that holds on a part of it opens none of them."""
    pages = {
        "data": who.may_whole(Right.GATHER),
        "findings": who.sees_all,
        "jobs": who.may(Right.RUN),
        "people": who.may(Right.PEOPLE),
        "audit": who.may_whole(Right.AUDIT),
    }
    return {name for name, is_open in pages.items() if is_open}
