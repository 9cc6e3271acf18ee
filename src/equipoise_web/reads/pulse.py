"""What was written last, read at once: two readings that are equal see the same scenarios, rulings and plans.

A request reads it once and reads again only what has changed since; written out in SQL, because it is asked for with
every edit.
"""

from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.db import connection

from equipoise_web.records.models import (
    AnsweredQuestion,
    AuditHead,
    Comment,
    PublishedPlan,
    RulingRecord,
    ScenarioEntry,
    ScenarioRecord,
)


@dataclass(frozen=True)
class Pulse:
    """The digest of the audit chain, and the last number of each list that grows."""

    home: str
    chain: str
    rulings: int
    entries: int
    scenarios: int
    answers: int
    working: str
    """The root of the newest cycle: the scenario in which the company works; blank before the first plan."""
    plan: str
    """Digest of the plan that was published last."""
    comments: int
    """How many comments on cells there are."""


def read_pulse() -> Pulse:
    """The pulse now."""
    with connection.cursor() as cursor:
        cursor.execute(_statement())
        chain, rulings, entries, scenarios, answers, working, plan, comments = cursor.fetchone()
    return Pulse(
        home=str(settings.EQUIPOISE_HOME),
        chain=chain or "",
        rulings=rulings or 0,
        entries=entries or 0,
        scenarios=scenarios or 0,
        answers=answers or 0,
        working=working or "",
        plan=plan or "",
        comments=comments,
    )


@cache
def _statement() -> str:
    """One statement of constants: nothing that anybody gives is part of it."""
    head, roots, plans, comments = (rows._meta.db_table for rows in (AuditHead, ScenarioRecord, PublishedPlan, Comment))
    parts = [
        f"(SELECT digest FROM {head} ORDER BY id LIMIT 1)",
        *(
            f"(SELECT MAX(id) FROM {rows._meta.db_table})"
            for rows in (RulingRecord, ScenarioEntry, ScenarioRecord, AnsweredQuestion)
        ),
        f"(SELECT name FROM {roots} WHERE parent_id IS NULL ORDER BY id DESC LIMIT 1)",
        f"(SELECT digest FROM {plans} ORDER BY id DESC LIMIT 1)",
        f"(SELECT COUNT(*) FROM {comments} WHERE about LIKE 'cell:%')",
    ]
    return f"SELECT {', '.join(parts)}"
