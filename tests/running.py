"""`refimpl run` in this process, for the tests of what it finds and of what it refuses."""

from click.testing import CliRunner, Result

from refimpl import cli
from refimpl.errors import RefimplError


def invoke(*arguments: object, stdin: str | bytes | None = None) -> Result:
    """One run; errors of the family are raised."""
    return CliRunner().invoke(cli.commands, ["run", *map(str, arguments)], input=stdin, catch_exceptions=False)


def refused(*arguments: object, stdin: str | bytes | None = None) -> RefimplError:
    """The error of a run, whose message is one sentence, before anything is printed."""
    done = CliRunner().invoke(cli.commands, ["run", *map(str, arguments)], input=stdin)
    assert isinstance(done.exception, RefimplError), (done.output, done.exception)
    assert done.stdout == ""
    assert len(str(done.exception).splitlines()) == 1
    return done.exception
