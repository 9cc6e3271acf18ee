"""Hours: what a resource is rated for, by calendar and shift, and how much of it a plan loads (rough cut, heat)."""
