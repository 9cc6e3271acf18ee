"""Audit: who did what, and whether the chain is whole."""
