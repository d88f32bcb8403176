"""Ways in for conversations: verify, store, answer."""
