"""Programs too large for one solve: component prices, items one by one, bounds and repair."""
