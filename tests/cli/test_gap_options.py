"""equipoise options: gaps with what closes them, and the ladder of a resource, as JSON and in words."""

import pytest

pytestmark = pytest.mark.usefixtures("asked_before")


def test_every_gap_is_priced_and_dated(cli, demo_folder):
    answer = cli("options", demo_folder, "--json")
    report = answer.json
    assert answer.code == 0 and (report["command"], report["format"], report["has_list"]) == ("options", 1, True)
    gap = next(each for each in report["gaps"] if (each["where"], each["bucket"]) == ("capsule-line", "Dec 2026"))
    listed = next(each for each in gap["options"] if each["option"] == "OT-CAPSULE")
    assert listed["hour_price"] == pytest.approx(290 - 180) and listed["decide_by"] == "2026-11-24"
    line = next(each for each in gap["options"] if each["option"] == "LINE-2")
    assert line["late_days"] == 269 and line["amount"] == 1_250_000
    assert sum(each["mix_qty"] for each in gap["options"]) == pytest.approx(gap["mix_closes_qty"])
    days = [each["decide_by"] for each in report["decide_soon"]]
    assert days == sorted(days) and days[0] == "2026-11-24"
    assert cli("options", demo_folder, "--json").out == answer.out


def test_one_resource_is_told_in_words(cli, demo_folder, red_tomato):
    told = cli("options", demo_folder, "--resource", "capsule-line").out
    assert "SHIFT-CAPSULE" in told and "days too late" in told and "2026-11-24" in told
    assert "surfachem" not in told
    silent = cli("options", red_tomato)
    assert "There is no option list" in silent.out and "prebuild" in silent.out and "3,200" in silent.out


def test_the_ladder_of_a_resource(cli, demo_folder):
    report = cli("options", demo_folder, "--resource", "capsule-line", "--ladder", "--over", "12", "--json").json
    ladder = report["ladder"]
    assert (ladder["resource"], ladder["over_buckets"]) == ("capsule-line", 12)
    assert [each["option"] for each in ladder["rungs"]] == ["OT-CAPSULE", "SHIFT-CAPSULE", "copacker", "LINE-2"]
    assert ladder["rungs"][1]["from_hours"] == pytest.approx(40.2, abs=0.05)
    told = cli("options", demo_folder, "--resource", "capsule-line", "--ladder").out
    assert "Break-even ladder of capsule-line" in told and "spread over 12 buckets" in told


@pytest.mark.parametrize("wrong", [("--resource", "lathe"), ("--ladder",), ("--over", "0")])
def test_what_there_is_not_is_refused(cli, red_tomato, wrong):
    answer = cli("options", red_tomato, *wrong)
    assert answer.code == 2 and wrong[0] in answer.err
