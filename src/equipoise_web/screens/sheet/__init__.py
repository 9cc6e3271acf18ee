"""The S&OP family sheet: one family's demand, production and inventory, past and plan."""
