"""Snapshots: same data, same id; written whole or not at all; a flipped bit is refused by name."""

import json
import random
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from equipoise import store
from equipoise.core.snapshot import conformed
from equipoise.core.tables import table
from equipoise.gather import WrongPast, gather, open_snapshot, summary
from equipoise.intake import read_dataset
from equipoise.store import NotWritten, SnapshotDamaged, SnapshotExists, publish_folder, read_snapshot, write_snapshot

HEAD = """name = "A"
currency = "EUR"
bucket = "4-4-5"
start = 2027-01-04
horizon = 6
fiscal_year_start = [2026-01-05, 2027-01-04]
[policy]
service_level_pct = 97.5
"""
ITEMS = [f"i{n},Item {n},f{n % 3},unit,{n / 7!r}" for n in range(20)]
SALES = [f"i{n},shop,2026-{month:02d}-0{n % 9 + 1},{n * month / 7!r},x" for n in range(20) for month in range(1, 13)]


def dataset(folder: Path, *, items=ITEMS, sales=SALES, extra: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "dataset.toml").write_text(HEAD)
    (folder / "items.csv").write_text("\n".join(["item,name,family,uom,unit_weight_kg", *items]))
    (folder / "markets.csv").write_text("market,name,region\nshop,Shop,north\n")
    (folder / "sales_history.csv").write_text("\n".join(["item,market,date,ordered_qty,note", *sales]) + extra)
    return folder


@pytest.fixture
def snapshot(tmp_path):
    draft = read_dataset(dataset(tmp_path / "raw", extra="\nghost,shop,2026-01-01,7,=x\n"))
    return draft, gather(draft, label="January", taken_by="ann", taken_at="2027-01-04T08:00:00Z")


def test_shuffled_rows_and_other_files_are_the_same_snapshot(tmp_path):
    first = open_snapshot(dataset(tmp_path / "a"))
    shuffler = random.Random(7)
    items, sales = ITEMS.copy(), SALES.copy()
    shuffler.shuffle(items)
    shuffler.shuffle(sales)
    folder = dataset(
        tmp_path / "b", items=items, sales=[f'"{row[:2]}"{row[2:]}' if row[2] == "," else row for row in sales]
    )
    second = gather(read_dataset(folder), label="other", taken_by="bob")
    assert second.id == first.id
    changed = gather(read_dataset(dataset(tmp_path / "c", sales=SALES[:-1])))
    assert changed.id != first.id


def test_what_is_written_is_read_again(tmp_path, snapshot):
    draft, sealed = snapshot
    folder = tmp_path / "sealed"
    write_snapshot(sealed, folder, quarantine=draft.quarantine)
    again = read_snapshot(folder)
    assert again.id == sealed.id
    assert again.head == sealed.head
    assert again.findings == sealed.findings
    assert again.sources == sealed.sources
    assert (again.label, again.taken_by, again.taken_at) == ("January", "ann", "2027-01-04T08:00:00Z")
    assert all(again.tables[name].equals(frame) for name, frame in sealed.tables.items())
    assert open_snapshot(folder).id == sealed.id
    assert sorted(path.name for path in tmp_path.iterdir()) == ["raw", "sealed"]
    lines = (folder / "quarantine.csv").read_text().splitlines()
    assert lines[0] == "table,file,line,code,reason,values"
    assert lines[1].startswith("sales_history,sales_history.csv,242,IN112,")


def test_files_are_the_same_bytes_whoever_writes_them(tmp_path, snapshot):
    _, sealed = snapshot
    write_snapshot(sealed, tmp_path / "one")
    write_snapshot(sealed, tmp_path / "two")
    assert (tmp_path / "one" / "manifest.json").read_bytes() == (tmp_path / "two" / "manifest.json").read_bytes()


def test_writing_again_does_nothing_and_another_is_refused(tmp_path, snapshot):
    _, sealed = snapshot
    folder = tmp_path / "sealed"
    write_snapshot(sealed, folder)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    write_snapshot(sealed, folder)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    other = gather(read_dataset(dataset(tmp_path / "raw", sales=SALES[:-1])))
    with pytest.raises(SnapshotExists, match=f"sealed holds snapshot {sealed.id[:12]}, not {other.id[:12]}"):
        write_snapshot(other, folder)
    with pytest.raises(SnapshotExists, match="raw already holds other files"):
        write_snapshot(sealed, tmp_path / "raw")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["raw", "sealed"]


@pytest.mark.parametrize("name", ["tables/items.parquet", "tables/sales_history.parquet", "head.json", "findings.json"])
def test_a_flipped_bit_is_refused_by_name(tmp_path, snapshot, name):
    _, sealed = snapshot
    folder = tmp_path / "sealed"
    write_snapshot(sealed, folder)
    path = folder / name
    whole = path.read_bytes()
    for position in (0, len(whole) // 2, len(whole) - 1):
        data = bytearray(whole)
        data[position] ^= 1
        path.write_bytes(data)
        with pytest.raises(SnapshotDamaged, match=f"^{name} is not what was sealed"):
            read_snapshot(folder)
    path.write_bytes(whole[:-1])
    with pytest.raises(SnapshotDamaged, match=f"^{name} has {len(whole) - 1} bytes, {len(whole)} were sealed"):
        read_snapshot(folder)
    path.unlink()
    with pytest.raises(SnapshotDamaged, match=f"^{name} is missing"):
        read_snapshot(folder)


def test_a_forged_manifest_is_refused(tmp_path, snapshot):
    _, sealed = snapshot
    folder = tmp_path / "sealed"
    write_snapshot(sealed, folder)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    for forged, message in [
        ({**manifest, "id": "0" * 64}, "names snapshot 000000000000 but the tables are"),
        ({**manifest, "files": {"../raw/items.csv": {"size": 1, "sha256": ""}}}, "../raw/items.csv is missing"),
        ({**manifest, "files": {}}, "head.json is missing|was not sealed"),
        ({**manifest, "format": 2}, "no manifest of format 1"),
        ([], "no manifest of format 1"),
    ]:
        if isinstance(forged, dict) and forged["files"] == {}:
            (folder / "head.json").write_bytes(b"{}")
        (folder / "manifest.json").write_text(json.dumps(forged))
        with pytest.raises(SnapshotDamaged, match=message):
            read_snapshot(folder)


def test_nothing_is_left_of_what_fails_half_way(tmp_path):
    def fill(place: Path) -> None:
        (place / "half").write_text("x")
        raise OSError(28, "No space left on device")

    with pytest.raises(NotWritten, match="No space left"):
        publish_folder(tmp_path / "target", fill)
    assert list(tmp_path.iterdir()) == []


def test_every_file_is_on_disk_before_the_folder_has_its_name(tmp_path, monkeypatch):
    calls: list[str] = []
    target = tmp_path / "target"

    def note(path: Path) -> None:
        calls.append(f"{path.name if path in (tmp_path, target) else path.suffix or 'folder'} {target.exists()}")

    monkeypatch.setattr(store, "sync", note)
    publish_folder(target, lambda place: [(place / name).write_text(name) for name in ("a.x", "b.y")] and None)
    assert sorted(calls[:2]) == [".x False", ".y False"]
    assert calls[2] == "folder False"
    assert calls[3] == f"{tmp_path.name} True"


def test_the_past_is_appended_and_what_was_delivered_wins(tmp_path):
    draft = read_dataset(dataset(tmp_path / "raw"))
    archive = table("forecast_archive")
    row = {"made_date": [date(2026, 12, 1)], "source": ["consensus"], "market": ["shop"], "date": [date(2027, 1, 4)]}
    own = conformed(archive, {**row, "item": ["i1"], "quantity": [3]})
    sealed = gather(draft, past=[("forecast_archive", own)])
    assert sealed.table("forecast_archive")["quantity"].to_list() == [3.0]
    assert sealed.id != gather(draft).id
    more = pl.concat(
        [own.with_columns(quantity=pl.lit(9.0)), conformed(archive, {**row, "item": ["i2"], "quantity": [4]})]
    )
    again = gather(draft, past=[("forecast_archive", own), ("forecast_archive", more)])
    assert again.table("forecast_archive").select("item", "quantity").rows() == [("i1", 3.0), ("i2", 4.0)]
    assert summary(draft, sealed)["tables"]["forecast_archive"]["sums"] == {"quantity": 3.0}
    with pytest.raises(WrongPast, match="the past of 'items' cannot be sealed"):
        gather(draft, past=[("items", own)])
    with pytest.raises(WrongPast, match="lacks columns quantity"):
        gather(draft, past=[("forecast_archive", own.drop("quantity"))])
