"""The demo meeting: its content, its people, and a day that plays itself."""
