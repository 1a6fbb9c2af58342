"""The room polls: a question with answers to choose from, put to everyone at once."""
