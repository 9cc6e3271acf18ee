"""Arrays as a program that draws wants them: a header in JSON, then the numbers as they lie in memory.

4 bytes   length of the header, little endian
header    JSON in UTF-8, filled with blanks so that what follows begins at a multiple of 8
arrays    one after another, little endian; those of 8 bytes come first, so that each begins where its type may
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

MEDIA_TYPE = "application/vnd.equipoise.grid"


def to_bytes(header: Mapping[str, Any], *arrays: npt.NDArray[Any]) -> bytes:
    """The binary form of a header and arrays.

    >>> made = to_bytes({"n": 2}, np.array([1.5, 2.5]))
    >>> read, (numbers,) = from_bytes(made, ("<f8", 2))
    >>> read, numbers.tolist(), len(made) % 8
    ({'n': 2}, [1.5, 2.5], 0)
    """
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + 4) % 8)
    parts = [array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes() for array in arrays]
    return b"".join([len(text).to_bytes(4, "little"), text, *parts])


def from_bytes(raw: bytes, *shapes: tuple[str, int]) -> tuple[dict[str, Any], tuple[npt.NDArray[Any], ...]]:
    """The header, and one flat array for each (dtype, count)."""
    at = 4 + int.from_bytes(raw[:4], "little")
    header: dict[str, Any] = json.loads(raw[4:at])
    found = []
    for dtype, count in shapes:
        array = np.frombuffer(raw, dtype, count, at)
        found.append(array)
        at += array.nbytes
    return header, tuple(found)
