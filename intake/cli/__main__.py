"""`python -m intake.cli`: the commands without an installed `xiansuo`."""

from intake.cli import main

main()
