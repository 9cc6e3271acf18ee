"""The people of the demo company, who may sign in on this machine only."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User

from equipoise_web.access import SYSTEM
from equipoise_web.actions.door import door
from equipoise_web.records.models import Grant

DEMO_PASSWORD = "demo"
"""Shown on the sign-in page of a loopback demo; locked elsewhere."""


@dataclass(frozen=True)
class DemoPerson:
    """Somebody of the demo company: the name to sign in with, the function, the role and where it holds."""

    name: str
    function: str
    role: str
    item: str = ""
    market: str = ""


DEMO_PEOPLE = (
    DemoPerson("planner", "Demand planner", "demand_planner"),
    DemoPerson("coordinator", "S&OP coordinator", "coordinator"),
    DemoPerson("sales", "Sales North", "sales", market="North"),
    DemoPerson("marketing", "Marketing", "marketing"),
    DemoPerson("product", "Product manager", "product_manager"),
    DemoPerson("supply", "Supply planner", "supply_planner"),
    DemoPerson("operations", "Operations", "operations"),
    DemoPerson("finance", "Finance", "finance"),
    DemoPerson("executive", "Chief executive", "executive"),
    DemoPerson("analyst", "Analyst", "analyst"),
    DemoPerson("auditor", "Auditor", "auditor"),
    DemoPerson("admin", "Administrator", "administrator"),
    DemoPerson("stranger", "No role yet", ""),
)


def invite_demo_people() -> None:
    """Create the demo users that are not there yet, with their roles; existing ones keep what they have."""
    known = set(User.objects.values_list("username", flat=True))
    new = [person for person in DEMO_PEOPLE if person.name not in known]
    if not new:
        return
    # Everybody knows this password: it is hashed once for all, for each time takes longer than all the rest.
    password = make_password(DEMO_PASSWORD)
    with door(SYSTEM, "invite_demo_people") as entry:
        for person in new:
            user = User.objects.create(username=person.name, first_name=person.function, password=password)
            if person.role:
                Grant.objects.create(person=user, role=person.role, item=person.item, market=person.market)
        names = [person.name for person in new]
        entry.tell("people:demo", after={"people": names}, answer={"people": names})


def dismiss_demo_people() -> None:
    """Lock the demo users: the installation is served to others now."""
    users = User.objects.filter(username__in=[person.name for person in DEMO_PEOPLE])
    open_ones = [user for user in users if user.check_password(DEMO_PASSWORD)]
    if not open_ones:
        return
    with door(SYSTEM, "dismiss_demo_people") as entry:
        for user in open_ones:
            user.set_unusable_password()
            user.save()
        names = [user.get_username() for user in open_ones]
        entry.tell("people:demo", before={"people": names}, answer={"people": names})
