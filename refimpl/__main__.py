"""python -m refimpl."""

from refimpl.cli import main

main()
