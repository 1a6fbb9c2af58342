"""Places in a meeting: what they cost, who holds and who pays for them, and who has come."""
