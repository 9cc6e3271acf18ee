"""Jobs: long computations with progress, done by one worker at a time under a lease."""
