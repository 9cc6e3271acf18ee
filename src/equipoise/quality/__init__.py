"""Quality: what is wrong in the data before anybody plans with them, how bad it is, and what money hangs on it.

Data Gathering is the first step of the monthly cycle. Import has already left out the rows that cannot be read; this
room asks of all others whether they can be true. It changes nothing: the owners of the master data do.

Input: a snapshot. Output: a `Quality` with findings (one by check and table, with count, first places, remedy and
money), the exact places behind them, a score by table and overall, and every check that was run, passed ones too.

* score of a table = 100 × Π (1 − w × share), share = the larger of rows touched / rows and money touched / a year's
  sales; w: blocker 1, error 0.6, warning 0.25, note 0.05; overall = (mean of tables + worst table) / 2 (`score.py`)
* outlier of a history: |ln(x / median)| > max(ln 5, 6 × 1.4826 × MAD), and not so a year away (Hampel 1974)
* mistake of unit: more than 5 × off the median of the family, and log10 of the ratio close to a whole number
* level break: median of the last half year more than 50 % off both the year before and the season a year ago
* stock identity: opening + production − shipments + returns = closing, within 2 % of what moved
* lead time met: mean of received − ordered, off the master by more than 3 days and 20 % in 3 orders or more

>>> from datetime import date
>>> from equipoise.core.dataset import DatasetHead
>>> from equipoise.core.snapshot import Snapshot, conformed
>>> from equipoise.core.tables import table
>>> head = DatasetHead.of(name="Tools", currency="EUR", bucket="month", start=date(2027, 1, 1), horizon=6)
>>> given = {
...     "items": {"item": ["saw"], "name": ["Saw"], "family": ["tools"], "uom": ["piece"]},
...     "costs": {"item": ["saw"], "standard_cost": [8]},
...     "inventory": {"item": ["saw"], "location": ["east"], "on_hand": [-4]},
... }
>>> quality = judge(Snapshot(head, {name: conformed(table(name), rows) for name, rows in given.items()}))
>>> for finding in quality.findings:
...     print(finding.code, finding.message)
QU101 1 row: saw / east: on hand -4. It touches 32 EUR.
>>> quality.scores, quality.score
({'costs': 100.0, 'inventory': 40.0, 'items': 100.0}, 60.0)
"""

from equipoise.core.finding import FindingCode
from equipoise.quality.check import Check
from equipoise.quality.checks import CHECKS
from equipoise.quality.judge_snapshot import CheckRun, Quality, judge
from equipoise.quality.lead_times import lead_times_met

FINDING_CODES: tuple[FindingCode, ...] = tuple(check.code for check in CHECKS)
"""Every sort of finding of this room, for the catalog."""

__all__ = ["CHECKS", "FINDING_CODES", "Check", "CheckRun", "Quality", "judge", "lead_times_met"]
