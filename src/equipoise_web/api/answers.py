"""Answers that are not rows of JSON: what never changes is fetched once, and frames in four formats."""

import hashlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from io import BytesIO
from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse

from equipoise.core.errors import EquipoiseError
from equipoise.core.table import UnknownName
from equipoise.engine import engine
from equipoise.report import json_text
from equipoise_web.access import Access, Held, Right

JSON = "application/json"
FORMATS: Mapping[str, str] = {
    "json": JSON,
    "csv": "text/csv; charset=utf-8",
    "arrow": "application/vnd.apache.arrow.file",
    "parquet": "application/vnd.apache.parquet",
}
TIER = "Equipoise-Tier"
"""Header with the tier of the plan that an answer's figures are of: optimum, heuristic or infinite."""
MOST_ROWS = 250_000
"""Rows of a frame that JSON and CSV hold; Arrow and Parquet hold all."""
STARTS_A_FORMULA = r"^[=+\-@\t\r\n]"
"""A spreadsheet computes a cell that begins so (OWASP, CSV injection)."""


class TooLarge(EquipoiseError):
    """A table that should be asked for in a binary format."""


def immutable(
    request: HttpRequest, who: Access, what: str, write: Callable[[], bytes], media_type: str, *, tier: str = ""
) -> HttpResponse:
    """An answer that never changes for this person: it has a tag, and is not written again for who has it.

    Of figures of a plan `tier` tells in a header how they were found: CSV has no room to say so.

    The tag covers what was asked (`what` is the digest it is of), the form, the engine that writes it, and all that the
    person may see, so that nobody is told "not modified" of what another was given. Access is checked before.
    """
    where = f"{request.path}?{request.META.get('QUERY_STRING', '')}"
    asked = f"{what} {where} {media_type} {engine()} {who.person} {_in_text(who.held, who.limit)}"
    tag = f'"{hashlib.sha256(asked.encode("utf-8", "replace")).hexdigest()[:32]}"'
    known = {each.strip().removeprefix("W/") for each in request.META.get("HTTP_IF_NONE_MATCH", "").split(",")}
    if tag in known:
        answer = HttpResponse(status=304)
        del answer["Content-Type"]
    else:
        answer = HttpResponse(write(), content_type=media_type)
    answer["ETag"] = tag
    if tier:
        answer[TIER] = tier
    # Kept by its reader only, and asked about each time: a right that ended counts at once.
    answer["Cache-Control"] = "private, no-cache"
    answer["Vary"] = "Accept, Authorization, Cookie"
    return answer


@lru_cache(maxsize=512)
def _in_text(held: tuple[Held, ...], limit: frozenset[Right] | None) -> str:
    """Grants and rights of a token, the same in every process: a set has another order in each."""
    grants = [(each.role.name, sorted(each.role.rights), each.scope, each.measure, each.is_read_only) for each in held]
    return f"{grants} {'all' if limit is None else sorted(limit)}"


def as_json(value: object) -> bytes:
    """JSON as the command line writes it: sorted keys, unknown as null."""
    return json_text(value).encode()


def format_asked(request: HttpRequest, named: str) -> str:
    """The format: the one named, else the first of the header `Accept` that there is, else JSON."""
    if named:
        if named not in FORMATS:
            raise UnknownName(f"there is no format {named!r}; there are {', '.join(FORMATS)}")
        return named
    by_type = {media_type.partition(";")[0]: name for name, media_type in FORMATS.items()}
    for each in request.headers.get("Accept", "").split(","):
        found = by_type.get(each.partition(";")[0].strip().lower())
        if found:
            return found
    return "json"


def write_frame(frame: pl.DataFrame, form: str, *, tier: str = "") -> bytes:
    """A frame in one of FORMATS; text that a spreadsheet would take for a formula gets an apostrophe in CSV."""
    if form in ("json", "csv") and frame.height > MOST_ROWS:
        raise TooLarge(f"{frame.height:,} rows are too many for {form}; ask for format=arrow or parquet, or a level up")
    if form == "json":
        return as_json({"rows": frame.to_dicts(), **({"tier": tier} if tier else {})})
    into = BytesIO()
    if form == "csv":
        safe = [_quoted(pl.col(name)).alias(name) for name, kind in frame.schema.items() if kind == pl.String]
        frame.with_columns(safe).write_csv(into)
    elif form == "arrow":
        frame.write_ipc(into)
    else:
        frame.write_parquet(into)
    return into.getvalue()


def _quoted(text: pl.Expr) -> pl.Expr:
    quoted = pl.concat_str(pl.lit("'"), text)
    return pl.when(text.str.contains(STARTS_A_FORMULA)).then(quoted).otherwise(text)


def binary(*media_types: str) -> dict[str, Any]:
    """What OpenAPI says of an answer that also comes as bytes or text of these types."""
    content = {each: {"schema": {"type": "string", "format": "binary"}} for each in media_types if each != JSON}
    return {"responses": {200: {"content": content}}}
