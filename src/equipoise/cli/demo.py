"""`equipoise demo`: a month of a made-up company, planned and published; or only its files with `--out`."""

from pathlib import Path

import click

from equipoise.cli.options import Session, home_option, out_option, shared_options


@click.command("demo")
@click.option("--size", default="small", show_default=True, help="How large the company is: small or medium.")
@out_option()
@home_option
@shared_options
def command(session: Session, size: str, folder: Path | None, home: Path) -> int:
    """Plan a month of a made-up company and publish it in the home folder; with --out write only its dataset.

    Its story: a promotion, a line overhauled in its peak, a biased team, a launch, a phase-out and a budget gap. The
    same size is the same data on every machine. adjustments.json there holds what people contributed this month.
    """
    return _write_files(session, size, folder) if folder is not None else _run_month(session, size, home)


def _write_files(session: Session, size: str, folder: Path) -> int:
    from equipoise.cli.screen import print_line
    from equipoise.demo import write_demo
    from equipoise.demo.company import size_named
    from equipoise.template import FolderNotEmpty

    size_named(size)
    if folder.exists() and any(folder.iterdir()):
        raise FolderNotEmpty(f"{folder.name} is not an empty folder; give the name of a new one with --out")
    write_demo(folder, size=size)
    files = sorted(path.name for path in folder.iterdir())

    def show() -> None:
        print_line(f"{len(files)} files written to {folder}.")
        print_line(f"Next: equipoise plan {folder} --adjust {folder / 'adjustments.json'}")

    return session.finish({"format": 1, "command": "demo", "size": size, "files": files}, show)


def _run_month(session: Session, size: str, home: Path) -> int:
    from equipoise.cli.plan import show_plan
    from equipoise.cli.question import progress_bar
    from equipoise.cli.screen import print_line
    from equipoise.demo.run import run_demo
    from equipoise.report import plan_report

    with progress_bar(is_told_always=True) as progress:
        month = run_demo(home, size=size, progress=progress)
    report = {**plan_report(month.plan), "command": "demo", "size": size}

    def show() -> None:
        show_plan(month.plan, month.published, None)
        print_line(f"To see it: equipoise serve --home {home}")

    severities = [finding["severity"] for finding in report["findings"]]
    return session.finish(report, show, severities=severities)
