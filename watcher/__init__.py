"""Which files are there and finished. Knows nothing of what they are, and imports nothing of `provenance`."""
