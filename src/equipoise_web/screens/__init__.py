"""Screens: a folder per page with its views, addresses, templates and tests."""
