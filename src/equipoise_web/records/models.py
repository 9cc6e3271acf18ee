"""Models, one file each; Django looks for them here."""

from equipoise_web.records.published_plan import PublishedPlan

__all__ = ["PublishedPlan"]
