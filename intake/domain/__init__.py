"""Plain Python: codes, law, clocks and rules; no framework."""
