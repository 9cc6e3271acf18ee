"""Findings: what is wrong or assumed in the data and the plan."""
