"""The list of exceptions, and what people do about one of them."""

import uuid
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from equipoise_web.actions.assign_exception import WrongException, assign_exception
from equipoise_web.actions.snooze_exception import snooze_exception
from equipoise_web.reads.exception_page import STATES, Filters, plan_in_question, read_page
from equipoise_web.screens.frame.asked import PersonRequest

PAGES = ("/exceptions/", "/capacity/")
"""Where marks are set, and where one comes back to."""


@require_safe
@login_required
def show_list(request: PersonRequest) -> HttpResponse:
    """`?family=&function=&rule=&state=open|mine|resting|all&least=MONEY`; without `least` the material ones."""
    given = request.GET
    state = given.get("state", "") or "open"
    if state not in STATES:
        raise Http404(_("There is no such list."))
    asked = Filters(
        given.get("family", ""), given.get("function", ""), given.get("rule", ""), state, _money(given.get("least", ""))
    )
    found = read_page(request.access, asked)
    context = {
        "page": "exceptions",
        "plan": found.plan,
        "plan_digest": found.plan.digest,
        "found": found,
        "states": STATES,
        "here": request.get_full_path(),
        "key": str(uuid.uuid4()),
    }
    return render(request, "exceptions/list.html", context)


@require_POST
@login_required
def assign(request: PersonRequest) -> HttpResponse:
    """`about`, `owner` (blank: nobody), `because`: what is to be done, where an option is given to somebody."""
    given = request.POST
    assign_exception(
        request.access,
        given.get("about", ""),
        given.get("owner", ""),
        because=given.get("because", ""),
        key=given.get("key", ""),
    )
    messages.success(request, _("Assigned") if given.get("owner") else _("With nobody now"))
    return _back(request)


@require_POST
@login_required
def snooze(request: PersonRequest) -> HttpResponse:
    """`about`, `until` (a day of the data; blank wakes it), `because`."""
    given = request.POST
    snooze_exception(
        request.access,
        given.get("about", ""),
        until=_day(given.get("until", "")),
        as_of=plan_in_question(request.access).head.as_of,
        because=given.get("because", ""),
        key=given.get("key", ""),
    )
    messages.success(request, _("It rests until the data of that day") if given.get("until") else _("Awake again"))
    return _back(request)


def _back(request: PersonRequest) -> HttpResponse:
    """To the list as it was filtered, or to the resource whose option was given to somebody."""
    there = request.POST.get("here", "")
    is_ours = url_has_allowed_host_and_scheme(there, allowed_hosts=None)
    return redirect(there if there.startswith(PAGES) and is_ours else reverse("exceptions:list"))


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise WrongException(_("%(text)r is not a day; write it as 2027-04-30") % {"text": text}) from error


def _money(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        amount = float(text.replace(",", ""))
    except ValueError as error:
        raise WrongException(_("%(text)r is not an amount; write it as 10000") % {"text": text}) from error
    if not 0 <= amount < 1e15:
        raise WrongException(_("%(text)r is no amount that can be at stake") % {"text": text})
    return amount
