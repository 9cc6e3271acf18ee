"""Data Gathering: the first step of the S&OP cycle. Files of any layout become clean planning tables.

In: the tables of the import contract and the head, as a folder (CSV or Parquet, and `dataset.toml`), a workbook (XLSX,
a sheet per table) or a database (`read_database`); an `Origin` is what they share. Or any other layout with a
*mapping file* (`mapping.py`) that says how its files turn into those tables. Out: a `Draft`: the head, conformed
tables, the rows left out with file, line and reason, findings, the files' digests and control totals.

The draft is the one thing that changes before a snapshot is sealed: `read_dataset` begins one, `carry_over` opens next
month's from last month's snapshot, `deliver` and `correct` give a new draft with more in it. A table that is delivered
again replaces the one that stood; of a table that is *appended* the new rows are added and take the place of earlier
rows of their key, so that no day counts twice (`supersede`).

The rules, in the order in which they are applied:

1. `readers/`, `workbook`, `database`: bytes to rows of text. A file that is no table refuses the dataset, a bad row
   goes to quarantine.
2. `reshape`: the mapping's steps, source by source.
3. `correct`: corrections of people, on the text as it was delivered.
4. `conform`: text to numbers, dates and codes by the table's declaration; nothing is guessed at.
5. `supersede`, `duplicates`: later deliveries win; rows of one key are left out, in histories added up.
6. `nesting`, `references`: nodes have one parent, and what a row names exists.
7. `order_book`: sales history and open orders are computed from order lines, where these are given.
8. `sums`: for every quantity, hours and money column, read = kept + left out. Read is what stands: cells as corrected,
   without rows that gave way to later ones.

>>> import tempfile, pathlib
>>> folder = pathlib.Path(tempfile.mkdtemp())
>>> for name, text in {
...     "dataset.toml": 'name = "A"\\ncurrency = "EUR"\\nbucket = "month"\\nstart = 2027-01-01\\nhorizon = 6',
...     "items.csv": "item,name,family,uom\\nsaw,Saw,tools,unit",
...     "markets.csv": "market,name,region\\nshop,Shop,home",
...     "forecast.csv": "item,market,date,quantity\\nsaw,shop,2027-01-01,12\\naxe,shop,2027-01-01,3",
... }.items():
...     _ = (folder / name).write_text(text)
>>> draft = read_dataset(folder)
>>> draft.tables["forecast"]["quantity"].to_list(), draft.sums["forecast"].sums_quarantined["quantity"]
([12.0], 3.0)
>>> [(row.file, row.line, row.reason) for row in draft.quarantine]
[('forecast.csv', 3, "item 'axe' is not at any level of items")]
"""

from equipoise.intake.assemble import assemble, in_order
from equipoise.intake.carry_over import carry_over
from equipoise.intake.correction_file import correction_as_json, correction_of_json, read_corrections
from equipoise.intake.database import Database, read_database
from equipoise.intake.delivery import Delivery
from equipoise.intake.draft import DatasetRefused, Draft, Given, TableSums
from equipoise.intake.findings import CODES, FINDING_CODES
from equipoise.intake.quarantined import Quarantined
from equipoise.intake.read_dataset import correct, deliver, read_dataset
from equipoise.intake.readers.raw import BrokenRow
from equipoise.intake.standing import standing_rows
from equipoise.intake.withdraw import NoSuchCorrection, withdraw

__all__ = [
    "CODES",
    "FINDING_CODES",
    "BrokenRow",
    "Database",
    "DatasetRefused",
    "Delivery",
    "Draft",
    "Given",
    "NoSuchCorrection",
    "Quarantined",
    "TableSums",
    "assemble",
    "carry_over",
    "correct",
    "correction_as_json",
    "correction_of_json",
    "deliver",
    "in_order",
    "read_corrections",
    "read_database",
    "read_dataset",
    "standing_rows",
    "withdraw",
]
