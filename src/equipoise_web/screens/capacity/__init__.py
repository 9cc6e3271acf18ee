"""Capacity: what is asked of every resource, what is behind it, and what another capacity would do."""
