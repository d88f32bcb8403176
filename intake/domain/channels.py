"""The ways a complaint comes in: data/channels.csv. Trusted ones are open to reporters with an account only."""

from intake.domain.tables import rows

LABELS = {row["code"]: row["label"] for row in rows("channels")}
TRUSTED = tuple(row["code"] for row in rows("channels") if row["is_trusted"] == "1")
