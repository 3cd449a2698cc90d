"""The teams of the staff, for admins to manage."""

import reflex as rx

from supportdesk.state.teams import TeamsState
from supportdesk.ui.dashboard import dashboard
from supportdesk.ui.places import TEAMS
from supportdesk.ui.teams import new_team, teams_section


def teams() -> rx.Component:
    return dashboard(TEAMS, TeamsState.error, TeamsState.loaded, teams_section(), beside=new_team())
