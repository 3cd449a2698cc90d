"""The `supportdesk` command. Each subcommand translates its arguments and calls one function."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from supportdesk.config import StartupError
from supportdesk.serving.child import Stopped, stoppable
from supportdesk.serving.progress import say

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)

Port = Annotated[int | None, typer.Option(min=1, max=65535, help="Port to serve on (3000).")]
Host = Annotated[str | None, typer.Option(help="Address to listen on.")]
Demo = Annotated[
    bool, typer.Option("--demo", help="Fill an empty desk with demo people and tickets.")
]

Tickets = Annotated[
    int | None, typer.Option(min=1, help="How many tickets to make up; none: the demo.")
]
Messages = Annotated[
    int | None, typer.Option(min=1, help="How many messages they have together (10 each).")
]


@contextmanager
def one_sentence() -> Iterator[None]:
    """An error that we understand is one sentence and exit code 1, not a traceback."""
    from supportdesk.domain.errors import DomainError

    try:
        yield
    except (StartupError, DomainError) as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from None
    except Stopped:
        raise typer.Exit(130) from None


@contextmanager
def left_at_once() -> Iterator[None]:
    """End the process where the block ends. Threads of obstore may still be letting go of objects
    of Python, which aborts when it takes itself down meanwhile, its work well done."""
    code = 0
    try:
        yield
    except typer.Exit as told:
        code = told.exit_code
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


@app.command()
def serve(port: Port = None, host: Host = None, demo: Demo = False) -> None:
    """Serve the desk: database, pages and everything, on one port."""
    from supportdesk.serving import desk

    with one_sentence():
        desk.serve(port, host, demo=demo)


@app.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""
    from supportdesk.serving import database

    with one_sentence(), stoppable(), database.ready():
        say("The database is up to date.")


@app.command()
def seed(tickets: Tickets = None, messages: Messages = None) -> None:
    """Fill an empty desk with the demo, or with as many tickets as you say."""
    from supportdesk.serving import database, first_steps

    with one_sentence():
        first_steps.require_embedded_for_demo()
        with stoppable(), database.ready():
            if tickets is None:
                asyncio.run(first_steps.load_demo())
            else:
                first_steps.load_tickets(tickets, messages)


@app.command()
def backup(file: Path) -> None:
    """Write the whole desk, its files too, into one file. It may be served meanwhile."""
    from supportdesk.serving import backup as backups
    from supportdesk.serving import database

    with left_at_once(), one_sentence(), stoppable(), database.ready():
        count = asyncio.run(backups.save(file))
        say(f"The desk is in {file}, with {count} files.")


@app.command()
def restore(file: Path) -> None:
    """Make the desk of a backup out of an empty one, which nobody serves meanwhile."""
    from supportdesk.serving import backup as backups
    from supportdesk.serving import database

    with left_at_once(), one_sentence(), stoppable(), database.ready():
        count = asyncio.run(backups.load(file))
        say(f"The desk is as it was, with {count} files.")


@app.command()
def create_admin(
    email: Annotated[str, typer.Option(prompt=True)],
    name: Annotated[str, typer.Option(prompt=True)],
) -> None:
    """Create the first admin of an empty desk. Asks for the password."""
    from supportdesk.serving import database, first_steps

    # Never an option: what is on a command line, everybody on the machine can read.
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    with one_sentence(), stoppable(), database.ready():
        asyncio.run(first_steps.create_admin(email, name, password))
        say(f"{email} can sign in as an admin now.")


@app.command()
def reset_link(email: Annotated[str, typer.Option(prompt=True)]) -> None:
    """Print a link with which an admin who forgot the password sets a new one."""
    from supportdesk.serving import database, first_steps

    with one_sentence(), stoppable(), database.ready():
        say(f"This link works once, within a day: {first_steps.reset_link(email)}")
