"""The applications of `refimpl run`: commands with options of their own beside the tasks, one module for each."""

import click

COMMANDS: dict[str, click.Command] = {}
"""By the name that stands in the place of a task; `refimpl run NAME --help` tells the rest."""


class TaskOrApplication(click.Command):
    """A command whose first word may name an application, which then takes over with all that follows."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: object
    ) -> click.Context:
        """Return the context of the application, if one is named, else that of the command itself."""
        if args and args[0] in COMMANDS:
            return COMMANDS[args[0]].make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the applications below the options."""
        with formatter.section("Applications, each with a --help of its own"):
            formatter.write_dl([(name, command.get_short_help_str(90)) for name, command in COMMANDS.items()])
