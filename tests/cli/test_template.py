import csv
import tomllib

from equipoise.core.dataset import DatasetHead
from equipoise.core.knob import KNOBS
from equipoise.core.tables import TABLES


def test_template_has_a_heading_for_every_table(cli, tmp_path):
    answer = cli("template", tmp_path / "new", "--json")
    assert answer.code == 0
    for table in TABLES:
        with (tmp_path / "new" / f"{table.name}.csv").open(newline="") as stream:
            assert list(csv.reader(stream)) == [list(table.names)]
    written = {path.name for path in (tmp_path / "new").iterdir()}
    assert set(answer.json["files"]) == written


def test_the_head_of_a_template_is_valid_as_it_stands(cli, tmp_path):
    cli("template", tmp_path / "new")
    head = DatasetHead.of(**tomllib.loads((tmp_path / "new" / "dataset.toml").read_text()))
    assert head.horizon == 18 and head.policy == ()


def test_every_knob_of_the_template_stands_at_its_default(cli, tmp_path):
    cli("template", tmp_path / "new")
    text = (tmp_path / "new" / "dataset.toml").read_text()
    lines = [line[2:] for line in text.split("[policy]\n")[1].splitlines()]
    policy = tomllib.loads("\n".join(line for line in lines if " = " in line))
    assert {knob.name: knob.parse(policy[knob.name]) for knob in KNOBS} == {knob.name: knob.default for knob in KNOBS}


def test_readme_explains_every_column(cli, tmp_path):
    cli("template", tmp_path / "new")
    readme = (tmp_path / "new" / "README.md").read_text()
    for table in TABLES:
        section = readme.split(f"## {table.name}\n")[1].split("\n## ")[0]
        for column in table.columns:
            assert f"| {column.name} | {column.type} |" in section, (table.name, column.name)


def test_a_template_never_overwrites(cli, dataset):
    before = {path.name: path.read_bytes() for path in dataset.iterdir()}
    answer = cli("template", dataset)
    assert answer.code == 2
    assert "not an empty folder" in answer.err
    assert {path.name: path.read_bytes() for path in dataset.iterdir()} == before


def test_an_unfilled_template_is_refused_with_what_to_do(cli, tmp_path):
    cli("template", tmp_path / "new")
    answer = cli("check", tmp_path / "new", "--json")
    assert answer.code == 3
    assert any("items" in finding["where"] + finding["message"] for finding in answer.json["findings"])
