import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest

from equipoise.cli.main import COMMANDS_GROUP, VERBS


def test_help_names_every_verb(cli):
    answer = cli("--help")
    assert answer.code == 0
    assert all(f"  {verb} " in answer.out for verb in VERBS)


def test_every_verb_explains_itself(cli):
    for verb in VERBS:
        answer = cli(verb, "--help")
        assert answer.code == 0, verb
        assert "--json" in answer.out and "--strict" in answer.out, verb


def test_unknown_verb_is_wrong_usage(cli):
    answer = cli("plann")
    assert answer.code == 2
    assert "plann" in answer.err
    assert answer.out == ""


def test_a_verb_of_another_package_that_cannot_be_imported_leaves_the_others_alone(cli, monkeypatch):
    broken = EntryPoint("fly", "no_such_package.fly:fly", COMMANDS_GROUP)
    monkeypatch.setattr("equipoise.cli.main.entry_points", lambda group: [broken])
    assert "fly is not available" in " ".join(cli("--help").out.split())
    answer = cli("fly")
    assert answer.code == 2 and "no_such_package" in answer.err


def test_missing_argument_is_wrong_usage(cli):
    assert cli("plan").code == 2


def test_a_source_that_does_not_exist_is_wrong_usage_and_still_one_object(cli, tmp_path):
    answer = cli("plan", tmp_path / "nowhere", "--json")
    assert answer.code == 2
    assert "does not exist" in answer.json["error"]["message"]


def test_our_bug_is_one_line_with_a_report_id(cli, monkeypatch, tmp_path):
    def fail(folder):
        raise RuntimeError("a secret of the data")

    monkeypatch.setattr("equipoise.template.write_template", fail)
    answer = cli("template", tmp_path / "new")
    assert answer.code == 70
    (line,) = answer.err.splitlines()
    assert "RuntimeError" in line and "report " in line and "secret" not in line
    again = cli("template", tmp_path / "other")
    assert again.err == answer.err, "the same failure has the same id"
    assert "a secret of the data" in cli("template", tmp_path / "new", "--debug").err


def test_interrupted_is_4(cli, monkeypatch, tmp_path):
    def stop(folder):
        raise KeyboardInterrupt

    monkeypatch.setattr("equipoise.template.write_template", stop)
    assert cli("template", tmp_path / "new").code == 4


@pytest.mark.parametrize("module", ["numpy", "polars", "highspy", "rich", "equipoise.plan", "django"])
def test_help_imports_nothing_heavy(module):
    code = f"import sys; from equipoise.cli.main import run; run(['--help']); sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0
