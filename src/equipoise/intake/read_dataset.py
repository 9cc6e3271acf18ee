"""Read a dataset: a folder, workbook or mapping's files are delivered into a draft."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from equipoise.core.correction import Correction
from equipoise.core.dataset import DatasetHead
from equipoise.core.finding import Finding
from equipoise.core.snapshot import SourceFile
from equipoise.core.table import ColumnType, Inheritance
from equipoise.core.tables import TABLES, table
from equipoise.intake.assemble import DEMAND, REQUIRED, assemble
from equipoise.intake.delivery import Delivery, delivery_of
from equipoise.intake.draft import DatasetRefused, Draft, Given
from equipoise.intake.findings import HISTORY_GIVEN_UP, TABLE_REQUIRED
from equipoise.intake.folder import Folder
from equipoise.intake.head import OPTIONAL, read_head
from equipoise.intake.head import REQUIRED as REQUIRED_KEYS
from equipoise.intake.mapping import Mapped
from equipoise.intake.order_lines import NAME as ORDER_LINES
from equipoise.intake.origin import Origin
from equipoise.intake.parse_mapping import read_mapping
from equipoise.intake.reshape import Reshaper
from equipoise.intake.units import with_days, with_decimal_points
from equipoise.intake.workbook import Workbook, is_workbook, only_workbook

HEAD_KEYS = (*REQUIRED_KEYS, *OPTIONAL)
FROM_ORDER_LINES = ("sales_history", "open_orders")


def read_dataset(
    path: Path | str, mapping: Path | str | None = None, *, corrections: Iterable[Correction] = ()
) -> Draft:
    """The dataset at `path`, with foreign files turned by the mapping file into tables of the contract.

    `path` is a folder of files, a workbook (.xlsx) with a sheet per table, or a folder with one workbook in it. Cells
    are corrected, typed, keys and references checked; what fails goes to quarantine with file, line and reason, and is
    reported once per table and reason. Raises DatasetRefused only where nothing usable is left: no head, no required
    table, a file that is no table. Nothing is written.
    """
    mapped = read_mapping(Path(mapping)) if mapping is not None else Mapped()
    return draft_of(origin_at(Path(path)), mapped, Given(corrections=tuple(corrections)))


def deliver(
    draft: Draft,
    source: Path | str | Origin,
    mapping: Path | str | None = None,
    *,
    append: Collection[str] = (),
    tables: Collection[str] | None = None,
    corrections: Iterable[Correction] = (),
) -> Draft:
    """The draft with the tables at `source` delivered into it (all of them, or those named in `tables`).

    A delivered table replaces the one that stood; of a table named in `append` the rows are added, and take the place
    of earlier rows of their key (see `supersede`). A delivered head replaces the draft's. Raises DatasetRefused as
    `read_dataset` does, and the draft is what it was; UnknownName for a table that does not exist. `source` may also be
    an origin that is open, such as a `Database`.
    """
    mapped = read_mapping(Path(mapping)) if mapping is not None else Mapped()
    given = replace(draft.given, corrections=(*draft.given.corrections, *corrections))
    origin = origin_at(Path(source)) if isinstance(source, Path | str) else source
    return draft_of(origin, mapped, given, head=draft.head, append=append, tables=tables)


def correct(draft: Draft, corrections: Iterable[Correction]) -> Draft:
    """The draft with more corrections; the same one twice is one."""
    every = tuple(dict.fromkeys([*draft.given.corrections, *corrections]))
    return assemble(draft.head, replace(draft.given, corrections=every))


def origin_at(path: Path) -> Origin:
    """The folder or workbook at `path`; DatasetRefused where there is neither."""
    book = path if is_workbook(path) else only_workbook(path)
    return Workbook.at(book) if book is not None else Folder.at(path)


def draft_of(
    origin: Origin,
    mapped: Mapped,
    given: Given | None = None,
    *,
    head: DatasetHead | None = None,
    append: Collection[str] = (),
    tables: Collection[str] | None = None,
) -> Draft:
    """What an origin holds, delivered on top of what is `given` already; see `deliver`."""
    before = given or Given()
    for name in (*append, *(tables or ())):
        table(name)
    stands = _head(origin, mapped, head)
    delivered, noticed = _deliveries(origin, mapped, stands)
    if tables is not None:
        delivered = {name: delivery for name, delivery in delivered.items() if name in tables}
    stacks = dict(before.deliveries)
    for name, delivery in delivered.items():
        stands_on = stacks.get(name, ()) if name in append else ()
        noticed += _given_up(name, stacks.get(name, ()), delivery) if not stands_on else []
        stacks[name] = (*stands_on, replace(delivery, is_appended=bool(stands_on)))
    _check_required(stacks, origin)
    fresh = {*delivered, *(FROM_ORDER_LINES if ORDER_LINES in delivered else ())}
    carried = {name: day for name, day in before.carried.items() if name not in fresh}
    notes = (*before.notes, *noticed)
    return assemble(stands, Given(_with_names_apart(stacks, delivered), before.corrections, carried, notes))


def _head(origin: Origin, mapped: Mapped, before: DatasetHead | None) -> DatasetHead:
    """The head of the origin, with the mapping's [dataset] over it, key by key; where there is neither, the draft's."""
    own = origin.head()
    if not own and before is not None:
        if not mapped.dataset:
            return before
        own = _as_given(before)
    if not own and not mapped.dataset:
        raise DatasetRefused([origin.no_head()])
    policy = {**_section(own), **_section(mapped.dataset)}
    given: dict[str, Any] = {**own, **mapped.dataset}
    if isinstance(given.get("policy"), Mapping):
        given["policy"] = policy
    return read_head(given, mapped.file if mapped.dataset else origin.head_name)


def _as_given(head: DatasetHead) -> dict[str, Any]:
    """The draft's head in the form of a document, for a mapping's [dataset] to stand over."""
    given = {key: getattr(head, key) for key in HEAD_KEYS}
    years = head.fiscal_year_start
    return {**given, "policy": dict(head.policy), "fiscal_year_start": years if isinstance(years, str) else list(years)}


def _section(given: Mapping[str, Any]) -> Mapping[str, Any]:
    policy = given.get("policy", {})
    return policy if isinstance(policy, Mapping) else {}


def _deliveries(origin: Origin, mapped: Mapped, head: DatasetHead) -> tuple[dict[str, Delivery], list[Finding]]:
    """Rows by table in the order of `TABLES`; all files that cannot be read are refused together."""
    reshaper = Reshaper(origin, mapped)
    files, noticed = origin.tables(reshaper.spoken_for)
    found: dict[str, Delivery] = {}
    refused: list[Finding] = []
    for declared in TABLES:
        name = declared.name
        source: tuple[SourceFile, ...] = ()
        try:
            if name in mapped.tables:
                delivery, notes = reshaper.table(name)
                separator = ","
            elif name in files:
                raw, file = origin.read_table(files[name])
                delivery, notes = delivery_of(raw, files[name])
                separator, source = raw.separator, (file,)
            else:
                continue
        except DatasetRefused as error:
            refused += error.findings
            continue
        delivery, decimal = with_decimal_points(declared, delivery, separator)
        delivery, days = with_days(declared, delivery, head.bucket)
        found[name] = replace(delivery, sources=source, findings=(*notes, *decimal, *days))
    if refused:
        raise DatasetRefused(dict.fromkeys(refused))
    read = tuple(reshaper.sources[name] for name in sorted(reshaper.sources))
    return {
        name: replace(delivery, sources=read) if name in mapped.tables else delivery for name, delivery in found.items()
    }, noticed


def _check_required(stacks: Mapping[str, object], origin: Origin) -> None:
    missing = [TABLE_REQUIRED.found(f"table {name}", origin.no_table(name)) for name in REQUIRED if name not in stacks]
    if not any(name in stacks for name in DEMAND):
        missing.append(TABLE_REQUIRED.found("demand", f"No source of demand: one of {', '.join(DEMAND)}."))
    if missing:
        raise DatasetRefused(missing)


def _given_up(name: str, before: tuple[Delivery, ...], now: Delivery) -> list[Finding]:
    """A history that begins later than the one it replaces: its first days would be lost without a word."""
    declared = table(name)
    is_dated = "date" in declared.keys and declared.column("date").type is ColumnType.DATE
    if declared.inheritance is not Inheritance.HISTORY or not is_dated or not before:
        return []
    begins = min(_days(now), default="")
    lost = sum(day < begins for delivery in before for day in _days(delivery))
    if not lost:
        return []
    text = f"{lost} rows from before {begins} stood in the draft and are not in {', '.join(now.files)}."
    return [HISTORY_GIVEN_UP.found(f"table {name}", text, count=lost)]


def _days(delivery: Delivery) -> list[str]:
    if "date" not in delivery.rows.columns:
        return []
    days = delivery.rows["date"].str.strip_chars().str.slice(0, 10)
    return days.filter(days.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")).to_list()


def _with_names_apart(
    stacks: Mapping[str, tuple[Delivery, ...]], fresh: Mapping[str, Delivery]
) -> dict[str, tuple[Delivery, ...]]:
    """The new deliveries with `sales.csv` called `sales.csv (2)` where another file of that name stands."""
    known: dict[str, str] = {}
    for name, stack in stacks.items():
        for delivery in stack[:-1] if name in fresh else stack:
            known |= {source.name: source.digest for source in delivery.sources}
    renamed: dict[str, str] = {}
    for name in fresh:
        for source in stacks[name][-1].sources:
            number, new = 1, source.name
            while known.get(new, source.digest) != source.digest:
                number += 1
                new = f"{re.sub(r' [(][0-9]+[)]$', '', source.name)} ({number})"
            if new != source.name:
                renamed[source.name] = new
    return {
        name: (*stack[:-1], stack[-1].with_files_renamed(renamed)) if name in fresh else stack
        for name, stack in stacks.items()
    }
