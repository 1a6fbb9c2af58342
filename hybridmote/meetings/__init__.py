"""The meeting itself: what it is called, when and where it is, and what is on now."""
