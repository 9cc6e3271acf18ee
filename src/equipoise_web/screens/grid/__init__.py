"""The planning grid: where planners live."""
