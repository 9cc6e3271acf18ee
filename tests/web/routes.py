"""Every route of the application by its name."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver


def routes() -> dict[str, str]:
    """Pattern by name with its namespaces; a route without a name gets its pattern as one, and so no row."""
    return {name: pattern for name, pattern in _walk(get_resolver(), "", "")}


def _walk(resolver: URLResolver, space: str, prefix: str) -> Iterator[tuple[str, str]]:
    for each in resolver.url_patterns:
        pattern = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _walk(each, f"{space}{each.namespace}:" if each.namespace else space, pattern)
        else:
            assert isinstance(each, URLPattern)
            yield space + (each.name or pattern), pattern
