"""The write door: one file per verb. Every change of the database goes through here."""
