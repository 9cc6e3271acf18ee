"""The frame of every page: top bar, context bar, look, sign-in, and the way to the latest plan."""
