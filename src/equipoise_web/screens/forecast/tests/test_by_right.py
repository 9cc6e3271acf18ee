"""Whatever goes with the pages of forecasts is of one's own part: their plan, their classes, and who is refused."""

from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from equipoise.core.measure import Grain
from equipoise_web.access import NotAllowed, access_of
from equipoise_web.reads import adjustment_pages
from equipoise_web.reads.plans import open_plan
from equipoise_web.reads.series import read_series
from equipoise_web.reads.series_list import Asked, read_series_list

pytestmark = pytest.mark.django_db


@pytest.fixture
def near(person, demo_digest):
    return access_of(person("nora", "sales", market="North"))


def is_masked(plan):
    south = plan.axes.rows(Grain.DEMAND, {"market": "South"})
    return not np.nan_to_num(plan.measure("demand_baseline_qty").values[south]).any()


def test_the_plan_that_goes_with_a_page_is_ones_own_part(near, demo_digest, monkeypatch):
    assert not is_masked(open_plan(demo_digest))
    assert is_masked(read_series(near, demo_digest, item="SU-01", market="north-grocery").plan)
    monkeypatch.setattr(adjustment_pages, "plan_of_work", lambda _who: None)  # a new cycle, without a plan yet
    assert is_masked(read_series_list(near, Asked(shown="all")).plan)


def test_the_class_of_a_series_is_that_among_ones_own(near, person, demo_digest):
    whole = {line.link: line.classes for line in read_series_list(analyst(person), Asked(shown="all")).lines}
    own = {line.link: line.classes for line in read_series_list(near, Asked(shown="all")).lines}
    link = next(link for link, classes in own.items() if classes != whole[link])
    query = {name: value[0] for name, value in parse_qs(urlsplit(link).query).items()}
    assert f"Class {own[link]} by value" in read_series(near, demo_digest, **query).lead
    assert f"Class {whole[link]} by value" in read_series(analyst(person, "ann"), demo_digest, **query).lead


def test_a_stranger_is_refused_before_it_is_said_that_there_is_no_plan(fresh_home, person):
    with pytest.raises(NotAllowed):
        read_series_list(access_of(person("eve")), Asked())


def analyst(person, name="eye"):
    return access_of(person(name, "analyst"))
