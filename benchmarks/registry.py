"""The subjects, in the order in which they are measured and reported."""

from benchmarks import cells, forecast, grid, large_supply, lp_build, plan, reconciliation, replan, supply, web
from benchmarks.subject import Subject

SUBJECTS: tuple[Subject, ...] = (
    lp_build.SUBJECT,
    supply.SUBJECT,
    large_supply.SUBJECT,
    replan.SUBJECT,
    plan.SUBJECT,
    forecast.SUBJECT,
    reconciliation.SUBJECT,
    web.SUBJECT,
    grid.SUBJECT,
    cells.SUBJECT,
)
