"""The tokens of a person, for programs; a secret is never among them."""

from dataclasses import dataclass
from datetime import datetime

from equipoise_web.access import Access
from equipoise_web.records.models import ApiToken


@dataclass(frozen=True)
class TokenRow:
    """A token; it is good until it expires or is revoked."""

    id: int
    name: str
    rights: list[str]
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


def read_tokens(who: Access) -> tuple[TokenRow, ...]:
    """One's own, newest first, the revoked ones too."""
    rows = ApiToken.objects.filter(person=who.person)
    columns = ("pk", "name", "rights", "made_at", "expires_at", "used_at", "revoked_at")
    return tuple(TokenRow(*row) for row in rows.values_list(*columns))
