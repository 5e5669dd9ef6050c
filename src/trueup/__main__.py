"""`python -m trueup`."""

from trueup.cli.main import console_main

if __name__ == "__main__":
    console_main()
