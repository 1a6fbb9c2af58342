"""The room slides: the pages of a PDF, turned together."""
