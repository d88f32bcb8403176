"""Real texts through the public chat, as people would: `make journey`."""
