"""The numbers of a scenario for its grid: those of its plan, or until that is there the estimate of what it asks now.

Tier `estimate` (algebra.md section 8): the stages up to demand are folded anew on the plan in force, so demand is what
the plan will say; load follows at standing rates; what later stages make is that of the plan in force, but for the
production that people firmed.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

from equipoise.core.adjustment import Adjustment
from equipoise.core.errors import EquipoiseError
from equipoise.core.finding import Finding
from equipoise.plan import Plan, sections_until
from equipoise_web.access import Access, Right
from equipoise_web.expiry import today
from equipoise_web.reads.plans import newest_digest_of, open_plan, published_digest
from equipoise_web.reads.production_estimate import estimated_supply
from equipoise_web.reads.pulse import Pulse, read_pulse
from equipoise_web.reads.scenarios import Question, question_of, working_scenario
from equipoise_web.reads.scoped import scoped_plan


class NoPlanYet(EquipoiseError):
    """A scenario whose data no plan was computed from: there is nothing to start an estimate from."""


@dataclass(frozen=True, eq=False)
class Numbers:
    """What a scenario asks, and its numbers as one person may see them."""

    scenario: str
    fingerprint: str
    adjustments: tuple[Adjustment, ...]
    plan: Plan
    base: Plan
    """The published plan that `plan` starts from; the same object where the numbers are exact."""
    pulse: Pulse
    """What had been written when they were read."""
    findings: tuple[Finding, ...] = ()
    """What the estimate says of adjustments; empty where the numbers are exact."""

    @property
    def is_exact(self) -> bool:
        """True if the plan was computed."""
        return self.plan is self.base


def working_name() -> str:
    """The scenario that people work in; blank before the first plan."""
    root = working_scenario()
    return "" if root is None else root.name


def numbers_of(who: Access, question: Question, pulse: Pulse) -> Numbers:
    """The numbers of what a scenario asks. NoPlanYet where no plan was computed from its data."""
    who.require(Right.READ)
    exact = _published(pulse.home, pulse.plan, pulse.answers, question.fingerprint)
    digest = exact or _newest(pulse.home, pulse.plan, question.snapshot)
    if digest is None:
        raise NoPlanYet(f"no plan was computed for {question.scenario!r} yet; ask for one first")
    base = scoped_plan(open_plan(digest), who)
    if exact:
        return Numbers(question.scenario, question.fingerprint, question.adjustments, base, base, pulse)
    whole, findings = _estimate(digest, question.fingerprint, _Asked(question.adjustments))
    plan = scoped_plan(whole, who)
    return Numbers(question.scenario, question.fingerprint, question.adjustments, plan, base, pulse, findings)


def numbers_now(who: Access, scenario: str = "") -> Numbers:
    """The numbers of a scenario as it stands; of the working one unless named."""
    pulse = read_pulse()
    return numbers_of(who, question_now(scenario or pulse.working, pulse), pulse)


def question_now(scenario: str, pulse: Pulse) -> Question:
    """What a scenario asks now, read from its rows once until somebody writes.

    Rows of scenarios, entries and rulings are appended by writes that end in the audit chain, so its digest and the
    last number of each say whether there are new ones; the day, whether a hold has run out.
    """
    chain, last = pulse.chain, (pulse.rulings, pulse.entries, pulse.scenarios)
    return _question(pulse.home, scenario, chain, (*last, today().toordinal()))


@lru_cache(maxsize=64)
def _question(_home: str, scenario: str, _chain: str, _last: tuple[int, ...]) -> Question:
    return question_of(scenario)


@lru_cache(maxsize=256)
def _published(_home: str, _newest_plan: str, _answers: int, fingerprint: str) -> str | None:
    """Plans and answers are appended: what answers a question stays the same until there is a newer one."""
    return published_digest(fingerprint)


@lru_cache(maxsize=64)
def _newest(_home: str, _newest_plan: str, snapshot: str) -> str | None:
    return newest_digest_of(snapshot)


def numbers_of_plan(who: Access, digest: str, pulse: Pulse | None = None) -> Numbers:
    """Those of a published plan; `pulse` if it was read."""
    who.require(Right.READ)
    plan = scoped_plan(open_plan(digest), who)
    return Numbers("", plan.fingerprint, plan.adjustments, plan, plan, pulse or read_pulse())


class _Asked(tuple[Adjustment, ...]):
    """Adjustments that a fingerprint stands for: no part of the key of the cache."""

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked)


@lru_cache(maxsize=24)
def _estimate(digest: str, _fingerprint: str, asked: _Asked) -> tuple[Plan, tuple[Finding, ...]]:
    """The plan in force with the demand that adjustments make and the production that they firm, unfiltered.

    Arrays that did not change are shared.
    """
    before = open_plan(digest)
    changed = sections_until(before, tuple(asked), until="demand")
    supply = estimated_supply(before, asked)
    if supply is not None:
        changed = {**changed, "supply": supply}
    after = replace(before, sections={**before.sections, **changed}, adjustments=tuple(asked))
    vars(after)["digest"] = before.digest
    return after, tuple(finding for section in changed.values() for finding in section.findings)
