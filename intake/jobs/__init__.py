"""Loop bodies of the worker; the rules are in services."""
