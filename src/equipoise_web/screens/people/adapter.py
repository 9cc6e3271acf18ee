"""How accounts come to be: by invitation only. Signing up is closed, also through another identity provider."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up; an administrator invites."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Closed."""
        return False


class InvitedOnlyElsewhere(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Who signs in at the company's identity provider is matched with an invited account by e-mail address."""

    def is_open_for_signup(self, _request: HttpRequest, _login: object) -> bool:
        """Closed: the account must be here already."""
        return False
