"""The head of a dataset: what company, which calendar, which policy (`dataset.toml`, tables.md section 1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from equipoise.core.calendar import Calendar
from equipoise.core.knob import KnobValue, Policy


@dataclass(frozen=True)
class DatasetHead:
    """Validated contents of `dataset.toml`; dates are days, policy holds only the knobs that were set."""

    name: str
    currency: str
    bucket: str
    start: date
    horizon: int
    as_of: date
    """Day to whose end stock, open orders and receipts are true."""
    history_to: date
    """Last day of complete actuals."""
    fiscal_year_start: str | tuple[date, ...] = "01-01"
    week_start: str = "monday"
    volume_uom: str = ""
    policy: tuple[tuple[str, KnobValue], ...] = ()

    @staticmethod
    def of(
        *,
        name: str,
        currency: str,
        bucket: str,
        start: date,
        horizon: int,
        as_of: date | None = None,
        history_to: date | None = None,
        fiscal_year_start: str | tuple[date, ...] = "01-01",
        week_start: str = "monday",
        volume_uom: str = "",
        policy: Mapping[str, object] | None = None,
    ) -> "DatasetHead":
        """Fill the defaults: as_of is the day before start, history_to is as_of. Refuses wrong calendars and knobs."""
        stands = as_of or start - timedelta(days=1)
        values = Policy.of(policy or {})
        head = DatasetHead(
            name,
            currency,
            bucket,
            start,
            horizon,
            stands,
            history_to or stands,
            fiscal_year_start,
            week_start,
            volume_uom,
            tuple(sorted((knob, values[knob]) for knob in policy or {})),
        )
        _ = head.calendar  # refuse here, not at first use
        return head

    @cached_property
    def calendar(self) -> Calendar:
        """The calendar of buckets."""
        return Calendar.build(
            bucket=self.bucket,
            start=self.start,
            horizon=self.horizon,
            fiscal_year_start=self.fiscal_year_start,
            week_start=self.week_start,
        )

    @property
    def closed_buckets_end(self) -> int:
        """Buckets below this number ended by `history_to`: only they train forecasts and count in accuracy."""
        calendar = self.calendar
        bucket = calendar.index_of(self.history_to)
        return min(0, bucket + 1 if calendar.end_of(bucket) <= self.history_to else bucket)
