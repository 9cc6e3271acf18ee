"""Every access check is proved by a test: with any one of them taken out, the test that proofs.json names fails."""

import ast
import json
import os
import subprocess
import sys
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from .checks import find_checks
from .mutants import HERE, TOP, read_proofs, without

KNOWN = read_proofs()
SEARCH = "PYTHONPATH=src:tests python -m web.mutants --search"
SOAK = bool(os.environ.get("EQUIPOISE_SOAK"))
SAMPLE = 6
on_sqlite = pytest.mark.skipif(bool(os.environ.get("EQUIPOISE_DATABASE")), reason="proved on SQLite, in memory")


def run(*arguments, folder=None):
    """The command, with the code that runs here and no database but its own."""
    left_out = ("EQUIPOISE_SOAK", "EQUIPOISE_DATABASE", "EQUIPOISE_HOME")
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    path = [TOP / "src", TOP / "tests", *([folder] if folder else [])]
    environment["PYTHONPATH"] = os.pathsep.join(map(str, path))
    command = [sys.executable, "-m", "web.mutants", *map(str, arguments)]
    return subprocess.run(command, cwd=TOP, env=environment, capture_output=True, text=True, check=False)


def todays(names):
    """Some of the proofs, others each day; all of them in a soak."""
    drawn = sorted(names, key=lambda name: sha256(f"{date.today()} {name}".encode()).digest())
    return drawn if SOAK else drawn[:SAMPLE]


def test_every_check_has_a_proof():
    proved = KNOWN["proofs"] | KNOWN["redundant"]
    new = [check.name for check in find_checks() if check.name not in proved]
    assert not new, f"no test is known to fail without these; {SEARCH}:\n" + "\n".join(new)


def test_every_proof_has_a_check():
    gone = sorted((KNOWN["proofs"] | KNOWN["redundant"]).keys() - {check.name for check in find_checks()})
    assert not gone, f"these checks are gone; {SEARCH}:\n" + "\n".join(gone)


def test_names_of_checks_are_unique_and_many():
    names = [check.name for check in find_checks()]
    assert len(set(names)) == len(names) > 450
    assert len({name.split(" ")[0] for name in names}) > 100


def test_every_proof_names_a_test_that_is_there():
    named = {without(KNOWN, name)[1] for name in KNOWN["proofs"] | KNOWN["redundant"]}
    functions = {}
    for test in named:
        file, function = test.split("[")[0].split("::")[0], test.split("[")[0].split("::")[-1]
        if file not in functions:
            tree = ast.parse((TOP / file).read_text(encoding="utf-8"))
            functions[file] = {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}
        assert function in functions[file], test


def test_what_is_redundant_says_why_and_what_holds_instead():
    names = {check.name for check in find_checks()}
    for name, entry in KNOWN["redundant"].items():
        assert len(entry["because"]) > 20, name
        assert entry["beside"], name
        assert set(entry["beside"]) <= names - {name}, name
    assert len(KNOWN["redundant"]) < len(names) / 10


@on_sqlite
def test_todays_proofs_hold():
    names = todays(KNOWN["proofs"] | KNOWN["redundant"])
    done = run("--retry", *names)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert sorted(line for line in done.stdout.splitlines() if line.startswith("proved ")) == sorted(
        f"proved {name}" for name in names
    )


PLANTED = '''"""Two checks, of which a test proves one."""

from equipoise_web.access import Right


def publish(who):
    who.require(Right.PUBLISH)
    return "published"


def archive(who):
    who.require(Right.BRANCH)
    return "archived"
'''
TESTS = """from equipoise_web.access import ROLES, Access, Held, NotAllowed
from planted.deeds import archive, publish

import pytest


def test_the_right_person_does_both():
    who = Access(1, "ann", (Held(ROLES["coordinator"]),))
    assert (publish(who), archive(who)) == ("published", "archived")


def test_the_wrong_one_does_not_publish():
    with pytest.raises(NotAllowed):
        publish(Access(2, "eve", (Held(ROLES["sales"]),)))
"""


@on_sqlite
def test_a_check_that_no_test_proves_is_found_out(tmp_path):
    (tmp_path / "planted").mkdir()
    (tmp_path / "planted" / "__init__.py").touch()
    (tmp_path / "planted" / "deeds.py").write_text(PLANTED, encoding="utf-8")
    test = tmp_path / "test_planted.py"
    test.write_text(TESTS, encoding="utf-8")
    proofs, notes = tmp_path / "proofs.json", tmp_path / "notes.json"
    options = ("--root", tmp_path / "planted", "--proofs", proofs)
    done = run("--search", *options, "--notes", notes, "--tests", test, folder=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "\nALIVE  deeds.py archive: who.require(Right.BRANCH)\n" in done.stdout
    found = json.loads(proofs.read_text(encoding="utf-8"))["proofs"]
    assert list(found) == ["deeds.py publish: who.require(Right.PUBLISH)"]
    assert found["deeds.py publish: who.require(Right.PUBLISH)"].endswith("test_the_wrong_one_does_not_publish")
    # A proof that is none is found out, too.
    wrong = found["deeds.py publish: who.require(Right.PUBLISH)"].replace(
        "wrong_one_does_not_publish", "right_person_does_both"
    )
    found["deeds.py publish: who.require(Right.PUBLISH)"] = wrong
    proofs.write_text(json.dumps({"proofs": found, "redundant": {}}), encoding="utf-8")
    done = run("--retry", *options, folder=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "NOT PROVED deeds.py publish" in done.stdout


def test_the_file_is_written_by_the_search():
    text = (HERE / "proofs.json").read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=1, ensure_ascii=False) + "\n"
    assert all(list(part) == sorted(part) for part in json.loads(text).values())
    assert Path(HERE, "proofs.json").parent == Path(__file__).parent
