"""The pages, one file each: composition of `ui` and nothing else. What exists is listed here."""

from collections.abc import Callable
from dataclasses import dataclass

import reflex as rx

from supportdesk import routes
from supportdesk.pages.account import account
from supportdesk.pages.admin.audit import audit as admin_audit
from supportdesk.pages.admin.people import person, sellers, users
from supportdesk.pages.admin.reports import reports as admin_reports
from supportdesk.pages.admin.requests import requests as admin_requests
from supportdesk.pages.admin.settings import settings as admin_settings
from supportdesk.pages.admin.teams import teams as admin_teams
from supportdesk.pages.admin.tickets import tickets as admin_tickets
from supportdesk.pages.buyer.tickets import tickets as buyer_tickets
from supportdesk.pages.public.forgot_password import forgot_password
from supportdesk.pages.public.home import home
from supportdesk.pages.public.invite import invite
from supportdesk.pages.public.login import login
from supportdesk.pages.public.not_found import not_found
from supportdesk.pages.public.reset_password import reset_password
from supportdesk.pages.public.setup import setup
from supportdesk.pages.public.signup import signup
from supportdesk.pages.seller.tickets import tickets as seller_tickets

NAME = "supportdesk"


@dataclass(frozen=True, slots=True)
class Page:
    """What there is at `route`; `on_load` names what happens on arriving there."""

    route: str
    component: Callable[[], rx.Component]
    title: str
    on_load: str = ""


PAGES = [
    Page(routes.HOME, home, NAME, "home"),
    Page(routes.LOGIN, login, f"Sign in · {NAME}", "sign_in"),
    Page(routes.SIGNUP, signup, f"Create an account · {NAME}", "sign_up"),
    Page(routes.SETUP, setup, f"Set up · {NAME}", "setup"),
    Page(routes.INVITE, invite, f"Join · {NAME}", "invite"),
    Page(routes.FORGOT_PASSWORD, forgot_password, f"Forgot password · {NAME}"),
    Page(routes.RESET_PASSWORD, reset_password, f"Set a new password · {NAME}", "reset_password"),
    Page(routes.NOT_FOUND, not_found, f"Page not found · {NAME}"),
    Page(routes.tickets_page("buyer"), buyer_tickets, f"My tickets · {NAME}", "workspace"),
    Page(routes.tickets_page("seller"), seller_tickets, f"Tickets · {NAME}", "workspace"),
    Page(routes.tickets_page("admin"), admin_tickets, f"All tickets · {NAME}", "workspace"),
    Page(routes.ACCOUNT, account, f"Account · {NAME}", "account"),
    Page(routes.ADMIN_USERS, users, f"Users · {NAME}", "users"),
    Page(routes.ADMIN_SELLERS, sellers, f"Sellers · {NAME}", "sellers"),
    Page(routes.PERSON_PAGE, person, f"Person · {NAME}", "person"),
    Page(routes.ADMIN_REQUESTS, admin_requests, f"Chat requests · {NAME}", "requests"),
    Page(routes.ADMIN_TEAMS, admin_teams, f"Teams · {NAME}", "teams"),
    Page(routes.ADMIN_SETTINGS, admin_settings, f"Settings · {NAME}", "settings"),
    Page(routes.ADMIN_REPORTS, admin_reports, f"Reports · {NAME}", "reports"),
    Page(routes.ADMIN_AUDIT, admin_audit, f"Audit log · {NAME}", "audit"),
]
