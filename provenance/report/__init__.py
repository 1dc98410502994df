"""Turning what was decided into what a person reads and a script parses. Decides nothing."""
