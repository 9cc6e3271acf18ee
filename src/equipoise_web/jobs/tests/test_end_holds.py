"""The worker's thread ends holds when it starts and whenever the day is another; a day that failed is tried again."""

import logging
from datetime import date

import pytest

from equipoise_web.jobs import end_holds as thread

DAYS = [date(2027, 12, 31), date(2027, 12, 31), date(2028, 1, 1), date(2028, 1, 1)]


class Ticks:
    """Stands in for the event that stops the thread: set once every day was looked at."""

    def __init__(self, count):
        self.left, self.waits = count, []

    def is_set(self):
        return self.left == 0

    def wait(self, seconds):
        self.left -= 1
        self.waits.append(seconds)


@pytest.fixture
def calendar(monkeypatch):
    days = iter(DAYS)
    monkeypatch.setattr(thread, "today", lambda: next(days))
    monkeypatch.setattr(thread, "close_old_connections", lambda: None)
    return monkeypatch


def test_once_at_the_start_and_once_a_day(calendar):
    ended = []
    calendar.setattr(thread, "end_holds", lambda: ended.append(1))
    ticks = Ticks(len(DAYS))
    thread.end_holds_until(ticks)
    assert len(ended) == 2
    assert ticks.waits == [thread.PAUSE] * len(DAYS)


def test_a_day_that_failed_is_tried_again_and_logged(calendar, caplog):
    ended = []

    def fail_once():
        ended.append(1)
        if len(ended) == 1:
            raise OSError("the database is away")

    calendar.setattr(thread, "end_holds", fail_once)
    with caplog.at_level(logging.ERROR):
        thread.end_holds_until(Ticks(2))
    assert len(ended) == 2
    assert "holds that ran out could not be told; it is tried again" in caplog.text
    assert "the database is away" in caplog.text


def test_the_worker_starts_it(monkeypatch, tmp_path, settings):
    """What `run_worker` starts beside its queue."""
    from equipoise_web.jobs import worker

    settings.EQUIPOISE_HOME = tmp_path
    started = []

    class Thread:
        def __init__(self, *, target, args, daemon):
            assert daemon
            self.target = target

        def start(self):
            started.append(self.target)

    monkeypatch.setattr(worker.threading, "Thread", Thread)
    monkeypatch.setattr(worker.os, "nice", lambda _by: 0)
    monkeypatch.setattr(worker.signal, "signal", lambda *_: None)
    monkeypatch.setattr(worker, "work_until", lambda _stop: None)
    worker.run_worker()
    assert thread.end_holds_until in started
    assert worker.deliver_until in started
