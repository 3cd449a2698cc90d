"""What has happened at the desk, for admins to look up."""

import reflex as rx

from supportdesk.state.audit import AuditState
from supportdesk.ui.audit import export_links, log
from supportdesk.ui.dashboard import dashboard
from supportdesk.ui.places import AUDIT


def audit() -> rx.Component:
    return dashboard(AUDIT, AuditState.error, AuditState.loaded, log(), beside=export_links())
