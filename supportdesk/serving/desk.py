"""`serve`: from nothing to a running desk, and back to nothing.

Each step says what it does, and what was started is stopped in the opposite order, however it ends.
"""

import asyncio
import subprocess

from supportdesk.config import StartupError, get_settings, override
from supportdesk.serving import database, frontend, server
from supportdesk.serving.child import Stopped, stoppable
from supportdesk.serving.first_steps import furnish, require_embedded_for_demo, sum_up
from supportdesk.serving.progress import say, seconds


def serve(port: int | None, host: str | None, *, demo: bool) -> None:
    """Run the desk until it is told to stop."""
    settings = override(port=port) if port else get_settings()
    if demo:
        require_embedded_for_demo()
    host = host or _default_host(demo=demo)
    try:
        with stoppable():
            server.require_free_port(host, settings.port)
            with database.ready():
                build = frontend.ensure()
                link = asyncio.run(furnish(demo=demo))
                asyncio.run(sum_up())
                say("Starting the web server ...")
                with server.running(host, settings.port, build) as process:
                    _welcome(link)
                    _stay(process)
    except Stopped:
        say("Stopped.")


def _default_host(*, demo: bool) -> str:
    """Stay private until somebody says where the desk is to be reached.

    Without a base URL no browser elsewhere could use it, and the demo's passwords are known.
    """
    return "127.0.0.1" if demo or get_settings().is_local else "0.0.0.0"


def _welcome(link: str | None) -> None:
    say(f"Ready after {seconds()}: {get_settings().base_url}")
    if link:
        say(f"There is no admin yet. Create the first one here, once: {link}")


def _stay(process: subprocess.Popen[bytes]) -> None:
    code = process.wait()
    raise StartupError(f"The web server ended by itself with code {code}.")
