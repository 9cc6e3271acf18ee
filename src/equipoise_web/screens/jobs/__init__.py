"""Jobs: long computations, how far they are, and the button that stops them."""
