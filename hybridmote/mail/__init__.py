"""Letters: what is to be sent is a row beside what caused it; the worker makes the text and sends it."""
