"""Scenarios: branch, compare, merge what was found good into the plan of the cycle."""
