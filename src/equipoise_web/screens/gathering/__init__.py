"""Data Gathering on screen: the month's draft from its first file to its sealing."""
