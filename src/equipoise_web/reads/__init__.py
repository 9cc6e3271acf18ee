"""The read door: frozen dataclasses for pages and API, made from plans. Nothing here writes."""
