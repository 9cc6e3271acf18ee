"""A Hypothesis strategy over random companies. A failure is shrunk to few features and small numbers of everything."""

from typing import TYPE_CHECKING

from equipoise.testing.company import Company, CompanySize, random_company
from equipoise.testing.sketch import FEATURES

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def companies(
    *, most: CompanySize | None = None, without: frozenset[str] | set[str] = frozenset()
) -> "SearchStrategy[Company]":
    """Companies no larger than `most`, without some features. Needs the package hypothesis.

    Shrinks to two plants, one warehouse, two markets, two products of one level that use no feature.
    """
    from hypothesis import strategies as st  # only who writes properties needs it

    limit = most or CompanySize(4, 3, 6, 6, 3, 9)
    sizes = st.builds(
        CompanySize,
        plants=st.integers(2, max(2, limit.plants)),
        warehouses=st.integers(1, max(1, limit.warehouses)),
        markets=st.integers(2, max(2, limit.markets)),
        products=st.integers(2, max(2, limit.products)),
        levels=st.integers(1, max(1, limit.levels)),
        horizon=st.integers(3, max(3, limit.horizon)),
    )
    features = st.sets(st.sampled_from([name for name in FEATURES if name not in without]), max_size=len(FEATURES))
    buckets = st.sampled_from(["month", "week", "4-4-5"])

    def build(seed: int, size: CompanySize, features: set[str], bucket: str) -> Company:
        return random_company(seed, size=size, features=features, bucket=bucket)

    return st.builds(build, st.integers(0, 2**20), sizes, features, buckets)
