import csv


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
