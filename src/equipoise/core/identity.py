"""Canonical bytes and their digests: same data, same id; same question, same fingerprint; same answer, same digest.

>>> digest_json({"b": 1.0, "a": [1, 2]}) == digest_json({"a": [1, 2], "b": 1.0})
True
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl


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


def digest_parts(parts: Iterable[bytes]) -> str:
    """SHA-256 over parts, each led by its length so that no two sequences of parts share their bytes."""
    state = hashlib.sha256()
    for part in parts:
        state.update(len(part).to_bytes(8, "little"))
        state.update(part)
    return state.hexdigest()


def array_bytes(values: np.ndarray[Any, Any]) -> bytes:
    """Little-endian C-order bytes; −0.0 and every NaN have one form, so equal numbers have equal bytes."""
    if values.dtype.kind == "f":
        values = np.where(np.isnan(values), np.nan, values + 0.0)
    return np.ascontiguousarray(values).astype(values.dtype.newbyteorder("<")).tobytes()


def frame_digest(frame: pl.DataFrame) -> str:
    """Digest of a frame whose rows are sorted by all columns: the order in which they arrived does not matter."""
    names = sorted(frame.columns)
    ordered = frame.select(names).sort(names, nulls_last=True)
    parts: list[bytes] = []
    for name in names:
        column = ordered[name]
        parts += [name.encode(), str(column.dtype).encode(), array_bytes(column.is_null().to_numpy())]
        if column.dtype == pl.String:
            texts = column.fill_null("")
            lengths = texts.str.len_bytes().to_numpy().astype(np.int64)
            parts += [array_bytes(lengths), *(text.encode() for text in texts.str.join("").to_list())]
        elif column.dtype == pl.Date:
            parts.append(array_bytes(column.cast(pl.Int32).fill_null(0).to_numpy()))
        else:
            parts.append(array_bytes(column.cast(pl.Float64).fill_null(0.0).to_numpy()))
    return digest_parts(parts)
