"""What is measured: each module has `measure(bench, size, say)`, which returns its figures, ready for JSON."""
