"""The CRMs on loopback that tests of the connectors use too."""

from tests.crm.conftest import client, demo, hasty, served_demo

__all__ = ["client", "demo", "hasty", "served_demo"]
