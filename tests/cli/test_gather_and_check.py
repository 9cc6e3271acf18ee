import csv
import json


def spoil_forecast(dataset):
    with (dataset / "forecast.csv").open("a") as stream:
        stream.write("tool,retail,2027-07-01,many\n")


def test_gather_reconciles_rows_and_sums(cli, dataset, tmp_path):
    spoil_forecast(dataset)
    answer = cli("gather", dataset, "--out", tmp_path / "sealed", "--json")
    assert answer.code == 0
    assert set(answer.json) == {"format", "command", "snapshot", "tables", "findings"}
    forecast = answer.json["tables"]["forecast"]
    assert (forecast["rows"], forecast["quarantined"]) == (6, 1)
    assert (forecast["sums"], forecast["sums_quarantined"]) == ({"quantity": 16000.0}, {"quantity": 0.0})
    with (tmp_path / "sealed" / "quarantine.csv").open(newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert row["file"] == "forecast.csv" and row["line"] == "8"


def test_the_same_data_are_the_same_snapshot(cli, dataset, tmp_path):
    lines = (dataset / "forecast.csv").read_text().splitlines()
    first = cli("gather", dataset, "--out", tmp_path / "a", "--json").json["snapshot"]
    (dataset / "forecast.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n")
    assert cli("gather", dataset, "--out", tmp_path / "b", "--json").json["snapshot"] == first


def test_a_sealed_folder_is_never_overwritten(cli, dataset, tmp_path):
    assert cli("gather", dataset, "--out", tmp_path / "sealed").code == 0
    assert cli("gather", dataset, "--out", tmp_path / "sealed").code == 0, "the same snapshot again does nothing"
    (dataset / "inventory.csv").write_text("item,location,on_hand\ntool,plant,900\n")
    answer = cli("gather", dataset, "--out", tmp_path / "sealed")
    assert answer.code == 2 and "choose another" in answer.err


def test_strict_tells_errors_by_the_exit_code(cli, dataset):
    assert cli("check", dataset, "--strict").code == 0
    spoil_forecast(dataset)
    assert cli("check", dataset).code == 0
    answer = cli("check", dataset, "--strict", "--json")
    assert answer.code == 1
    assert answer.json["counts"]["error"] == 1
    assert answer.json["tables"]["forecast"] == {"rows": 6, "quarantined": 1}
    assert {"code", "severity", "where", "count", "message", "remedy"} == set(answer.json["findings"][0])


def test_a_sealed_snapshot_checks_like_its_source(cli, dataset, tmp_path):
    spoil_forecast(dataset)
    cli("gather", dataset, "--out", tmp_path / "sealed")
    assert cli("check", tmp_path / "sealed", "--json").json == cli("check", dataset, "--json").json


def test_people_see_what_to_mend(cli, dataset):
    spoil_forecast(dataset)
    answer = cli("check", dataset)
    assert "IN104" in answer.out and "forecast.csv" in answer.out and "1 error" in answer.out


def test_an_empty_folder_is_refused(cli, tmp_path):
    answer = cli("check", tmp_path, "--json")
    assert answer.code == 3
    assert answer.json["findings"][0]["severity"] == "blocker"
    assert "equipoise template" in answer.err


def test_a_wrong_knob_in_the_dataset_is_the_datas_fault(cli, dataset):
    head = (dataset / "dataset.toml").read_text()
    (dataset / "dataset.toml").write_text(head.replace('workforce = "continuous"', 'workforce = "robots"'))
    answer = cli("plan", dataset)
    assert answer.code == 3 and "robots" in answer.err


def test_a_damaged_snapshot_is_refused(cli, dataset, tmp_path):
    cli("gather", dataset, "--out", tmp_path / "sealed")
    table = tmp_path / "sealed" / "tables" / "forecast.parquet"
    table.write_bytes(table.read_bytes()[:-1] + b"\0")
    answer = cli("plan", tmp_path / "sealed")
    assert answer.code == 3 and "forecast.parquet" in answer.err


FIX = {
    "table": "forecast",
    "key": {"item": "tool", "date": "2027-04-01"},
    "column": "quantity",
    "old": "3800",
    "new": "3900",
    "author": "ann",
    "reason": "typo",
}


def test_a_month_on_the_last_one(cli, dataset, tmp_path):
    (tmp_path / "fixes.json").write_text(json.dumps({"format": 1, "corrections": [FIX]}))
    january = tmp_path / "january"
    assert cli("gather", dataset, "--corrections", tmp_path / "fixes.json", "--out", january, "--json").code == 0
    assert cli("plan", january, "--out", tmp_path / "plan").code == 0
    new = tmp_path / "new"
    new.mkdir()
    (new / "forecast.csv").write_text("item,market,date,quantity\ntool,retail,2027-07-01,2300\n")
    options = ("--on", january, "--append", "forecast", "--past", tmp_path / "plan")
    answer = cli("gather", new, *options, "--out", tmp_path / "february", "--json")
    assert answer.code == 0
    assert set(answer.json) == {"format", "command", "snapshot", "tables", "findings"}
    assert answer.json["tables"]["forecast"]["sums"] == {"quantity": 18400.0}
    assert answer.json["tables"]["forecast_archive"]["rows"] == 6
    found = {finding["code"]: finding for finding in answer.json["findings"]}
    assert found["IN306"]["where"] == "table inventory"
    again = cli("gather", new, *options, "--out", tmp_path / "again", "--json")
    assert again.out == answer.out
    assert cli("plan", tmp_path / "february", "--json").json["start"] == "2027-02-01"


def test_wrong_options_of_gather(cli, dataset, tmp_path):
    answer = cli("gather", dataset, "--append", "forecast", "--out", tmp_path / "x", "--json")
    assert answer.code == 2 and "name it with --on" in answer.err
    cli("gather", dataset, "--out", tmp_path / "january")
    answer = cli("gather", dataset, "--past", tmp_path / "january", "--out", tmp_path / "x")
    assert answer.code == 2 and "is no published plan" in answer.err
    answer = cli("gather", dataset, "--on", tmp_path / "january", "--append", "forcast", "--out", tmp_path / "x")
    assert answer.code == 2 and "did you mean forecast" in answer.err
    answer = cli("gather", dataset, "--on", dataset, "--out", tmp_path / "x", "--json")
    assert answer.code == 3 and "manifest.json" in answer.err
    (tmp_path / "fixes.json").write_text(json.dumps({"format": 1, "corrections": [{**FIX, "old": "3900"}]}))
    answer = cli("gather", dataset, "--corrections", tmp_path / "fixes.json", "--out", tmp_path / "x", "--json")
    assert answer.code == 3 and answer.json["findings"][0]["code"] == "IN301"
    assert not (tmp_path / "x").exists()


def test_a_correction_is_withdrawn_in_a_later_month(cli, dataset, tmp_path):
    fixes = tmp_path / "fixes.json"
    fixes.write_text(json.dumps({"format": 1, "corrections": [FIX]}))
    cli("gather", dataset, "--corrections", fixes, "--out", tmp_path / "january")
    fixes.write_text(json.dumps({"format": 1, "corrections": [], "withdrawn": [FIX]}))
    new = tmp_path / "new"
    new.mkdir()
    (new / "inventory.csv").write_text("item,location,on_hand\ntool,plant,900\n")
    options = ("--on", tmp_path / "january", "--corrections", fixes)
    answer = cli("gather", new, *options, "--out", tmp_path / "february", "--json")
    assert answer.json["tables"]["forecast"]["sums"] == {"quantity": 16000.0}
    answer = cli("gather", dataset, "--corrections", fixes, "--out", tmp_path / "x")
    assert answer.code == 2 and "withdrawn from a snapshot" in answer.err
    fixes.write_text(json.dumps({"format": 1, "corrections": [], "withdrawn": [{**FIX, "new": "4000"}]}))
    answer = cli("gather", new, *options, "--out", tmp_path / "x")
    assert answer.code == 2 and "no correction of forecast" in answer.err
