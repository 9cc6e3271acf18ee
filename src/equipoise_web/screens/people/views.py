"""People: the list, a person, and what is done to a person."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import NotAllowed
from equipoise_web.actions.deactivate_person import deactivate_person, reactivate_person
from equipoise_web.actions.give_grant import WrongRole, end_grant, give_grant
from equipoise_web.reads.people import read_people, read_person
from equipoise_web.screens.frame.asked import PersonRequest
from equipoise_web.screens.frame.middleware import done
from equipoise_web.screens.people.grant_form import GrantLine, asked_grants, form_context, typed_lines
from equipoise_web.status import status_of


@require_safe
@login_required
def show_people(request: PersonRequest) -> HttpResponse:
    """Who is here, and who is invited."""
    return render(request, "people/people.html", {"page": "people", "people": read_people(request.access)})


@require_safe
@login_required
def show_person(request: PersonRequest, person: int) -> HttpResponse:
    """One person, with forms for what may be done."""
    return _show(request, person)


@require_POST
@login_required
def give(request: PersonRequest, person: int) -> HttpResponse:
    """Give a role: `role`, a node per dimension, `reach`, `because`."""
    found = read_person(request.access, person)
    lines = typed_lines(request.POST)[:1]

    def act() -> str:
        grants = asked_grants(request.access, lines)
        if not grants:
            raise WrongRole(_("choose a role to give"))
        for held in grants:
            given = give_grant(
                request.access,
                found.person.username,
                held.role.name,
                scope=held.scope,
                is_read_only=held.is_read_only,
                because=request.POST.get("because", ""),
            )
        return _("%(person)s has that role now") % {"person": given["person"]}

    return _do(request, person, act, lines=lines)


@require_POST
@login_required
def end(request: PersonRequest, grant: int) -> HttpResponse:
    """End a role: `because`."""
    ended = end_grant(request.access, grant, because=request.POST.get("because", ""))
    done(request, _("The role of %(person)s has ended") % {"person": ended["person"]})
    return redirect("people:show", person=ended["number"])


@require_POST
@login_required
def deactivate(request: PersonRequest, person: int) -> HttpResponse:
    """Shut somebody out: `because`."""
    found = read_person(request.access, person)

    def act() -> str:
        ended = deactivate_person(request.access, found.person.username, because=request.POST.get("because", ""))
        text = ngettext(
            "%(person)s is out; %(n)d token was revoked",
            "%(person)s is out; %(n)d tokens were revoked",
            ended["tokens"],
        )
        return text % {"person": ended["person"], "n": ended["tokens"]}

    return _do(request, person, act)


@require_POST
@login_required
def reactivate(request: PersonRequest, person: int) -> HttpResponse:
    """Let somebody in again: `because`."""
    found = read_person(request.access, person)

    def act() -> str:
        reactivate_person(request.access, found.person.username, because=request.POST.get("because", ""))
        return _("%(person)s may come in again; make a link for a new password") % {"person": found.person.username}

    return _do(request, person, act)


def _do(
    request: PersonRequest, person: int, act: Callable[[], str], *, lines: list[GrantLine] | None = None
) -> HttpResponse:
    """Act and go back to the person; what was refused is told above the forms, which keep what was typed."""
    try:
        text = act()
    except NotAllowed:
        raise
    except EquipoiseError as error:
        return _show(request, person, lines=lines, refusal=error)
    done(request, text)
    return redirect("people:show", person=person)


def _show(
    request: PersonRequest, person: int, *, lines: list[GrantLine] | None = None, refusal: EquipoiseError | None = None
) -> HttpResponse:
    context: dict[str, Any] = {"page": "people", "found": read_person(request.access, person), "refusal": refusal}
    context |= form_context(request.access, lines or [GrantLine()])
    context["because"] = request.POST.get("because", "")
    return render(request, "people/person.html", context, status=status_of(refusal) if refusal else 200)
