import pytest

CASES = """
- name: right
  source: by hand
  formula: disaggregate
  input: {total: 100, weights: [1, 1, 1]}
  output: [34, 33, 33]
- name: wrong
  source: by hand
  formula: disaggregate
  input: {total: 100, weights: [1, 1, 1]}
  output: [33, 33, 33]
- name: near enough
  source: by hand
  formula: disaggregate
  input: {total: 100, weights: [1, 1, 1]}
  output: [33, 33, 33]
  within: 1
"""


def test_a_case_that_fails_shows_in_code_and_report(cli, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(CASES)
    answer = cli("cases", file, "--json")
    assert answer.code == 1
    assert (answer.json["passed"], answer.json["failed"]) == (2, 1)
    right, wrong, near = answer.json["cases"]
    assert wrong == {"name": "wrong", "ok": False, "expected": [33, 33, 33], "got": [34.0, 33.0, 33.0], "within": 0.0}
    assert right["ok"] and near["ok"]
    assert "FAILED" in cli("cases", file).out


def test_shipped_cases_are_listed_and_run_by_name(cli):
    listed = cli("cases", "--list", "--json").json["files"]
    assert "disaggregation" in {entry["file"] for entry in listed}
    answer = cli("cases", "disaggregation", "--json")
    assert answer.code == 0
    assert answer.json["failed"] == 0 and answer.json["passed"] == 6


def test_a_formula_that_refuses_its_input_fails_the_case(cli, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(
        "- {name: none, source: hand, formula: disaggregate, input: {total: 1, weights: [0]}, output: [1]}\n"
    )
    answer = cli("cases", file, "--json")
    assert answer.code == 1
    assert "all weights of a split are zero" in answer.json["cases"][0]["got"]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("- name: [", "YAML"),
        ("name: x", "list of cases"),
        ("- {name: a, source: b, formula: disaggregate, input: {total: 1}, output: 1}", "weights"),
        ("- {name: a, source: b, formula: magic, input: {}, output: 1}", "magic"),
        ("- {name: a, source: b, formula: disaggregate, input: {}}", "output"),
    ],
)
def test_a_file_that_holds_no_cases_says_why(cli, tmp_path, text, hint):
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    answer = cli("cases", file)
    assert answer.code == 2
    assert "mine.yaml" in answer.err and hint in answer.err


def test_neither_file_nor_list_is_wrong_usage(cli):
    assert cli("cases").code == 2
    assert cli("cases", "no-such-cases").code == 2


def test_the_demo_is_the_same_data_every_time(cli, tmp_path):
    first = cli("demo", "--out", tmp_path / "a", "--json")
    second = cli("demo", "--out", tmp_path / "b", "--json")
    assert first.code == 0
    assert first.json == second.json
    assert "dataset.toml" in first.json["files"] and "adjustments.json" in first.json["files"]
    for name in first.json["files"]:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_the_demo_never_overwrites_and_knows_its_sizes(cli, dataset, tmp_path):
    assert cli("demo", "--out", dataset).code == 2
    answer = cli("demo", "--size", "vast", "--out", tmp_path / "new")
    assert answer.code == 2 and "small" in answer.err
    assert not (tmp_path / "new").exists()
