"""One explanation looks up each row once, however many of its nodes name it; ratios of the company name most."""

import sys
from collections import Counter

import pytest

from equipoise import explain


@pytest.mark.parametrize("measure", ["margin_gross_pct", "receivable_outstanding_days"])
def test_nothing_is_looked_up_twice(demo_plan, measure, monkeypatch):
    asked = Counter()
    watched = [
        ("alternatives", "_alternatives", lambda cell: (cell.labels(), cell.bucket)),
        ("blocks", "_hours_of", lambda cell, use, bucket, sort: (use, bucket, sort)),
        ("blocks", "_limits_reached", lambda cell, use, worth: (use, worth)),
        ("limit_rows", "_hours_rows", lambda cell, resource, bucket, columns: (resource, bucket, columns)),
        ("rates", "_rate", lambda cell: (cell.name, cell.labels(), cell.bucket)),
    ]
    for module, name, key in watched:
        place = sys.modules[f"equipoise.explain.{module}"]
        asked_for = getattr(place, name)

        def counted(*given, look=asked_for, name=name, key=key, **named):
            asked[name, key(*given, **named)] += 1
            return look(*given, **named)

        monkeypatch.setattr(place, name, counted)
    explain(demo_plan, measure, bucket=demo_plan.first_bucket(measure) + 5)
    assert {name for name, _ in asked} == {name for _, name, _ in watched}
    assert [key for key, times in asked.items() if times > 1] == []
