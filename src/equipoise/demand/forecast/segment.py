"""What kind of demand a series is, for each kind has its own pool of methods.

| segment      | when                                                              | pool                              |
|--------------|-------------------------------------------------------------------|-----------------------------------|
| no history   | no known bucket                                                   | 0                                 |
| no demand    | nothing but zeros                                                 | 0                                 |
| new          | known buckets < max(3, m / 4)                                     | level and family season           |
| obsolescent  | expected demand of idle buckets at the end ≥ max(m / 2, 3 ADI)    | TSB                               |
| lumpy        | ADI ≥ 1.32 and CV² ≥ 0.49                                         | ADIDA, IMAPA                      |
| intermittent | ADI ≥ 1.32                                                        | TSB, ADIDA, IMAPA, SBA            |
| short        | known buckets < 2 m + 2                                           | what is long enough of six        |
| erratic      | CV² ≥ 0.49                                                        | six without airline and AR        |
| smooth       | the rest                                                          | six                               |

ADI = Σ s_t / Σ s_t over buckets with demand, s the seasonal index: a Christmas item is no intermittent one, for its
zeros lie where nothing is expected. CV² is that of the deseasonalized sizes. Cuts: Syntetos, Boylan & Croston, J. of
the Operational Research Society 56 (2005) 495-503.
"""

import numpy as np

from equipoise.core.grid import IntArray
from equipoise.demand.forecast.scale import INDEX_FLOOR, Scaled
from equipoise.demand.forecast.summation import add_up

SEGMENTS = (
    "no history", "no demand", "new", "obsolescent", "lumpy", "intermittent", "short", "erratic", "smooth",
)  # fmt: skip
"""What the codes of a segment mean."""
NO_HISTORY, NO_DEMAND, NEW, OBSOLESCENT, LUMPY, INTERMITTENT, SHORT, ERRATIC, SMOOTH = range(9)
ADI_CUT, CV2_CUT = 1.32, 0.49
FEWEST = 3
IDLE_INTERVALS = 3.0


def segment_of(demand: Scaled, *, period: int) -> IntArray:
    """Segment [n] of each series as position in `SEGMENTS`."""
    span = demand.z.shape[1]
    is_known = demand.is_known
    is_sold = is_known & (demand.sold > 0)
    expected = np.where(is_known, demand.past, 0.0)
    count = is_known.sum(axis=1)
    total, sold = (add_up(np.ascontiguousarray(np.where(m, expected, 0.0).T)) for m in (is_known, is_sold))
    interval = total / np.maximum(sold, INDEX_FLOOR)
    last = np.where(is_sold, np.arange(span), -1).max(axis=1, initial=-1)
    idle = add_up(np.ascontiguousarray(np.where(np.arange(span) > last[:, None], expected, 0.0).T))
    until = (total - idle) / np.maximum(sold, INDEX_FLOOR)

    weight = np.where(is_sold, np.minimum(1.0, demand.past**2), 0.0)
    size = np.where(is_sold, demand.sold / np.maximum(demand.past, INDEX_FLOOR), 0.0)
    weights = np.maximum(add_up(np.ascontiguousarray(weight.T)), INDEX_FLOOR)
    mean = add_up(np.ascontiguousarray((weight * size).T)) / weights
    scatter = add_up(np.ascontiguousarray((weight * (size - mean[:, None]) ** 2).T)) / weights
    is_wild = scatter >= CV2_CUT * mean * mean
    is_rare = interval >= ADI_CUT
    return np.select(
        [
            count == 0,
            ~np.any(is_known & (demand.sold != 0), axis=1),
            count < max(FEWEST, period // 4),
            idle >= np.maximum(max(period / 2.0, FEWEST), IDLE_INTERVALS * until),
            is_rare & is_wild,
            is_rare,
            count < 2 * period + 2,
            is_wild,
        ],
        [NO_HISTORY, NO_DEMAND, NEW, OBSOLESCENT, LUMPY, INTERMITTENT, SHORT, ERRATIC],
        SMOOTH,
    ).astype(np.int64)
