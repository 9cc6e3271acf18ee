"""Adopt plans that the command line published into the home folder: verify the folder, then append its row."""

from pathlib import Path

from django.db import transaction

from equipoise.store import read_manifest
from equipoise.store_plans import is_plan, read_plan
from equipoise_web.records.models import PublishedPlan


def adopt_plans(home: Path) -> list[PublishedPlan]:
    """Append a row for every plan folder under `home/plans` that has none; returns the new rows, oldest folder first.

    A folder that is not what its manifest says raises and is not adopted.
    """
    known = set(PublishedPlan.objects.values_list("digest", flat=True))
    plans = home / "plans"
    folders = sorted((f for f in plans.iterdir() if is_plan(f)), key=_age) if plans.is_dir() else []
    adopted = []
    for folder in folders:
        manifest = read_manifest(folder)
        if manifest["id"] not in known:
            adopted.append(_adopt(folder, sum(entry["size"] for entry in manifest["files"].values())))
            known.add(manifest["id"])
    return adopted


def _age(folder: Path) -> float:
    return folder.stat().st_mtime


def _adopt(folder: Path, size: int) -> PublishedPlan:
    plan = read_plan(folder, is_checked=False)  # its caller has just compared every byte with the manifest
    with transaction.atomic():
        return PublishedPlan.objects.create(
            digest=plan.digest,
            folder=folder.name,
            fingerprint=plan.fingerprint,
            snapshot=plan.snapshot_id,
            company=plan.head.name,
            start=plan.head.start,
            bytes=size,
        )
