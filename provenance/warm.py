"""Importing this loads all that workers need: for the process that they are forked from, so that each starts with it.

Nothing of it is ever garbage, so nobody looks for any until a worker is at work.
"""

import gc
from importlib import import_module

gc.disable()
for _name in ("provenance.credentials.warm", "provenance.examine", "provenance.pool", "pebble", "zstandard"):
    import_module(_name)
