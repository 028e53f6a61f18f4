"""`python -m reviewhub` is the command `reviewhub`."""

from reviewhub.cli import main

main()
