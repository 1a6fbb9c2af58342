"""What staff take with them from a meeting: files of its questions, and the record of what staff did."""
