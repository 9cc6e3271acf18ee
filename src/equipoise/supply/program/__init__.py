"""A linear program in arrays: its blocks, its solver, whole numbers, and the columns near a basis."""
