"""The one root of errors that are the caller's fault; each sort is defined beside the function that raises it."""


class EquipoiseError(Exception):
    """The caller asked for something that cannot be: the message says what, where and what to do."""
