"""A support desk for marketplaces: buyers ask, sellers answer, admins see to it all."""

__version__ = "0.1.0"
