"""`python -m hybridmote` is the `hybridmote` command."""

from .cli import main

main()
