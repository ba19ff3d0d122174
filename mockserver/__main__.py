"""`python -m mockserver` is the same as the installed `mockserver`."""

import sys

from mockserver.command.cli import main

if __name__ == "__main__":
    sys.exit(main())
