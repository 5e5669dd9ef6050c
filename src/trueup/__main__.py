"""`python -m trueup`."""

import sys

if __name__ == "__main__":
    if __package__ and not sys.flags.safe_path:
        # Python has put the current folder first: that is the project, whose json.py must not be imported.
        del sys.path[0]
    from trueup.cli.main import console_main

    console_main()
