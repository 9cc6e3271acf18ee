"""What the grid is set beside: its own page and numbers, answered once and kept as files, and a bare RevoGrid."""

import re
from pathlib import Path

NONCE = "@nonce@"
PAGE, NUMBERS = "page.html", "numbers.bin"
BARE = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Bare</title>
<meta name="csp-nonce" content="{NONCE}">
<script type="module" src="/static/vendor/revogrid/revo-grid.esm.js"></script>
<script type="module" src="/bare.js"></script></head><body><div id="grid"></div></body></html>"""


def peers_folder(home: Path | str) -> Path:
    """Where the peers' files lie in a home folder."""
    return Path(home) / "grid-peers"


def keep_peers(home: Path, page: bytes, numbers: bytes, address: str) -> None:
    """Keep an answered page, which then asks `/still/numbers/` instead of `address`, and the numbers."""
    html = page.decode()
    (nonce,) = re.findall(r'name="csp-nonce" content="([^"]+)"', html)
    assert html.count(f'data-numbers="{address}"') == 1, "the page asks for its numbers"
    html = html.replace(nonce, NONCE).replace(f'data-numbers="{address}"', 'data-numbers="/still/numbers/"')
    place = peers_folder(home)
    place.mkdir(exist_ok=True)
    (place / PAGE).write_text(html, encoding="utf-8")
    (place / NUMBERS).write_bytes(numbers)
