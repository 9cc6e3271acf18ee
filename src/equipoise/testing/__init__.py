"""For tests, ours and yours: random companies, plans that must be equal, worked examples.

* `random_company`: a valid company of a seed, with several sites, markets and levels of bills; `companies` is the
  Hypothesis strategy over it, which shrinks a failure to the smallest company that has it.
* `assert_plans_equal`: passes where two plans give the same answer bit for bit.
* `read_cases`, `run_case`, `run_cases`, `shipped_cases`: worked examples in YAML (see `cases`).

>>> company = random_company(7)
>>> snapshot = company.snapshot()
>>> snapshot.id == random_company(7).snapshot().id, len(snapshot.findings) > 0
(True, True)
"""

from equipoise.testing.cases import (
    Case,
    CaseResult,
    WrongCase,
    agrees,
    read_cases,
    run_case,
    run_cases,
    shipped_cases,
)
from equipoise.testing.company import FEATURES, Company, CompanySize, NoSuchFeature, random_company
from equipoise.testing.plans import assert_plans_equal
from equipoise.testing.strategies import companies

__all__ = [
    "FEATURES",
    "Case",
    "CaseResult",
    "Company",
    "CompanySize",
    "NoSuchFeature",
    "WrongCase",
    "agrees",
    "assert_plans_equal",
    "companies",
    "random_company",
    "read_cases",
    "run_case",
    "run_cases",
    "shipped_cases",
]
