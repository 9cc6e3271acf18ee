"""The people of the demo company, who may sign in on this machine only."""

from django.contrib.auth.models import User

DEMO_PASSWORD = "demo"
"""Shown on the sign-in page of a loopback demo; locked elsewhere."""
DEMO_PEOPLE = (
    ("planner", "Demand planner"),
    ("supply", "Supply planner"),
    ("sales", "Sales North"),
    ("finance", "Finance"),
    ("executive", "Chief executive"),
)


def invite_demo_people() -> None:
    """Create the demo users that are not there yet; existing ones keep what they have."""
    for name, function in DEMO_PEOPLE:
        user, is_new = User.objects.get_or_create(username=name, defaults={"first_name": function})
        if is_new:
            user.set_password(DEMO_PASSWORD)
            user.save()


def dismiss_demo_people() -> None:
    """Lock the demo users: the installation is served to others now."""
    for user in User.objects.filter(username__in=[name for name, _ in DEMO_PEOPLE]):
        if user.check_password(DEMO_PASSWORD):
            user.set_unusable_password()
            user.save()
