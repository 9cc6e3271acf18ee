"""A reason as the audit chain keeps it."""

from equipoise.core.errors import EquipoiseError

LONGEST = 500


class WrongReason(EquipoiseError):
    """No reason, or one that is too long."""


def checked_reason(because: str, example: str) -> str:
    """The reason without blanks around it; WrongReason where there is none, or more than the chain keeps."""
    words = because.strip()
    if not words or len(words) > LONGEST:
        raise WrongReason(f"say why in 1 to {LONGEST} characters, such as '{example}'; these are {len(words)}")
    return words
