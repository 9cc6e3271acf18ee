"""`equipoise cases FILE`: does the engine still get the worked examples right?"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.options import DONE, FOUND, Session, shared_options

if TYPE_CHECKING:
    from equipoise.testing import CaseResult


@click.command("cases")
@click.argument("file", required=False)
@click.option("--list", "is_list", is_flag=True, help="List the worked examples that Equipoise brings.")
@shared_options
def command(session: Session, file: str | None, is_list: bool) -> int:
    """Run worked examples with known answers.

    FILE is a YAML file, or the name of one that Equipoise brings. Each case has a name, a source, a formula, an
    input and an output. The exit code is 1 if a case fails.
    """
    from equipoise.cli.question import progress_bar
    from equipoise.testing import read_cases, run_case

    if is_list == (file is not None):
        raise click.UsageError("Give a file of cases, or --list to see those that Equipoise brings.")
    if file is None:
        return _list(session)
    cases = read_cases(_find(file))
    results = []
    with progress_bar() as progress:
        for number, case in enumerate(cases):
            progress(case.name, number / len(cases))
            results.append(run_case(case))
    failed = sum(not result.ok for result in results)
    report = {
        "format": 1,
        "command": "cases",
        "passed": len(results) - failed,
        "failed": failed,
        "cases": [result.as_json() for result in results],
    }
    session.finish(report, lambda: _show(results, failed))
    return FOUND if failed else DONE


def _find(file: str) -> Path:
    """The file, or one of ours by its name."""
    from equipoise.testing import shipped_cases

    path = Path(file)
    if path.is_file():
        return path
    ours = {shipped.stem: shipped for shipped in shipped_cases()}
    if path.name == file and path.stem in ours:
        return ours[path.stem]
    raise click.BadParameter(f"there is no file {file!r}; equipoise cases --list names those that Equipoise brings")


def _list(session: Session) -> int:
    from equipoise.testing import read_cases, shipped_cases

    found = {path.stem: read_cases(path) for path in shipped_cases()}
    report: dict[str, Any] = {
        "format": 1,
        "command": "cases",
        "files": [{"file": file, "cases": [case.name for case in cases]} for file, cases in found.items()],
    }

    def show() -> None:
        from equipoise.cli.screen import print_line, print_table

        rows = [(file, case.name, case.source) for file, cases in found.items() for case in cases]
        print_table("Worked examples", ("file", "case", "source"), rows, texts=3)
        print_line("Next: equipoise cases red_tomato")

    return session.finish(report, show)


def _show(results: "list[CaseResult]", failed: int) -> None:
    from equipoise.cli.screen import print_line, print_table

    rows = [("ok" if result.ok else "FAILED", result.case.name, result.case.formula) for result in results]
    print_table("Worked examples", ("", "case", "formula"), rows, texts=3)
    for result in results:
        if not result.ok:
            case = result.case
            print_line(f"{case.name}: expected {case.output} within {case.within:g}, got {result.got}")
    print_line(f"{len(results) - failed} passed, {failed} failed", style="bold")
