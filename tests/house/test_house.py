"""The house keeps its own rules: lists agree with each other, and what documents name exists."""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from equipoise.catalog import CHANGES, FINDING_CODES, MEASURES, measure_named
from equipoise.core.knob import KNOBS
from equipoise.core.measure import Grain
from equipoise.core.tables import TABLE_NAMES
from equipoise.stages import STAGES

ROOT = Path(__file__).parents[2]
STAGE_NAMES = [stage.name for stage in STAGES]


def test_ten_stages_in_their_order():
    assert STAGE_NAMES == [
        "portfolio",
        "prices",
        "baseline",
        "demand",
        "sourcing",
        "stock_targets",
        "supply",
        "inventory",
        "finance",
        "kpis",
    ]


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_a_stage_reads_only_what_exists_and_comes_before_it(stage):
    assert set(stage.tables) <= set(TABLE_NAMES)
    assert set(stage.after) <= set(STAGE_NAMES[: STAGE_NAMES.index(stage.name)])
    assert set(stage.kinds) == {change.kind for change in CHANGES if change.stage == stage.name}
    assert set(stage.knobs) == {knob.name for knob in KNOBS if stage.name in knob.stages}


def test_measures_are_unique_and_their_parts_exist():
    names = [measure.name for measure in MEASURES]
    assert len(names) == len(set(names))
    for measure in MEASURES:
        parts = [term.measure for term in measure.terms] + list(measure.factors) + list(measure.ratio or ())
        for part in parts:
            measure_named(part)
        assert measure.stage in STAGE_NAMES
        assert measure.grain is None or isinstance(measure.grain, Grain)


def test_a_measure_says_its_unit_in_its_name():
    for measure in MEASURES:
        assert measure.name.endswith("_" + measure.unit.value), measure.name


def test_finding_codes_are_unique_and_well_formed():
    codes = [finding.code for finding in FINDING_CODES]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"[A-Z]{2}\d{3}", code) for code in codes)
    assert all(finding.meaning and finding.remedy for finding in FINDING_CODES)


@pytest.mark.parametrize("document", ["ARCHITECTURE.md", "README.md", "CONTRIBUTING.md"])
def test_paths_named_in_documents_exist(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:src|tests|docs|examples|benchmarks|cases|tools|changes)/[\w./*-]+)`", text))
    assert named, f"{document} names no path"
    missing = sorted(path for path in named if not list(ROOT.glob(path.rstrip("/"))))
    assert missing == []


def test_every_module_can_be_imported():
    modules = [
        path.relative_to(ROOT / "src").with_suffix("").parts
        for path in sorted((ROOT / "src").rglob("*.py"))
        if not {"tests", "conftest.py", "__main__.py"} & set(path.parts)
    ]
    assert len(modules) > 800
    for parts in modules:
        import_module(".".join(parts).removesuffix(".__init__"))


def test_importing_the_engine_pulls_in_no_web_and_no_solver():
    code = (
        "import sys, equipoise, equipoise.core.grid\n"
        "bad = [m for m in ('django', 'pandas', 'pydantic', 'highspy', 'altair') if m in sys.modules]\n"
        "sys.exit(', '.join(bad) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_public_functions_stay_functions_after_their_modules_are_imported():
    code = (
        "import equipoise.gather, equipoise.explain, equipoise.compare\n"
        "from equipoise import gather, explain, compare\n"
        "assert callable(gather) and callable(explain) and callable(compare)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
