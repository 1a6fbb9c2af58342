"""Who takes part, in which roles, and by which links; the record of what staff did."""
