"""The second tier: a finite plan by rules, in the time of a thought, with its whole cost."""
