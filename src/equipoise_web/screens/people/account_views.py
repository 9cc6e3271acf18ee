"""One's own account: roles in words, two factors, password, tokens."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import NotAllowed
from equipoise_web.actions.make_token import WrongToken, make_token, revoke_token
from equipoise_web.reads.account import read_account
from equipoise_web.screens.frame.asked import PersonRequest
from equipoise_web.screens.frame.middleware import done
from equipoise_web.status import status_of


@require_safe
@login_required
def show_account(request: PersonRequest) -> HttpResponse:
    """What I may do, how I sign in, which programs act for me."""
    return _show(request)


@require_POST
@login_required
@never_cache
def make(request: PersonRequest) -> HttpResponse:
    """Make a token: `name`, `rights`, `days`; its secret is shown this once."""
    try:
        made = make_token(
            request.access,
            request.POST.get("name", ""),
            request.POST.getlist("rights"),
            days=_days(request.POST.get("days", "")),
        )
    except NotAllowed:
        raise
    except EquipoiseError as error:
        return _show(request, refusal=error)
    return render(request, "people/token.html", {"page": "account", "made": made})


@require_POST
@login_required
def revoke(request: PersonRequest, token: int) -> HttpResponse:
    """Revoke a token of mine."""
    revoke_token(request.access, token)
    done(request, _("The token is revoked; the program that used it is refused from now on"))
    return redirect("people:account")


def _show(request: PersonRequest, *, refusal: EquipoiseError | None = None) -> HttpResponse:
    context = {"page": "account", "account": read_account(request.access), "refusal": refusal}
    context["typed"] = {
        "name": request.POST.get("name", ""),
        "days": request.POST.get("days", "90"),
        "rights": request.POST.getlist("rights"),
    }
    return render(request, "people/account.html", context, status=status_of(refusal) if refusal else 200)


def _days(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise WrongToken(_("%(text)s is no number of days") % {"text": repr(text)}) from None
