"""Text to Classification: normalise, tokenise, score, extract, explain."""
