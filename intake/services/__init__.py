"""Use cases: one file, one verb, one transaction."""
