"""Risk: what may run short, how likely, and what hangs on it."""
