"""Write docs/reference from the declarations: tables, measures, knobs, changes, findings, KPIs and checks."""

import sys
from collections.abc import Iterable, Sequence
from inspect import cleandoc
from pathlib import Path

from equipoise.catalog import CHANGES, FINDING_CODES, MEASURES
from equipoise.core.form_field import fields_of
from equipoise.core.knob import KNOBS, Knob
from equipoise.core.measure import Measure, Per
from equipoise.core.tables import TABLES
from equipoise.kpi.catalogue import KPIS, Direction, Kpi
from equipoise.kpi.conflicts import CONFLICTS
from equipoise.quality import CHECKS
from equipoise.quality.check import Check
from equipoise.stages import STAGES

FOLDER = Path(__file__).parents[1] / "docs" / "reference"


def main() -> None:
    """Write every page."""
    for name, text in pages().items():
        (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / name).write_text(text, encoding="utf-8")


def pages() -> dict[str, str]:
    """File name and text of each page."""
    return {
        "tables.md": tables_page(),
        "measures.md": measures_page(),
        "stages.md": stages_page(),
        "knobs.md": knobs_page(),
        "adjustments.md": adjustments_page(),
        "findings.md": findings_page(),
        "kpis.md": kpis_page(),
        "checks.md": checks_page(),
        **{f"checks/{check.code.code}.md": check_page(check) for check in CHECKS},
    }


def grid(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def tables_page() -> str:
    """What may be imported."""
    parts = ["# Planning tables\n\nA key is marked `*`, an optional column `?`.\n"]
    for table in TABLES:
        mark = {True: "`*`", False: ""}
        rows = [
            (
                f"`{c.name}`{mark[c.is_key]}{'' if c.required or c.is_key else '`?`'}",
                c.type.value,
                c.meaning,
                ", ".join(c.choices),
            )
            for c in table.columns
        ]
        default = f"\nIf it is missing: {table.default}\n" if table.default else ""
        parts.append(
            f"## {table.name}\n\n{table.meaning}\n{default}\n{grid(('column', 'type', 'meaning', 'one of'), rows)}"
        )
    return "\n".join(parts)


def origin(measure: Measure) -> str:
    """How a measure comes to be, in symbols."""
    if measure.ratio:
        share = f"{measure.ratio[0]} / {measure.ratio[1]}"
        per = {Per.YEAR: "buckets a year / buckets × ", Per.DAYS: "days × "}.get(measure.per, "")
        return f"{measure.scale:g} × {f'max(0, 1 − {share})' if measure.is_complement else per + share}"
    if measure.cover:
        return f"days that {measure.cover[0]} lasts of the coming {measure.cover[1]}"
    if measure.terms:
        signs = {1: "+", -1: "−"}
        return " ".join(f"{signs[t.sign]} {t.measure}{'[t−1]' if t.lag else ''}" for t in measure.terms).lstrip("+ ")
    if measure.factors:
        return " × ".join(measure.factors)
    return "postings by cause" if measure.is_posted else "the optimizer" if measure.is_optimal else ""


def measures_page() -> str:
    """The data dictionary."""
    rows = [
        (f"`{m.name}`", m.label, m.grain or "company", m.unit.name.lower(), m.stage, m.meaning, origin(m))
        for m in MEASURES
    ]
    return "# Measures\n\n" + grid(("measure", "label", "grain", "unit", "stage", "meaning", "made of"), rows)


def stages_page() -> str:
    """The fold."""
    rows = [
        (s.name, s.title, ", ".join(s.after), ", ".join(s.tables), ", ".join(s.knobs), ", ".join(s.kinds))
        for s in STAGES
    ]
    return "# Stages\n\n" + grid(("stage", "title", "comes after", "tables", "knobs", "adjustments"), rows)


def knobs_page() -> str:
    """Policy."""
    rows = [
        (
            f"`{k.name}`",
            k.default if not isinstance(k.default, bool) else str(k.default).lower(),
            ", ".join(k.choices) or _may_be(k),
            ", ".join(k.stages),
            k.meaning,
        )
        for k in KNOBS
    ]
    return "# Knobs of policy\n\n" + grid(("knob", "default", "values", "stages", "meaning"), rows)


def _may_be(knob: Knob) -> str:
    if isinstance(knob.default, bool):
        return "true, false"
    return "a name" if isinstance(knob.default, str) else f"{knob.minimum:g} to {knob.maximum:g}"


def adjustments_page() -> str:
    """What people may change."""
    rows = [
        (
            f"`{c.kind}`",
            c.stage,
            "; ".join(
                f"`{name}` {', '.join(filter(None, (said.label, said.unit)))}" for name, said in fields_of(c).items()
            ),
            c.on_roll,
            (c.__doc__ or "").strip().split("\n\n")[0].replace("\n", " "),
        )
        for c in CHANGES
    ]
    return "# Kinds of adjustment\n\n" + grid(("kind", "stage", "fields", "when the month rolls", "meaning"), rows)


def findings_page() -> str:
    """What may be wrong with the data or the world."""
    rows = [(f"`{f.code}`", f.severity.value, f.meaning, f.remedy) for f in sorted(FINDING_CODES, key=lambda f: f.code)]
    return "# Findings\n\n" + grid(("code", "severity", "meaning", "remedy"), rows)


def kpis_page() -> str:
    """The KPI catalogue, and which of its entries pull against each other."""
    heads = ("KPI", "measure", "formula", "sign", "owner", "shared with", "target", "kind", "level", "unit", "needs")
    rows = [
        (
            k.name,
            f"`{k.measure}`" if k.measure else f"`forecast_performance`, `{k.column}`",
            k.formula,
            k.sign,
            k.owner,
            ", ".join(k.shared_with),
            aim(k),
            k.kind,
            k.level,
            k.unit.name.lower(),
            k.needs,
        )
        for k in KPIS
    ]
    pairs = [(c.pair[0], c.pair[1], c.why) for c in CONFLICTS]
    conflicts = f"\n## Conflicts\n\n{grid(('KPI', 'against', 'why'), pairs)}"
    return "# KPIs\n\n" + grid(heads, rows) + conflicts


def aim(kpi: Kpi) -> str:
    """What is aimed at, or only which way is better."""
    if kpi.target is None:
        return {Direction.BAND: "trend", Direction.ZERO: "near 0"}.get(
            kpi.direction, f"{kpi.direction.value} is better"
        )
    sign = {Direction.UP: "≥ ", Direction.DOWN: "≤ "}.get(kpi.direction, "")
    return f"{sign}{kpi.target:g}" + (f" ± {kpi.tolerance:g}" if kpi.tolerance else "")


def checks_page() -> str:
    """Every check of the data, with a page of its own."""
    rows = [
        (
            f"[{c.code.code}](checks/{c.code.code}.md)",
            c.name,
            c.code.severity.value,
            ", ".join(c.tables),
            c.code.meaning,
        )
        for c in CHECKS
    ]
    return "# Checks of the data\n\n" + grid(("code", "check", "severity", "tables", "what is wrong"), rows)


def check_page(check: Check) -> str:
    """What one check looks for and why, how to put it right, and what it says of a row that is wrong."""
    module, code = sys.modules[check.look.__module__], check.code
    tables = " and ".join(f"`{name}`" for name in check.needs)
    others = " or ".join(f"`{name}`" for name in check.one_of)
    asked = "; one of ".join(part for part in (tables, others) if part)
    asked += ", beside last month's snapshot" if check.needs_last else ""
    table, _, fault = check.example.partition(": ")
    parts = (
        f"# {code.code} {check.name}",
        f"**{code.severity.value.capitalize()}**: {code.meaning}. Asked of {asked}.",
        cleandoc(module.__doc__ or ""),
        "## What it finds",
        cleandoc(check.look.__doc__ or ""),
        "## What to do",
        code.remedy,
        "## Example",
        f"> table {table}: {fault}",
    )
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    main()
