"""`equipoise backup` and `equipoise restore`: a home folder in one file, and back with proof."""

import json
import os
import sys
from pathlib import Path

import click


@click.command("backup")
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="Home folder (else EQUIPOISE_HOME).")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A new file, as FILE.tar.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def backup(home: Path | None, out: Path, as_json: bool) -> None:
    """Back up a home folder, also while it is served: database, plans, snapshots, drafts and the secret.

    Where the database is PostgreSQL, run `pg_dump --format=custom` FIRST, then this for the files: whatever the dump
    names is among them. The file holds secrets: keep it as safe as the home.
    """
    from equipoise_web.actions.back_up import back_up, note_backup

    made = back_up(_home(home), out)
    try:
        note_backup(_home(home), made)
    except OSError as error:
        click.echo(f"The backup is whole; the home could not note that it was made: {error.strerror}.", err=True)
    facts = {"files": made.files, "bytes": made.bytes, "entries": made.entries, "digest": made.digest}
    if not made.has_database:
        click.echo("The database is not in it: keep the pg_dump that you took before with it.", err=True)
    if as_json:
        about = {"format": 1, "command": "backup", "database": made.has_database}
        click.echo(json.dumps({**about, **facts}, sort_keys=True))
        return
    click.echo(f"{made.files:,} files ({made.bytes / 1e6:,.1f} MB) are in {out.name}.")
    if made.has_database:
        click.echo(f"Its audit chain has {made.entries:,} entries and ends in {made.digest}: write that down.")


@click.command("restore")
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--home", required=True, type=click.Path(file_okay=False, path_type=Path), help="A new folder.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def restore(archive: Path, home: Path, as_json: bool) -> None:
    """Make a home folder of a backup, and verify all of it: every byte, every plan's digest, the audit chain.

    Where the database is PostgreSQL, run `pg_restore` first and set EQUIPOISE_DATABASE. Exit code 1 if something is
    not as it was; a backup that is damaged is refused, and no home is made.
    """
    from equipoise_web.actions.back_up import restore as put_back

    made = put_back(archive, home)
    os.environ["EQUIPOISE_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "equipoise_web.settings")
    import django

    django.setup()
    from equipoise_web.actions.verify_home import verify_home

    found = verify_home(home)
    faults = list(found.faults)
    if made.has_database and (found.chain.entries, found.chain.digest) != (made.entries, made.digest):
        faults.append(f"the chain ends at entry {found.chain.entries}, at {made.entries} when it was backed up")
    if as_json:
        facts = {"plans": found.plans, "snapshots": found.snapshots, "entries": found.chain.entries}
        more = {"digest": found.chain.digest, "faults": faults, "files": made.files}
        click.echo(json.dumps({"format": 1, "command": "restore", **facts, **more}, sort_keys=True))
    else:
        for fault in faults:
            click.echo(fault, err=True)
        verdict = f"{len(faults)} faults" if faults else "all as they were"
        click.echo(
            f"{made.files:,} files restored; {found.plans} plans, {found.snapshots} snapshots and "
            f"{found.chain.entries:,} audit entries verified: {verdict}. The chain ends in {found.chain.digest}"
        )
    sys.exit(1 if faults else 0)


def _home(home: Path | None) -> Path:
    return (home or Path(os.environ.get("EQUIPOISE_HOME") or "equipoise-home")).resolve()
