"""The programme: what is planned, what is on, and how late we are."""
