"""Records: what the database holds. Numbers live in immutable files beside it; a row is what makes them count."""
