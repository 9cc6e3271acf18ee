"""What the browser complains of on a page: errors and warnings of its console, and errors that no script caught."""

ENDED, GIVEN_UP = "htmx:afterRequest, ", "htmx:sendAbort, "


def hear(page, complaints=None):
    """Keep what the page complains of from now on, in `page.complaints`: a list of texts, empty as long as all is well.

    Several pages may keep theirs in one list, which is then given.
    """
    page.complaints = [] if complaints is None else complaints
    page.on("console", lambda m: _keep(page.complaints, m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: page.complaints.append(str(e)))
    return page


def _keep(complaints, text):
    """Leaving a page while a part of it asks anew for itself makes the browser give that request up.

    The script of the page then says twice, at once and of the same part: the request is over, and it was given up. That
    is no fault of the page, and whether it happens is a matter of milliseconds; so exactly this pair does not count. A
    request that fails otherwise is over and not given up (`htmx:sendError`, `htmx:timeout`): that counts.
    """
    if text.startswith(GIVEN_UP) and complaints[-1:] == [ENDED + text.removeprefix(GIVEN_UP)]:
        complaints.pop()
    else:
        complaints.append(text)
