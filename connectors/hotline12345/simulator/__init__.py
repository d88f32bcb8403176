"""A 12345 hotline on this machine, for development and tests."""

from connectors.hotline12345.simulator.server import make_app, serve

__all__ = ["make_app", "serve"]
