"""HTML pages for citizens and staff."""

from fastapi import FastAPI


def install(app: FastAPI) -> None:
    """Mount the pages on `app`."""
