"""The quarantine editor and the corrections in force."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import Right
from equipoise_web.actions.correct_row import correct_row, drop_row, undo_correction
from equipoise_web.actions.door import StaleEdit
from equipoise_web.actions.which_row import Place, WrongCorrection
from equipoise_web.reads.corrections import read_corrections
from equipoise_web.reads.drafts import open_draft_row
from equipoise_web.reads.drafts_judged import draft_for
from equipoise_web.reads.quarantine import read_quarantine
from equipoise_web.screens.frame.asked import PersonRequest
from equipoise_web.screens.frame.middleware import done
from equipoise_web.status import status_of


@dataclass(frozen=True)
class Mended:
    """What a write in the quarantine did, for the line above the list: words, and the correction to undo."""

    text: str
    correction: str


@require_safe
@login_required
def show_quarantine(request: PersonRequest) -> HttpResponse:
    """`?table=&page=`: rows left out, to be mended in place."""
    request.access.require_whole(Right.GATHER)
    if open_draft_row() is None:
        return redirect("gathering:board")
    return _list(request, request.GET.get("table", ""), request.GET.get("page", ""))


@require_POST
@login_required
def mend(request: PersonRequest) -> HttpResponse:
    """Write the changed cells of one row, or leave it out; the answer is the list as it stands then."""
    table, page = request.POST.get("table", ""), request.POST.get("page", "")
    try:
        mended = _write(request, table)
    except EquipoiseError as error:
        return _list(request, table, page, error=error)
    request.session["reason"] = request.POST.get("reason", "")[:500]
    if request.headers.get("HX-Request") == "true":
        return _list(request, table, page, mended=mended)
    done(request, mended.text)
    return redirect(f"{reverse('gathering:quarantine')}?{urlencode({'table': table, 'page': page})}")


def _write(request: PersonRequest, table: str) -> Mended:
    who, sent = request.access, request.POST
    draft = draft_for(who).id
    version = int(sent["version"]) if sent.get("version", "").isdigit() else 0
    place = Place(sent.get("file", ""), int(sent["line"]) if sent.get("line", "").isdigit() else 0)
    reason = sent.get("reason", "")
    where = _("%(file)s line %(line)s") % {"file": place.file, "line": place.line}
    if sent.get("act") == "drop":
        answer = drop_row(who, draft, version, table=table, row=place, reason=reason)
        return Mended(_("%(where)s is left out on purpose.") % {"where": where}, answer["correction"])
    changes = list(_changes(request))
    if not changes:
        raise WrongCorrection(_("no cell was changed; write the right value into the marked cell"))
    for column, old, new in changes:
        is_everywhere = sent.get("everywhere") == column
        row = {column: old} if is_everywhere else place
        answer = correct_row(who, draft, version, table=table, row=row, column=column, old=old, new=new, reason=reason)
        version = answer["version"]
    if len(changes) == 1 and sent.get("everywhere"):
        text = _("%(old)s is %(new)s now, in every row.") % {"old": changes[0][1], "new": changes[0][2]}
    elif answer["is_in"]:
        text = _("%(where)s counts now.") % {"where": where}
    else:
        text = _("%(where)s is corrected and still left out: %(why)s") % {"where": where, "why": answer["still"]}
    return Mended(text, answer["correction"])


def _changes(request: PersonRequest) -> Iterator[tuple[str, str, str]]:
    """Column, old and new value of every cell of the form that was changed; a suggestion taken counts as one."""
    sent = request.POST
    for name in sent:
        kind, _dot, column = name.partition(".")
        if kind == "new" and f"old.{column}" in sent:
            old, new = sent[f"old.{column}"], sent[name].strip()
            new = sent["take"] if sent.get("take") and sent.get("take_column") == column else new
            if old.strip() != new:
                yield column, old, new


def _list(
    request: PersonRequest, table: str, page: str, *, mended: Mended | None = None, error: EquipoiseError | None = None
) -> HttpResponse:
    found = read_quarantine(request.access, name=table, page=int(page) if page.isdigit() else 1)
    context = {
        "page": "data",
        "found": found,
        "draft": found.draft,
        "tab": "quarantine",
        "mended": mended,
        "refusal": error,
        "stale": error if isinstance(error, StaleEdit) else None,
        "reason": request.POST.get("reason", request.session.get("reason", "")),
    }
    is_part = request.headers.get("HX-Request") == "true"
    name = "gathering/left_out.html" if is_part else "gathering/quarantine.html"
    return render(request, name, context, status=200 if error is None else status_of(error))


@require_safe
@login_required
def show_corrections(request: PersonRequest) -> HttpResponse:
    """Corrections in force: who, why, and whether they are still needed."""
    request.access.require_whole(Right.GATHER)
    if open_draft_row() is None:
        return redirect("gathering:board")
    found = read_corrections(request.access)
    context = {"page": "data", "found": found, "draft": found.draft, "tab": "corrections"}
    return render(request, "gathering/corrections.html", context)


@require_POST
@login_required
def undo(request: PersonRequest, correction: str) -> HttpResponse:
    """Take a correction back; the quarantine editor gets its list again, the page of corrections itself."""
    undo_correction(request.access, draft_for(request.access).id, correction)
    if request.headers.get("HX-Request") == "true":
        return _list(request, request.POST.get("table", ""), request.POST.get("page", ""))
    done(request, _("The delivered value counts again."))
    return redirect("gathering:corrections")
