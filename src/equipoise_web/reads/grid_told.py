"""What the plan says of what one typed: findings about one's own adjustments, in words, with where they stand in the
grid and where they lead.

An estimate knows at once what cannot be firmed and what a fence keeps; what hours or components are lacking only the
exact plan can tell, so it is told when that comes.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from urllib.parse import urlencode

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipoise.core.adjustment import Adjustment, Scope
from equipoise.core.finding import Finding
from equipoise.core.measure import Grain
from equipoise.supply.production_findings import PRODUCTION_BEYOND
from equipoise_web.access import Access, Right
from equipoise_web.reads.grid_marks import covered, measure_of, own_routes, rows_in
from equipoise_web.reads.grid_numbers import Numbers
from equipoise_web.reads.grid_rows import GridRows
from equipoise_web.reads.in_words import words_of
from equipoise_web.reads.plans import open_plan

ABOUT = "adjustment "
"""What stands before the adjustment that a finding is about."""
Said = Mapping[tuple[str, str], Finding]
"""Findings by adjustment and code."""


@dataclass(frozen=True)
class Told:
    """A finding as a notice: of which adjustments, where, what and what to do; a cell that shows it, and links."""

    about: tuple[str, ...]
    code: str
    where: str
    because: str
    links: tuple[tuple[str, str], ...]
    """What each says and where it leads."""
    line: int = -1
    node: int = -1
    column: int = -1
    """The cell; −1 where the view shows none."""


@dataclass(frozen=True)
class News:
    """What is told since a reader looked last, and adjustments of which nothing is said any more."""

    told: tuple[Told, ...]
    settled: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """As it travels with numbers; nothing where nothing is new."""
        if not self.told and not self.settled:
            return {}
        return {"told": [asdict(each) for each in self.told], "settled": self.settled}


def read_news(rows: GridRows, before: Numbers | None, who: Access) -> News:
    """What the numbers say of the person's own adjustments that those before did not; all of it without them."""
    if before is not None and (before.fingerprint, before.base.digest) == (
        rows.numbers.fingerprint,
        rows.numbers.base.digest,
    ):
        return News((), ())
    now = said_of(rows.numbers, who)
    was = {} if before is None else said_of(before, who)
    still = {id for id, _code in now}
    new = {key: finding for key, finding in now.items() if was.get(key) != finding}
    return News(_told(rows, new, who), tuple(sorted({id for id, _code in was} - still)))


def said_of(numbers: Numbers, who: Access) -> Said:
    """What is found about the adjustments of a person that stand: by the plan in force, and by the estimate on it."""
    known, own = _by_adjustment(numbers.pulse.home, numbers.base.digest), _about(numbers.findings)
    mine = [each.id for each in numbers.adjustments if each.author == who.name and (each.id in known or each.id in own)]
    return {(id, f.code): f for id in mine for f in (*known.get(id, ()), *own.get(id, ()))}


def words_about(numbers: Numbers, adjustment: Adjustment, who: Access) -> tuple[str, ...]:
    """What is found about one adjustment, for its author and for who may see all of the plan."""
    if adjustment.author != who.name and not who.sees_all:
        return ()
    known, own = _by_adjustment(numbers.pulse.home, numbers.base.digest), _about(numbers.findings)
    return tuple(_sentence(f) for f in (*known.get(adjustment.id, ()), *own.get(adjustment.id, ())))


@lru_cache(maxsize=8)
def _by_adjustment(_home: str, digest: str) -> Mapping[str, tuple[Finding, ...]]:
    """Findings of a published plan by the adjustment that they are about, whoever may see the others."""
    return _about(open_plan(digest).findings)


def _about(findings: tuple[Finding, ...]) -> Mapping[str, tuple[Finding, ...]]:
    found: dict[str, tuple[Finding, ...]] = {}
    for each in findings:
        if each.where.startswith(ABOUT):
            id = each.where.removeprefix(ABOUT)
            found[id] = (*found.get(id, ()), each)
    return found


def _told(rows: GridRows, new: Said, who: Access) -> tuple[Told, ...]:
    """A notice for each thing that is said, however many adjustments it is said of."""
    of_one_text: dict[tuple[str, str], list[str]] = {}
    for (id, code), finding in new.items():
        of_one_text.setdefault((code, finding.message), []).append(id)
    known = {each.id: each for each in rows.numbers.adjustments}
    found = []
    for (code, _message), ids in of_one_text.items():
        finding, first = new[ids[0], code], known[ids[0]]
        line, node, column = _cell(rows, first)
        where = words_of(rows.numbers.base.snapshot_id).of(first)
        if node >= 0:
            when = rows.columns.all[column]
            label = rows.columns.calendar.label(when.begin) if when.mark.isdecimal() else when.label
            where = f"{rows.labels[node]}, {label}, {rows.header['lines'][line]['label']}"
        more = len(ids) - 1
        if more:
            where += ngettext(" and %(n)s more order", " and %(n)s more orders", more) % {"n": more}
        links = tuple(_links(rows.numbers, finding, first, who))
        found.append(Told(tuple(ids), code, where, _sentence(finding), links, line, node, column))
    return tuple(found)


def _sentence(finding: Finding) -> str:
    return f"{finding.message.rstrip('.')}. {finding.remedy}"


def _cell(rows: GridRows, adjustment: Adjustment) -> tuple[int, int, int]:
    """The topmost row and widest column that lie wholly in its scope; −1 where there is none."""
    nowhere = -1, -1, -1
    measure = measure_of(adjustment)
    if measure not in rows.lines:
        return nowhere
    nodes, columns = (np.flatnonzero(each) for each in covered(rows.numbers.plan, rows.tree, rows.columns, adjustment))
    if not len(nodes) or not len(columns):
        return nowhere
    widest = max(columns.tolist(), key=lambda n: rows.columns.all[n].end - rows.columns.all[n].begin)
    return rows.lines.index(measure), int(nodes[0]), widest


def _links(numbers: Numbers, finding: Finding, adjustment: Adjustment, who: Access) -> list[tuple[str, str]]:
    """The form that mends it, the adjustment itself, and the finding beside all others, as far as the person may."""
    found = []
    if finding.code == PRODUCTION_BEYOND.code and (resource := _line_of(numbers, adjustment)):
        scope = Scope(resource=resource)
        if who.may(Right.PROPOSE, kind="capacity", scope=scope, axes=numbers.plan.axes):
            first, last = adjustment.scope.first, adjustment.scope.last
            query = {"resource": resource, "reason_code": "capacity", "scenario": numbers.scenario}
            query |= {"first": first.isoformat()} if first else {}
            query |= {"last": last.isoformat()} if last else {}
            found.append((_("Add capacity"), f"{reverse('adjust:new', args=['capacity'])}?{urlencode(query)}"))
    is_order = adjustment.change.kind == "production_override"
    found.append((_("The order") if is_order else _("The change"), reverse("adjust:one", args=[adjustment.id])))
    if who.sees_all and finding in _by_adjustment(numbers.pulse.home, numbers.base.digest).get(adjustment.id, ()):
        found.append((_("The finding"), f"{reverse('findings:show', args=[numbers.base.digest])}#{finding.code}"))
    return found


def _line_of(numbers: Numbers, adjustment: Adjustment) -> str:
    """The line on which all that an adjustment firms is made; blank where there are several, or none."""
    axes = numbers.plan.axes
    rows = rows_in(axes, Grain.MAKE, adjustment.scope)
    rows = rows[own_routes(axes)[rows]]
    if axes.lines is None or not len(rows):
        return ""
    lines = np.unique(axes.lines[rows])
    return axes.resources.leaves[int(lines[0])] if len(lines) == 1 and lines[0] >= 0 else ""
