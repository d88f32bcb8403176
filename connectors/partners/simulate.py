"""All local counterparts together, for `xiansuo simulate systems` and for tests."""

import json
from collections.abc import Callable, Mapping

from connectors.case_system import simulator as case_system
from connectors.credit_platform import simulator as credit_platform
from connectors.internet_supervision import simulator as internet_supervision
from connectors.partners.counterpart import Counterpart
from connectors.random_inspection import simulator as random_inspection

MAKERS: Mapping[str, Callable[[str, str], Counterpart]] = {
    "credit_platform": credit_platform.counterpart,
    "random_inspection": random_inspection.counterpart,
    "internet_supervision": internet_supervision.counterpart,
    "case_system": case_system.counterpart,
}


def all_counterparts(app_id: str, secret: str) -> list[Counterpart]:
    return [make(app_id, secret) for make in MAKERS.values()]


def discipline_sample(base_url: str, app_id: str, secret: str, receiver_key: str) -> str:
    """The part of a configuration for the discipline inspection body's counterpart."""
    return (
        f"discipline:\n  url: {base_url}/discipline\n  app_id: {app_id}\n"
        f"  secret: {json.dumps(secret)}\n  receiver_key: {json.dumps(receiver_key)}\n"
    )


def sample_file(base_url: str, app_id: str, secret: str) -> str:
    """A configuration (YAML) with which an intake on this machine talks to them."""
    lines = []
    for name in MAKERS:
        lines += [
            f"{name}:",
            f"  url: {base_url}/{name}",
            f"  app_id: {app_id}",
            f"  secret: {json.dumps(secret)}",
        ]
    return "\n".join(lines) + "\n"
