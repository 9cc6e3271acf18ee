"""What a delivery sends: files, folders and frames as one multipart body, read from disk piece by piece (RFC 7578).

A frame goes as Parquet, so that every number arrives as it is: floats keep all their digits, codes stay text.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from equipoise.core.errors import EquipoiseError

READ = (".csv", ".parquet", ".xlsx", ".zip", ".toml")
"""Kinds of file that are taken from a folder."""
PIECE = 1 << 20

Source = pl.DataFrame | Path | str
Sources = Source | Sequence[Path | str] | Mapping[str, Source]
"""A frame, a file, a folder of files, several files, or frames and files by table."""


class NotSent(EquipoiseError):
    """What was to be delivered is no file and no frame that a planning table can be made from."""


@dataclass(frozen=True)
class Part:
    """A file of a delivery: the name that it goes by, and where it lies."""

    name: str
    path: Path


def parts_of(sources: Sources, table: str, folder: Path) -> tuple[Part, ...]:
    """The files to send, as the tables they are named by; frames are written into `folder`. Raises NotSent.

    `table` names the table of a frame or of one file whose own name does not.
    """
    if isinstance(sources, Mapping):
        return tuple(_part(each, name, folder) for name, each in sources.items())
    if isinstance(sources, pl.DataFrame):
        if not table:
            raise NotSent("a frame has no name; say which table it is, such as table='sales_history'")
        return (_part(sources, table, folder),)
    if not isinstance(sources, str | Path):
        return tuple(_part(each, "", folder) for each in sources)
    place = Path(sources)
    if not place.is_dir():
        return (_part(place, table, folder),)
    found = [path for path in sorted(place.iterdir()) if path.suffix.lower() in READ and not path.name.startswith(".")]
    if not found:
        raise NotSent(f"{place} holds no file of the kinds {', '.join(READ)}")
    return tuple(_part(path, "", folder) for path in found)


def _part(source: Source, table: str, folder: Path) -> Part:
    if isinstance(source, pl.DataFrame):
        path = folder / f"{len(list(folder.iterdir()))}.parquet"
        _plain(source, table).write_parquet(path)
        return Part(f"{table}.parquet", path)
    path = Path(source)
    if not path.is_file():
        raise NotSent(f"there is no file {path}")
    return Part(f"{table}{path.suffix}" if table else path.name, path)


def _plain(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """The frame in types whose cells arrive as they are: a float of 32 bits would be read by its shortest digits."""
    for name, kind in frame.schema.items():
        if kind.is_nested() or kind in (pl.Binary, pl.Object, pl.Duration, pl.Time):
            raise NotSent(f"column {name!r} of the frame for {table} is of type {kind}, which no planning table holds")
    return frame.with_columns(pl.col(pl.Float32).cast(pl.Float64))


class Upload:
    """A multipart body of files and fields, whose length is known before it is read."""

    def __init__(self, parts: Sequence[Part], fields: Mapping[str, str]) -> None:
        """Nothing but the sizes of the files is read yet."""
        self._boundary = secrets.token_hex(24)
        self._parts: list[tuple[bytes, bytes | Path]] = [
            *((self._head(name), text.encode()) for name, text in fields.items()),
            *((self._head("files", part.name), part.path) for part in parts),
        ]
        self._end = f"--{self._boundary}--\r\n".encode()
        sizes = (len(head) + _size(content) + 2 for head, content in self._parts)
        self.length = sum(sizes) + len(self._end)

    @property
    def content_type(self) -> str:
        """With the boundary between the parts."""
        return f"multipart/form-data; boundary={self._boundary}"

    def __iter__(self) -> Iterator[bytes]:
        """The body, piece by piece."""
        for head, content in self._parts:
            yield head
            if isinstance(content, bytes):
                yield content
            else:
                with content.open("rb") as stream:
                    while piece := stream.read(PIECE):
                        yield piece
            yield b"\r\n"
        yield self._end

    def _head(self, name: str, file: str = "") -> bytes:
        shown = "".join({'"': "%22", "\r": "%0D", "\n": "%0A"}.get(letter, letter) for letter in file)
        named = f'; filename="{shown}"\r\nContent-Type: application/octet-stream' if file else ""
        return f'--{self._boundary}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode()


def _size(content: bytes | Path) -> int:
    return len(content) if isinstance(content, bytes) else content.stat().st_size
