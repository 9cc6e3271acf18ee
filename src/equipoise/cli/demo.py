"""`equipoise demo --out DIR`: a made-up company with a story, to try everything on."""

from pathlib import Path

import click

from equipoise.cli.options import Session, out_option, shared_options


@click.command("demo")
@click.option("--size", default="small", show_default=True, help="How large the company is: small or medium.")
@out_option(default=Path("equipoise-demo"))
@shared_options
def command(session: Session, size: str, folder: Path) -> int:
    """Write the dataset of a made-up company: a promotion, an overload, a biased team, a launch and a budget gap.

    The same size is the same data on every machine. adjustments.json there holds what people contributed this month.
    """
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
