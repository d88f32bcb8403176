"""The bot process: Rasa behind loopback, one model, one token, few routes.

Rasa's own server would take the newest archive it finds, or start with none,
accept 100 MB bodies and offer routes that replace the model. This one serves
exactly the archive asked for and ends when it cannot.
"""

from __future__ import annotations

import argparse
import hmac
import json
import logging
import os
import sys
import warnings
from pathlib import Path
from typing import Any, Optional, Text

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
os.environ.setdefault("SANIC_WORKERS", "1")
warnings.filterwarnings("ignore")
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from leaner import make_lean  # noqa: E402 - found beside this file

log = logging.getLogger("bot")
MAX_BODY = 256 * 1024
OPEN_PATHS = ("/", "/status", "/webhooks/rest/webhook")


def in_process_endpoint() -> Any:
    """Rasa's action endpoint without the HTTP hop: the actions run here (measured 18 ms a turn less)."""
    from rasa.utils.endpoints import EndpointConfig
    from rasa_sdk.executor import ActionExecutor

    class InProcess(EndpointConfig):
        def __init__(self) -> None:
            super().__init__(url="in-process://actions", enable_selective_domain=True)
            self.executor = ActionExecutor()
            self.executor.register_package("actions")

        async def request(
            self, method: Text = "post", subpath: Optional[Text] = None, **kw: Any
        ) -> Optional[Any]:
            result = await self.executor.run(kw["json"])
            return (
                result if isinstance(result, dict) else result.dict() if hasattr(result, "dict") else result
            )

    return InProcess()


def guard(app: Any, token: Text) -> None:
    """Only the routes that intake uses, only with the token."""
    from sanic import response

    @app.on_request
    async def check(request: Any) -> Any:
        path = request.path.rstrip("/") or "/"
        is_event = path.startswith("/conversations/") and path.endswith("/trigger_intent")
        if path not in OPEN_PATHS and not is_event:
            return response.json({"error": "not found"}, status=404)
        if path != "/" and not hmac.compare_digest(request.args.get("token", "").encode(), token.encode()):
            return response.json({"error": "token"}, status=401)
        return None


def serve(model: Path, port: int, token: Text, tracker_db: Path) -> None:
    if not model.is_file():
        raise SystemExit(f"bot: no model {model}; run `python -m train`")
    from functools import partial

    import rasa.core.run as run
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.endpoints import EndpointConfig
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    logging.getLogger("sanic.root").setLevel(logging.WARNING)
    make_lean()
    tracker_db.parent.mkdir(parents=True, exist_ok=True)
    store = EndpointConfig(type="tracker.KeptTrackers", dialect="sqlite", db=str(tracker_db))
    endpoints = AvailableEndpoints(action=in_process_endpoint(), tracker_store=store)
    channels = run.create_http_input_channels("rest", None)
    app = run.configure_app(channels, cors=None, auth_token=token, enable_api=True, port=port)
    app.config.REQUEST_MAX_SIZE = MAX_BODY
    app.config.ACCESS_LOG = False
    guard(app, token)

    async def load(app: Any, loop: Any) -> None:
        await run.load_agent_on_start(str(model), endpoints, None, app, loop)
        if not app.ctx.agent or not app.ctx.agent.is_ready():
            log.error("bot: the model cannot be loaded: %s", model.name)
            os._exit(3)
        print(json.dumps({"event": "bot ready", "model": model.name}), flush=True)

    app.register_listener(load, "before_server_start")
    app.register_listener(partial(run.close_resources), "after_server_stop")
    app.run(host="127.0.0.1", port=port, backlog=256, workers=1, access_log=False, motd=False)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m server")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--port", type=int, default=5005)
    args = parser.parse_args()
    token = os.environ.get("BOT_TOKEN", "")
    if len(token) < 16:
        raise SystemExit("bot: BOT_TOKEN must be set (at least 16 characters)")
    logging.basicConfig(level="WARNING", stream=sys.stderr)
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    tracker_db = Path(os.environ.get("BOT_TRACKER_DB", HERE.parent / "var" / "bot.db"))
    serve(args.model.resolve(), args.port, token, tracker_db)


if __name__ == "__main__":
    main()
