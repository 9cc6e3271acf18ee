"""What binds the plan and what it is worth, what is short and why, what supply offers for it, and the network's map."""
