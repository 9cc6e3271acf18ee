"""Rows of a table find their row of a grain, however many there are."""

import numpy as np
import polars as pl
import pytest

from equipoise.core import history
from equipoise.core.measure import Grain
from equipoise.core.panel import Keys

KEYS = Keys(
    Grain.DEMAND,
    ("item", "market"),
    (np.array([0, 0, 2, 1]), np.array([0, 1, 0, 1])),
    (("saw", "axe", "glue"), ("fr", "us")),
)


@pytest.mark.parametrize("few", [0, history.FEW], ids=["joined", "looked up"])
def test_rows_are_found_alike_by_a_join_and_one_by_one(few, monkeypatch):
    monkeypatch.setattr(history, "FEW", few)
    asked = [("axe", "us"), ("saw", "us"), ("glue", "us"), ("", "fr"), (None, "fr"), ("saw", "fr"), ("saw", "us")]
    frame = pl.DataFrame(asked, schema={"what": pl.String, "where": pl.String}, orient="row")
    rows = history.row_numbers(KEYS, frame, ("what", "where"))
    assert (rows.tolist(), rows.dtype) == ([3, 1, -1, -1, -1, 0, 1], np.int64)
    assert history.row_numbers(KEYS, frame.clear(), ("what", "where")).tolist() == []
