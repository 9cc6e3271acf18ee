"""Supply offers, demand answers: the two forms of a shortage's page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from equipoise.core.adjustment import WrongAdjustment
from equipoise_web.actions.answer_offer import answer_offer
from equipoise_web.actions.offer_supply import offer_supply
from equipoise_web.reads.shortage_page import OnePage, read_shortage
from equipoise_web.reads.shortages import link_to
from equipoise_web.screens.frame.asked import PersonRequest

DONE = {
    "accepted": gettext_lazy("Accepted: it counts in the next plan"),
    "rejected": gettext_lazy("Refused; supply sees why"),
    "withdrawn": gettext_lazy("Taken back"),
}


@require_POST
@login_required
def offer(request: PersonRequest) -> HttpResponse:
    """`item`, `market`, `day` of the shortage; `quantity`, `arrives` (a bucket, `never`), `cost`, `because`."""
    given = request.POST
    found = _shortage(request)
    if found.shortage is None:
        raise WrongAdjustment(_("This demand is no longer short, so there is nothing to offer for it."))
    arrives = given.get("arrives", "")
    if arrives != "never" and not arrives.isdecimal():
        raise WrongAdjustment(_("arrives: choose a bucket, or that it does not come"))
    offer_supply(
        request.access,
        axes=found.plan.axes,
        item=found.place[0],
        market=found.place[1],
        bucket=found.shortage.bucket,
        quantity=_number(given.get("quantity", ""), "quantity"),
        arrives=None if arrives == "never" else int(arrives),
        cost=_number(given.get("cost", "") or "0", "cost"),
        currency=found.plan.head.currency,
        short=found.shortage.short,
        because=given.get("because", ""),
        key=given.get("key", ""),
    )
    messages.success(request, _("Offered: demand accepts or refuses it"))
    return redirect(link_to(found.place))


@require_POST
@login_required
def answer(request: PersonRequest) -> HttpResponse:
    """`item`, `market`, `day` of the shortage; `offer`, `answer` (accepted, rejected, withdrawn), `because`."""
    given = request.POST
    found = _shortage(request)
    said = given.get("answer", "")
    answer_offer(
        request.access,
        given.get("offer", ""),
        said,
        axes=found.plan.axes,
        because=given.get("because", ""),
        key=given.get("key", ""),
    )
    messages.success(request, DONE[said])
    return redirect(link_to(found.place))


def _shortage(request: PersonRequest) -> OnePage:
    given = request.POST
    return read_shortage(
        request.access, item=given.get("item", ""), market=given.get("market", ""), day=given.get("day", "")
    )


def _number(text: str, name: str) -> float:
    try:
        return float(text.replace(",", ""))
    except ValueError as error:
        raise WrongAdjustment(_("%(name)s: %(text)r is no number") % {"name": name, "text": text}) from error
