"""docs/reference is made from the declarations and is up to date (`make docs`)."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import reference  # noqa: E402 - its folder is named above

PAGES = reference.pages()


@pytest.mark.parametrize("name", PAGES)
def test_reference_page_is_up_to_date(name):
    assert (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8") == PAGES[name]
