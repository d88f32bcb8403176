"""All local counterparts together, for `xiansuo simulate systems` and for tests."""

import json
from collections.abc import Callable, Iterable, Mapping

from connectors.case_system import simulator as case_system
from connectors.credit_platform import simulator as credit_platform
from connectors.internet_supervision import simulator as internet_supervision
from connectors.moj_suggestions import simulator as moj_suggestions
from connectors.partners.counterpart import Counterpart
from connectors.province_platform import simulator as province_platform
from connectors.random_inspection import simulator as random_inspection

MAKERS: Mapping[str, Callable[[str, str], Counterpart]] = {
    "credit_platform": credit_platform.counterpart,
    "random_inspection": random_inspection.counterpart,
    "internet_supervision": internet_supervision.counterpart,
    "case_system": case_system.counterpart,
    "moj_suggestions": moj_suggestions.counterpart,
    "province_platform": province_platform.counterpart,
}


def all_counterparts(app_id: str, secret: str) -> list[Counterpart]:
    return counterparts(app_id, secret, MAKERS)


def counterparts(
    app_id: str, secret: str, names: Iterable[str], *, push: moj_suggestions.Push | None = None
) -> list[Counterpart]:
    """push: where the ministry's platform calls us, None when it waits to be asked"""
    return [
        moj_suggestions.counterpart(app_id, secret, push)
        if name == "moj_suggestions"
        else MAKERS[name](app_id, secret)
        for name in names
    ]


def discipline_sample(base_url: str, app_id: str, secret: str, receiver_key: str) -> str:
    """The part of a configuration for the discipline inspection body's counterpart."""
    return (
        f"discipline:\n  url: {base_url}/discipline\n  app_id: {app_id}\n"
        f"  secret: {json.dumps(secret)}\n  receiver_key: {json.dumps(receiver_key)}\n"
    )


def sample_file(base_url: str, app_id: str, secret: str, names: Iterable[str] = tuple(MAKERS)) -> str:
    """A configuration (YAML) with which an intake on this machine talks to them."""
    lines = []
    for name in names:
        lines += [
            f"{name}:",
            f"  url: {base_url}/{name}",
            f"  app_id: {app_id}",
            f"  secret: {json.dumps(secret)}",
        ]
    return "\n".join(lines) + "\n"
