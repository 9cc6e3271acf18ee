"""Things read from immutable folders and kept open, the least used ones let go when they take too many bytes."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class OpenFolders(Generic[K, V]):
    """An LRU limited in bytes, for several threads: what is asked for by two at once is opened once.

    `size` gives the bytes of a value. The one used last is kept even if it alone is beyond the limit: it would be
    opened again with every request. A value that could not be opened is not kept.

    >>> opened = OpenFolders(limit=10, size=len)
    >>> _ = opened.get("a", lambda: "123456"), opened.get("b", lambda: "1234"), opened.get("a", lambda: "")
    >>> _ = opened.get("c", lambda: "1")
    >>> sorted(opened.values), opened.bytes
    (['a', 'c'], 7)
    """

    def __init__(self, *, limit: int, size: Callable[[V], int]) -> None:
        """Empty."""
        self.limit, self.size, self.bytes = limit, size, 0
        self.values: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self.lock = threading.Lock()
        self.opening: dict[K, threading.Lock] = {}

    def get(self, key: K, open_it: Callable[[], V]) -> V:
        """The value of a key, opened if it is not."""
        with self.lock:
            if key in self.values:
                self.values.move_to_end(key)
                return self.values[key][0]
            mine = self.opening.setdefault(key, threading.Lock())
        with mine:
            with self.lock:
                if key in self.values:
                    return self.values[key][0]
            try:
                value = open_it()
                taken = self.size(value)
            finally:
                with self.lock:
                    self.opening.pop(key, None)
            with self.lock:
                self._keep(key, value, taken)
            return value

    def _keep(self, key: K, value: V, taken: int) -> None:
        self.bytes += taken - self.values.pop(key, (value, 0))[1]
        self.values[key] = (value, taken)
        while self.bytes > self.limit and len(self.values) > 1:
            self.bytes -= self.values.popitem(last=False)[1][1]

    def clear(self) -> None:
        """Let everything go."""
        with self.lock:
            self.values.clear()
            self.bytes = 0
