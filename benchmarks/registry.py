"""The subjects, in the order in which they are measured and reported."""

from benchmarks import forecast, lp_build, replan, web
from benchmarks.subject import Subject

SUBJECTS: tuple[Subject, ...] = (lp_build.SUBJECT, replan.SUBJECT, forecast.SUBJECT, web.SUBJECT)
