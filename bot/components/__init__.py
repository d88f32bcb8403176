"""Own graph components of the Rasa pipeline."""
