"""Exceptions: what has money at stake, who looks after it, until when it may rest."""
