"""Invitations: the form, the link that is shown once, and taking one back."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import NotAllowed
from equipoise_web.actions.invite_person import end_invitation, invite_person, renew_password
from equipoise_web.reads.people import read_person
from equipoise_web.screens.frame.asked import PersonRequest
from equipoise_web.screens.frame.middleware import done
from equipoise_web.screens.people.grant_form import GrantLine, asked_grants, form_context, typed_lines
from equipoise_web.status import status_of


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def invite(request: PersonRequest) -> HttpResponse:
    """The form; sent, the link. `more` asks for another line of roles."""
    if request.method != "POST":
        return _form(request, [GrantLine()])
    lines = typed_lines(request.POST)
    if "more" in request.POST:
        return _form(request, [*lines, GrantLine()])
    try:
        made = invite_person(
            request.access,
            request.POST.get("username", ""),
            asked_grants(request.access, lines),
            name=request.POST.get("name", ""),
            email=request.POST.get("email", ""),
        )
    except NotAllowed:
        raise
    except EquipoiseError as error:
        return _form(request, lines, refusal=error)
    return _show_link(request, made)


@require_POST
@login_required
@never_cache
def renew(request: PersonRequest, person: int) -> HttpResponse:
    """A link by which somebody sets a new password."""
    found = read_person(request.access, person)
    return _show_link(request, renew_password(request.access, found.person.username), is_renewal=True)


@require_POST
@login_required
def end(request: PersonRequest, invitation: int) -> HttpResponse:
    """Take a link back."""
    end_invitation(request.access, invitation)
    done(request, _("That link is not good any more"))
    return redirect("people:list")


def _form(request: PersonRequest, lines: list[GrantLine], *, refusal: EquipoiseError | None = None) -> HttpResponse:
    context = {"page": "people", "refusal": refusal, **form_context(request.access, lines)}
    context["typed"] = {name: request.POST.get(name, "") for name in ("username", "name", "email")}
    return render(request, "people/invite.html", context, status=status_of(refusal) if refusal else 200)


def _show_link(request: PersonRequest, made: dict[str, Any], *, is_renewal: bool = False) -> HttpResponse:
    """The only time that the secret is shown."""
    address = request.build_absolute_uri(reverse("people:join", kwargs={"secret": made["secret"]}))
    context = {"page": "people", "made": made, "address": address, "is_renewal": is_renewal}
    return render(request, "people/link.html", context)
