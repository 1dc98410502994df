"""The daemon: watches, records, judges what lies in final zones, and says how it does."""
