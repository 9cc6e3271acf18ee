"""Which forecasts are worth having, and why one is as it is: history, members, fan, errors by lag."""
