"""A published plan is identical, computed by another engine, or damaged; and verify says which."""

import json

import pytest

from equipoise.cli.options import DONE, FOUND, REFUSED
from equipoise.store import MANIFEST, write_manifest


@pytest.fixture
def published(cli, red_tomato, tmp_path):
    folder = tmp_path / "plan"
    assert cli("plan", red_tomato, "--set", "unmet_demand=lost", "--out", folder).code == DONE
    return folder


def seal_again(folder):
    """What a forger would do: change files and write a manifest that agrees with them."""
    digest = json.loads((folder / MANIFEST).read_bytes())["id"]
    (folder / MANIFEST).unlink()
    write_manifest(folder, id=digest, kind="plan")


def test_an_untouched_plan_is_identical(cli, published):
    answer = cli("verify", published, "--json")
    assert answer.code == DONE
    assert answer.json["verdict"] == "identical"
    assert answer.json["published"] == answer.json["recomputed"]


def test_a_flipped_bit_is_named(cli, published):
    victim = published / "sections" / "supply" / "production_qty.npy"
    data = bytearray(victim.read_bytes())
    data[-2] ^= 1
    victim.write_bytes(bytes(data))
    answer = cli("verify", published)
    assert answer.code == REFUSED
    assert "production_qty.npy" in answer.err


def test_another_engine_is_told_from_damage(cli, published):
    path = published / "plan.json"
    head = json.loads(path.read_bytes())
    head["engine"] = "0.0.9+older numpy 1 polars 1 highspy 1 kernel numpy"
    path.write_text(json.dumps(head), encoding="utf-8")
    victim = published / "sections" / "demand" / "demand_consensus_qty.npy"
    data = bytearray(victim.read_bytes())
    data[-2] ^= 1
    victim.write_bytes(bytes(data))
    seal_again(published)
    answer = cli("verify", published, "--json", "--strict")
    assert answer.code == FOUND
    assert answer.json["verdict"] == "same question, engine changed"
    assert answer.json["difference"]["totals"]["demand_consensus_qty"]["difference"] != 0


def test_the_same_engine_with_other_numbers_is_damage(cli, published):
    victim = published / "sections" / "finance" / "revenue_amount.npy"
    data = bytearray(victim.read_bytes())
    data[-2] ^= 1
    victim.write_bytes(bytes(data))
    seal_again(published)
    answer = cli("verify", published)
    assert answer.code == REFUSED
    assert "same question" in answer.err
