"""Any two published plans, compared."""
