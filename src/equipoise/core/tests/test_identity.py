"""Digests of arrays: the same as of their bytes, without a copy of the whole."""

import tracemalloc

import numpy as np
import pytest

from equipoise.core import identity
from equipoise.core.identity import array_bytes, digest_parts

ARRAYS = (
    np.arange(12.0).reshape(4, 3) * -0.0,
    np.array([[1.5, np.nan], [-0.0, np.inf]]).T,
    np.arange(40).reshape(10, 4)[::3, ::2],
    np.zeros((0, 5)),
    np.array([True, False, True]),
)


@pytest.mark.parametrize("array", ARRAYS)
@pytest.mark.parametrize("piece", [1, 40, 1 << 20])
def test_an_array_stands_for_its_bytes(array, piece, monkeypatch):
    monkeypatch.setattr(identity, "PIECE", piece)
    assert digest_parts([b"a", array, b"z"]) == digest_parts([b"a", array_bytes(array), b"z"])


def test_a_mapped_array_has_the_digest_of_its_file_and_can_still_be_read(tmp_path):
    values = np.arange(30_000.0).reshape(-1, 10)
    np.save(tmp_path / "values.npy", values)
    mapped = np.load(tmp_path / "values.npy", mmap_mode="r")
    assert digest_parts([mapped]) == digest_parts([values])
    assert np.array_equal(mapped, values)


def test_what_was_written_to_a_private_map_is_not_lost(tmp_path):
    np.save(tmp_path / "values.npy", np.zeros((3000, 10)))
    mapped = np.load(tmp_path / "values.npy", mmap_mode="c")
    mapped[7] = 1.0
    assert digest_parts([mapped]) == digest_parts([np.array(mapped)])
    assert mapped.sum() == 10.0


def test_a_long_array_is_not_copied():
    values = np.ones((400_000, 10))
    tracemalloc.start()
    try:
        digest_parts([values])
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < values.nbytes, f"{most:,} bytes for an array of {values.nbytes:,}"
