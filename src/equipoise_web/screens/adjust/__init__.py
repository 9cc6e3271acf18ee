"""The one form by which people change the plan, the list of what they changed, and the page of one change."""
