"""Words about an adjustment or a plan."""

from datetime import datetime

from ninja import Schema
from pydantic import Field

from equipoise_web.actions.add_comment import LONGEST
from equipoise_web.api.schemas import Strict


class CommentIn(Strict):
    """Words."""

    text: str = Field(max_length=LONGEST, examples=["Second shelf is confirmed for March."])


class CommentOut(Schema):
    """A comment."""

    id: int
    text: str
    by: str
    at: datetime


class CommentedOut(Schema):
    """Where it was said."""

    id: int
    about: str
