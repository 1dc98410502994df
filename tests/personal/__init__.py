"""The personal store."""
