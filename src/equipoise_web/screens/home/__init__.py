"""Home: where the cycle stands, what waits for me, what is at stake, what changed since I was here."""
