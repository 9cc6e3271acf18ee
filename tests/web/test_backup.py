"""Backup and restore: what was backed up comes back with proof, also from under writers; what is damaged is refused."""

import json
import os
import sqlite3
import subprocess
import sys
import tarfile

import pytest

from equipoise_web.actions.back_up import DATABASE, LIST, WrongBackup, back_up, restore

ON_POSTGRES = bool(os.environ.get("EQUIPOISE_DATABASE"))
sqlite_only = pytest.mark.skipif(ON_POSTGRES, reason="the database is pg_dump's to back up")


def cli(verb, *arguments, environment, code=0):
    program = f"from equipoise_web.backup import {verb}; {verb}(standalone_mode=False)"
    command = [sys.executable, "-c", program, *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == code, done.stderr[-2000:]
    assert done.stdout, done.stderr[-2000:]
    return json.loads(done.stdout), done.stderr


def digests(home):
    with sqlite3.connect(home / DATABASE) as database:
        return sorted(database.execute("SELECT digest, folder FROM records_publishedplan"))


@sqlite_only
def test_backups_taken_under_writers_are_whole_and_come_back_with_proof(site, tmp_path):
    told = site.run("backups", tmp_path, 2)
    for number, (before, entries, after) in enumerate(told["spans"]):
        assert before <= entries <= after
        home = tmp_path / f"home-{number}"
        found, _ = cli("restore", tmp_path / f"{number}.tar", "--home", home, "--json", environment=site.environment)
        assert found["faults"] == []
        assert found["entries"] == entries
        assert found["plans"] == len(digests(home)) > 0
        assert set(digests(home)) <= set(digests(site.home))
    assert told["spans"][-1][1] > told["spans"][0][1], "people wrote meanwhile"


@sqlite_only
def test_what_is_backed_up_is_everything_but_what_can_be_made_again(site, tmp_path):
    (site.home / "shelf" / "key").mkdir(parents=True)
    (site.home / "shelf" / "key" / "section.json").write_text("{}")
    (site.home / "plans" / ".pending-x").mkdir()
    (site.home / "plans" / ".pending-x" / "half").write_text("x")
    (site.home / "drafts" / "1").mkdir(parents=True)
    (site.home / "drafts" / "1" / "items.csv").write_text("item\na\n")
    (site.home / "write.lock").touch()
    out = tmp_path / "b.tar"
    made, _ = cli("backup", "--home", site.home, "--out", out, "--json", environment=site.environment)
    assert made["database"] is True
    assert out.stat().st_mode & 0o777 == 0o600
    with tarfile.open(out) as tar:
        names = tar.getnames()
    assert names[0] == DATABASE, "the database first: every file that its rows name stands before"
    assert names[-1] == LIST
    assert {"secret.key", "drafts/1/items.csv", "plans/first/manifest.json"} <= set(names)
    assert not [n for n in names if "shelf" in n or ".pending" in n or "write.lock" in n or "-wal" in n]
    assert [p.name for p in tmp_path.glob(".pending*")] == []
    home = tmp_path / "back"
    restore(out, home)
    assert digests(home) == digests(site.home)
    assert (home / "secret.key").read_bytes() == (site.home / "secret.key").read_bytes()
    assert (home / "secret.key").stat().st_mode & 0o777 == 0o600
    again = tmp_path / "again.tar"
    back_up(home, again)
    with tarfile.open(again) as one, tarfile.open(out) as other:
        assert [m.name for m in one] == [m.name for m in other]


def test_nothing_is_overwritten(site, tmp_path):
    out = tmp_path / "b.tar"
    back_up(site.home, out)
    with pytest.raises(WrongBackup, match="overwrites nothing"):
        back_up(site.home, out)
    with pytest.raises(WrongBackup, match="no home folder"):
        back_up(tmp_path / "nowhere", tmp_path / "c.tar")
    with pytest.raises(WrongBackup, match="into a new folder"):
        restore(out, site.home)


@pytest.fixture(scope="module")
def packed(prepared, tmp_path_factory):
    out = tmp_path_factory.mktemp("packed") / "b.tar"
    back_up(prepared[0].home, out)
    return out


def test_a_flipped_bit_anywhere_in_a_file_is_refused_by_name(packed, tmp_path):
    with tarfile.open(packed) as tar:
        members = [m for m in tar if m.size and m.name != LIST]
    data = packed.read_bytes()
    for member in (members[0], members[len(members) // 2], members[-1]):
        broken = bytearray(data)
        broken[member.offset_data + member.size // 2] ^= 4
        (tmp_path / "broken.tar").write_bytes(broken)
        with pytest.raises(WrongBackup, match=f"{member.name} is not what was backed up"):
            restore(tmp_path / "broken.tar", tmp_path / "home")
        assert [p.name for p in tmp_path.iterdir()] == ["broken.tar"], "no half-made home"


@pytest.mark.parametrize("part", [0.0, 0.3, 0.9])
def test_a_backup_that_was_cut_off_is_refused(packed, tmp_path, part):
    data = packed.read_bytes()
    (tmp_path / "cut.tar").write_bytes(data[: int(len(data) * part)])
    with pytest.raises(WrongBackup):
        restore(tmp_path / "cut.tar", tmp_path / "home")
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("name", ["../outside", "/tmp/equipoise-outside", "plans/../../outside"])
def test_a_file_that_would_lie_outside_is_refused(tmp_path, name):
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        tar.addfile(tarfile.TarInfo(name))
    with pytest.raises(WrongBackup, match="outside"):
        restore(tmp_path / "evil.tar", tmp_path / "home")
    link = tarfile.TarInfo("plans")
    link.type, link.linkname = tarfile.SYMTYPE, "/tmp"
    with tarfile.open(tmp_path / "link.tar", "w") as tar:
        tar.addfile(link)
    with pytest.raises(WrongBackup, match="no file"):
        restore(tmp_path / "link.tar", tmp_path / "home")


@sqlite_only
def test_verifying_a_home_names_what_is_wrong(site, tmp_path):
    """A backup of a home that was damaged before is whole as a file; its contents are not, and restore says so."""
    plan = site.home / "plans" / "first"
    next((plan / "sections").rglob("*.npy")).write_bytes(b"not what was published")
    with sqlite3.connect(site.home / DATABASE) as database:
        database.execute("DROP TRIGGER records_auditentry_no_update")
        database.execute("UPDATE records_auditentry SET actor = 'somebody else' WHERE seq = 1")
        database.execute("DROP TRIGGER records_sealedsnapshot_no_update")
        database.execute("UPDATE records_sealedsnapshot SET snapshot = 'ffff'")
    database.close()
    back_up(site.home, tmp_path / "b.tar")
    arguments = (tmp_path / "b.tar", "--home", tmp_path / "back", "--json")
    found, _ = cli("restore", *arguments, environment=site.environment, code=1)
    assert len(found["faults"]) == 3
    assert any("entry 1 (somebody else" in fault for fault in found["faults"])
    assert any("bytes" in fault and "restore the folder" in fault for fault in found["faults"])
    assert any("snapshot ffff is missing" in fault for fault in found["faults"])


@pytest.mark.skipif(not ON_POSTGRES, reason="the database of this home is in its backup")
def test_on_postgresql_the_files_are_backed_up_and_the_dump_is_asked_for(site, tmp_path):
    _, said = cli("backup", "--home", site.home, "--out", tmp_path / "b.tar", "--json", environment=site.environment)
    assert "pg_dump" in said
    home = tmp_path / "back"
    found, _ = cli("restore", tmp_path / "b.tar", "--home", home, "--json", environment=site.environment)
    assert (found["plans"], found["faults"]) == (1, [])
