"""Canonical bytes and their digests: same data, same id; same question, same fingerprint; same answer, same digest.

>>> digest_json({"b": 1.0, "a": [1, 2]}) == digest_json({"a": [1, 2], "b": 1.0})
True
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from mmap import MADV_DONTNEED, mmap
from typing import Any

import numpy as np
import polars as pl

PIECE = 1 << 22
"""Bytes of a long array that are brought into canonical form at once."""
CELLS = 1_000_000
"""Cells of a frame that are: of small frames all columns, of long ones few."""


def canonical_json(value: Any) -> bytes:  # noqa: ANN401 - any JSON value
    """Sorted keys, no blanks, UTF-8, shortest round-trip floats; dates as ISO texts. NaN is refused."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_json_date
    ).encode()


def _json_date(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical JSON form")


def digest_json(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """SHA-256 of the canonical JSON, in hex."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def digest_parts(parts: Iterable[bytes | np.ndarray[Any, Any]]) -> str:
    """SHA-256 over parts, each led by its length so that no two sequences of parts share their bytes.

    An array stands for its `array_bytes`; it is never copied whole, nor does what is mapped from disk stay in memory.

    >>> digest_parts([np.array([-0.0, 2.0])]) == digest_parts([array_bytes(np.array([0.0, 2.0]))])
    True
    """
    state = hashlib.sha256()
    for part in parts:
        size, pieces = (part.nbytes, _pieces(part)) if isinstance(part, np.ndarray) else (len(part), (part,))
        state.update(size.to_bytes(8, "little"))
        for piece in pieces:
            state.update(piece)
    return state.hexdigest()


def _pieces(values: np.ndarray[Any, Any]) -> Iterable[bytes]:
    """The `array_bytes` of an array, some rows at a time; pages of a file that is mapped to be read are given back."""
    rows = max(1, PIECE * len(values) // max(1, values.nbytes))
    mapped = values.base if isinstance(values.base, mmap) and not values.flags.writeable else None
    for begin in range(0, len(values), rows):
        yield array_bytes(values[begin : begin + rows])
        if mapped is not None:
            mapped.madvise(MADV_DONTNEED)


def array_bytes(values: np.ndarray[Any, Any]) -> bytes:
    """Little-endian C-order bytes; −0.0 and every NaN have one form, so equal numbers have equal bytes."""
    if values.dtype.kind == "f":
        values = np.where(np.isnan(values), np.nan, values + 0.0)
    return np.ascontiguousarray(values).astype(values.dtype.newbyteorder("<")).tobytes()


def frame_digest(frame: pl.DataFrame) -> str:
    """Digest of a frame whose rows are sorted by all columns: the order in which they arrived does not matter."""
    names = sorted(frame.columns)
    ordered = frame.select(names).sort(names, nulls_last=True)
    some = max(1, CELLS // max(1, ordered.height))
    several = (ordered.select(names[begin : begin + some]) for begin in range(0, len(names), some))
    return digest_parts(part for columns in several for part in _column_parts(columns))


def _column_parts(frame: pl.DataFrame) -> Iterator[bytes]:
    """For each column its name, its type, which cells are blank, and what stands in them (blank: 0 or "")."""
    nulls = frame.select(pl.all().is_null())
    filled = frame.select(_filled(name, kind) for name, kind in frame.schema.items())
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    lengths = filled.select(pl.col(texts).str.len_bytes().cast(pl.Int64))
    joined = filled.select(pl.col(texts).str.join("")).row(0, named=True) if texts else {}
    for name, kind in frame.schema.items():
        yield from (name.encode(), str(kind).encode(), array_bytes(nulls[name].to_numpy()))
        if kind == pl.String:
            yield from (array_bytes(lengths[name].to_numpy()), joined[name].encode())
        else:
            yield array_bytes(filled[name].to_numpy())


def _filled(name: str, kind: pl.DataType) -> pl.Expr:
    if kind == pl.String:
        return pl.col(name).fill_null("")
    return pl.col(name).cast(pl.Int32).fill_null(0) if kind == pl.Date else pl.col(name).cast(pl.Float64).fill_null(0.0)
