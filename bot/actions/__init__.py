"""Actions of the bot, run inside the Rasa process: slots and metadata in, events, words and commands out."""
