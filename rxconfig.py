"""How Reflex runs the desk; everything an operator may choose is in `supportdesk/config.py`.

Reflex's automatic setters, which any browser could call, are off by default since 0.9. Its `db_url`
stays unset: the database is ours alone to reach, through `transaction(actor)`.
"""

import reflex as rx
from reflex_base.plugins.sitemap import SitemapPlugin

from supportdesk.config import get_settings

settings = get_settings()

config = rx.Config(
    app_name="supportdesk",
    cors_allowed_origins=list(settings.allowed_origins),
    trusted_proxy_hops=settings.trusted_proxy_hops,
    transport="websocket",
    state_manager_mode=rx.constants.StateManagerMode.MEMORY,
    # How long a tab that has gone is waited for; the hub keeps those that are connected.
    redis_token_expiration=5 * 60,
    telemetry_enabled=False,
    show_built_with_reflex=False,
    disable_plugins=[SitemapPlugin],
)
