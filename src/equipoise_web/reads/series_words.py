"""Words of the forecast pages: segments, methods, changes of history."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

Words = str | Promise

SEGMENTS: dict[str, Words] = {
    "no history": gettext_lazy("No history"),
    "no demand": gettext_lazy("No demand"),
    "new": gettext_lazy("New"),
    "obsolescent": gettext_lazy("Ending"),
    "lumpy": gettext_lazy("Lumpy"),
    "intermittent": gettext_lazy("Intermittent"),
    "short": gettext_lazy("Short history"),
    "erratic": gettext_lazy("Erratic"),
    "smooth": gettext_lazy("Smooth"),
}
SEGMENT_MEANINGS: dict[str, Words] = {
    "no history": gettext_lazy("never sold in closed buckets, so history forecasts nothing"),
    "no demand": gettext_lazy("nothing but zeros so far"),
    "new": gettext_lazy("sold for too short a time for more than a level and its family's season"),
    "obsolescent": gettext_lazy("sales have stopped for longer than they ever paused"),
    "lumpy": gettext_lazy("sold rarely, in very different sizes"),
    "intermittent": gettext_lazy("sold in some buckets only"),
    "short": gettext_lazy("less than two years and two buckets of history"),
    "erratic": gettext_lazy("sold in every bucket, in very different sizes"),
    "smooth": gettext_lazy("sold in every bucket, with a pattern"),
}
METHODS: dict[str, tuple[Words, Words]] = {
    "theta": (gettext_lazy("Theta"), gettext_lazy("level with half of the long trend")),
    "exponential smoothing": (
        gettext_lazy("Exponential smoothing"),
        gettext_lazy("level, damped trend and season, the latest weighing most"),
    ),
    "multiple aggregation": (
        gettext_lazy("Multiple aggregation"),
        gettext_lazy("level and trend of months, quarters, half-years and years"),
    ),
    "airline": (gettext_lazy("Airline"), gettext_lazy("changes against last bucket and last year")),
    "autoregression": (gettext_lazy("Autoregression"), gettext_lazy("how one change follows from those before")),
    "seasonal autoregression": (
        gettext_lazy("Seasonal autoregression"),
        gettext_lazy("how differences from last year follow each other"),
    ),
    "TSB": (gettext_lazy("TSB"), gettext_lazy("chance of a sale times its size, both smoothed")),
    "ADIDA": (gettext_lazy("ADIDA"), gettext_lazy("rare sales added up until every block has one")),
    "IMAPA": (gettext_lazy("IMAPA"), gettext_lazy("the same over blocks of several lengths")),
    "SBA": (gettext_lazy("SBA"), gettext_lazy("size of a sale over the time between sales, corrected")),
    "naive": (gettext_lazy("Naive"), gettext_lazy("the last bucket again")),
    "seasonal naive": (gettext_lazy("Seasonal naive"), gettext_lazy("the same bucket of last year again")),
}
CHANGES: dict[str, Words] = {
    "promotion": gettext_lazy("Promotion"),
    "price": gettext_lazy("Price event"),
    "campaign": gettext_lazy("Campaign"),
    "one_off": gettext_lazy("One-off"),
    "stockout": gettext_lazy("Stockout"),
    "missing": gettext_lazy("Missing bucket"),
    "outlier": gettext_lazy("Outlier"),
    "level_shift": gettext_lazy("Level shift"),
    "held": gettext_lazy("Held by people"),
    "returned": gettext_lazy("Returns"),
    "negative": gettext_lazy("More returned than sold"),
    "ramp": gettext_lazy("Ramp of a launch"),
    "predecessor": gettext_lazy("History of predecessors"),
}
"""By sort of change; a sort not listed goes by its own name."""
CHANGE_MEANINGS: dict[str, Words] = {
    "promotion": gettext_lazy("what the event added or made customers buy ahead"),
    "price": gettext_lazy("what the event added or made customers buy ahead"),
    "campaign": gettext_lazy("what the event added or made customers buy ahead"),
    "one_off": gettext_lazy("demand that will not come again"),
    "stockout": gettext_lazy("demand that could not be served, between the buckets beside it"),
    "missing": gettext_lazy("no row in the history: what the buckets around it and the season say"),
    "outlier": gettext_lazy("far from all around it, and no event says why: what its neighbors and the season say"),
    "level_shift": gettext_lazy("sales have stepped since: moved to the level of today"),
    "held": gettext_lazy("what a planner says was sold"),
    "returned": gettext_lazy("what customers sent back"),
    "negative": gettext_lazy("counts as nothing sold"),
    "ramp": gettext_lazy("too young to show a level"),
    "predecessor": gettext_lazy("sold by the items that this one succeeds"),
}
EXPLAINED = "history_cleansed_qty"
"""The measure whose explanation names the rows behind a change."""
