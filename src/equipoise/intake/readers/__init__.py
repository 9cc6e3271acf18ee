"""Readers: one file per format. Each turns bytes into rows of text with the line on which each row stands."""
