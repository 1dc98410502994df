"""`python -m provenance.cli`."""

from provenance.__main__ import main

if __name__ == "__main__":
    main()
