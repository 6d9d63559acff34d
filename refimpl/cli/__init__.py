"""The command line, and the only place that prints.

Exit status: 0 when all is well, 1 when a peer fails a case or a certificate is refuted, 2 for wrong usage or input.
"""

import os
import sys

import click

import refimpl
from refimpl.cli.cases import certify, generate, list_cases, show
from refimpl.cli.console import INTERRUPTED, MISUSED
from refimpl.cli.exchange import dump, score
from refimpl.cli.run import run
from refimpl.cli.serve import serve
from refimpl.cli.verify import verify
from refimpl.errors import BadInput, RefimplError
from refimpl.oracle.visible import visible


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(refimpl.__version__, prog_name="refimpl")
def commands() -> None:
    """Is this implementation of K-means or EM right? Certified golden cases, and judgement by them.

    \b
      refimpl list                          the golden cases
      refimpl show coins.run/lecture-10     one of them, as the lecture prints it
      refimpl verify scikit-learn           an implementation held against all of them
      refimpl verify --exec "./mykm"        a program of your own, in any language
      refimpl dump, refimpl score           the same by files, without a protocol
      refimpl serve                         the reference as a program that answers with proven digits
      refimpl certify                       the proof of every case, checked again
      refimpl generate                      all cases, made again from the catalogue
      refimpl run kmeans.fit data.csv       an algorithm on your own data
      refimpl run palette photo.jpg --k 8   one of the lectures' applications; see refimpl run --help
    """


for command in (verify, list_cases, show, certify, generate, run, serve, dump, score):
    commands.add_command(command)


def _sentence(error: Exception) -> str:
    """Return the message of an error on one line, without what would steer the terminal."""
    return visible(str(error).replace("\n", " "))


def main() -> None:
    """Run the command line; every error is one sentence."""
    try:
        commands.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(MISUSED)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except BadInput as error:
        click.echo(f"refimpl: {_sentence(error)}", err=True)
        sys.exit(MISUSED)
    except RefimplError as error:
        click.echo(f"refimpl: {error.kind}: {_sentence(error)}", err=True)
        sys.exit(MISUSED)
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except UnicodeEncodeError as error:  # data, which are not printed in part, or with other characters
        lacking = f"{error.encoding}, which has no {error.object[error.start : error.end]!r}"
        way = "set PYTHONIOENCODING=utf-8, or name a file with --output"
        click.echo(f"refimpl: standard output is in {lacking}; {way}", err=True)
        sys.exit(MISUSED)
    except OSError as error:
        click.echo(f"refimpl: {error.filename or 'standard output'}: {error.strerror or error}", err=True)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(MISUSED)
    except Exception as error:
        if os.environ.get("REFIMPL_TRACEBACK"):
            raise
        said = f"{type(error).__name__}: {error}"
        click.echo(f"refimpl: internal: {said}; this is a fault of refimpl: please report the command", err=True)
        sys.exit(MISUSED)
