"""How fast `provenance` is, measured beside what cannot be beaten: `python -m bench`, or `make bench`."""
