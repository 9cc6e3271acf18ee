"""Where a link leads: whoever holds it sets a password, once."""

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from equipoise_web.actions.accept_invitation import WrongPassword, accept_invitation
from equipoise_web.reads.people import PersonNotFound, read_join
from equipoise_web.screens.frame.middleware import done


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """The form; sent with `password` twice, the account. A link that is not good is not found."""
    try:
        offered = read_join(secret)
    except PersonNotFound:
        return render(request, "people/join_gone.html", status=404)
    refusal = ""
    if request.method == "POST":
        first, again = request.POST.get("password", ""), request.POST.get("again", "")
        if first != again:
            refusal = _("The two passwords differ.")
        else:
            try:
                accept_invitation(secret, first)
            except WrongPassword as error:
                refusal = str(error)
            else:
                logout(request)  # whoever was signed in here is not who joins
                done(request, _("Your password is set. Sign in as %(name)s.") % {"name": offered.username})
                return redirect("account_login")
    context = {"offered": offered, "refusal": refusal}
    return render(request, "people/join.html", context, status=422 if refusal else 200)
