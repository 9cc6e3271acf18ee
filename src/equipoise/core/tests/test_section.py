"""What a posting holds in some rows, and which rows of two arrays differ."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from equipoise.core.grid import rows_that_differ
from equipoise.core.section import Posting, Section

ROWS = 8
cells = st.lists(st.tuples(st.integers(0, ROWS - 1), st.integers(0, 2), st.integers(1, 9)), max_size=30)


def posting(given, measure="unmet_qty"):
    rows, buckets, amounts = (np.array([each[n] for each in given], dtype=np.int64) for n in range(3))
    return Posting(measure, "a1", rows, buckets, amounts.astype(np.float64))


@given(cells, st.sets(st.integers(0, ROWS - 1)), st.booleans())
def test_what_lies_in_some_rows_is_found_whatever_the_order(given, wanted, is_sorted):
    made = posting(sorted(given) if is_sorted else given)
    rows = np.array(sorted(wanted), dtype=np.int64)
    part = made.among(rows)
    inside = np.isin(made.rows[part], rows)
    found = [each[part][inside].tolist() for each in (made.rows, made.buckets, made.amounts)]
    assert sorted(zip(*found, strict=True)) == sorted(each for each in given if each[0] in wanted)
    if is_sorted:
        assert inside.all()


def test_postings_of_a_measure_keep_their_order():
    every = tuple(posting([(row, 0, 1)], measure) for row, measure in enumerate(("b", "a", "b", "b")))
    section = Section("demand", postings=every)
    assert section.postings_of("b") == (every[0], every[2], every[3])
    assert section.postings_of("a") == (every[1],)
    assert section.postings_of("c") == ()


numbers = st.sampled_from([0.0, 1.0, 2.5, float("nan")])


@given(st.lists(st.tuples(numbers, numbers, numbers, numbers), min_size=1, max_size=6))
def test_rows_differ_where_a_number_does(given):
    both = np.array(given)
    one, other = both[:, :2].copy(), both[:, 2:].copy()
    expected = ((one != other) & ~(np.isnan(one) & np.isnan(other))).any(axis=1)
    assert rows_that_differ(one, other).tolist() == expected.tolist()
    assert not rows_that_differ(one, one.copy()).any()
