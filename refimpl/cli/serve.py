"""The command serve: the reference, or an adapter in Python, behind the wire protocol."""

import sys

import click

from refimpl.errors import BadInput


@click.command()
@click.option("--digits", type=click.IntRange(1, 2000), default=50, show_default=True, help="Certified digits.")
@click.option("--module", "place", metavar="MODULE:OBJECT", help="Serve this adapter in place of the reference.")
def serve(digits: int, place: str | None) -> None:
    """Answer requests on standard input, one JSON object a line, with certified digits.

    Whoever can start a program can ask the reference about any input, not only about golden cases:

    \b
      {"cmd": "hello", "protocol": 1}
      {"cmd": "run", "seq": 1, "task": "kmeans.step", "params": {},
       "input": {"points": [["0"], ["1"], ["5"]], "centers": [["0"], ["5"]]}}
      {"cmd": "bye"}

    Each message stands on a line of its own. Exact results are integers or fractions; a decimal has at least
    --digits certified digits: the truth lies within one unit of the last one. `refimpl verify --exec "refimpl serve"`
    holds the reference itself against the golden cases.
    """
    from refimpl.oracle.peers import serving
    from refimpl.oracle.peers.module import load
    from refimpl.oracle.reference import Reference

    if sys.stdin is not None and sys.stdin.isatty():
        click.echo("refimpl serve: reading requests, one JSON object a line; end with Ctrl-D", err=True)
    requests, answers = serving.own_pipes()
    try:
        peer = load(place) if place else Reference(digits)
        serving.serve(peer, requests, answers)
    except BrokenPipeError:
        raise BadInput("whoever asked is gone") from None
