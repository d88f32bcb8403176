"""docs/openapi.json is what the application says of itself; the contract's calls are there."""

import json
from pathlib import Path

import pytest

from intake.main import create_app
from intake.settings import Settings

SPEC = create_app(Settings(_env_file=None)).openapi()


def test_the_committed_description_is_current():
    assert json.loads(Path("docs/openapi.json").read_text("utf-8")) == SPEC, "run `make openapi`"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "/api/v1/chat/messages"),
        ("get", "/api/v1/chat/events"),
        ("post", "/api/v1/complaints"),
        ("post", "/api/v1/complaints/lookup"),
        ("post", "/api/v1/complaints/{number}/supplements"),
        ("post", "/api/v1/complaints/{number}/withdraw"),
        ("post", "/api/v1/complaints/{number}/rating"),
        ("get", "/api/v1/leads"),
        ("get", "/api/v1/leads/{number}"),
        ("get", "/api/v1/queues"),
        ("post", "/api/v1/leads/{number}/{step}"),
        ("post", "/api/v1/leads/{number}/reveal-identity"),
        ("post", "/api/v1/external/{source}/work-orders"),
        ("post", "/api/v1/external/{source}/work-orders/{number}/events"),
        ("get", "/api/v1/external/{source}/changes"),
        ("get", "/healthz"),
        ("get", "/readyz"),
        ("get", "/metrics"),
    ],
)
def test_a_call_of_the_contract_is_there_and_described(method, path):
    assert SPEC["paths"][path][method]["description"]
