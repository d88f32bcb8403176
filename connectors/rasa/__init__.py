"""The bot seen from intake: one turn of talk, one event told."""
