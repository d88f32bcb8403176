"""Settings: environment variables XIANSUO_* (a .env file is read), read once in bootstrap.

Outside development a default secret is refused at start: `check` says which.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from connectors.hotline12345.field_map import AS_IT_IS, FieldMap
from connectors.hotline12345.field_map_file import WrongFieldMap, load_field_map
from connectors.policies.agreed import agreed
from connectors.wechat.crypto import MessageSeal

DEV_SECRET = "development-only-secret-do-not-use"  # noqa: S105
DEV_DATA_KEY = "dev:ZGV2ZWxvcG1lbnQtb25seS1kYXRhLWtleS0zMmJ5dGU="
DEV_TOKEN = "development-only-bot-token"  # noqa: S105
DEV_HOTLINE_SECRET = "development-only-hotline-secret"  # noqa: S105
DEV_PASSWORD = "kaifa-zhuanyong-2026"  # noqa: S105


class UnsafeSettings(Exception):
    """A setting that cannot or must not be used; the message says which and what to do."""


class Settings(BaseSettings):
    """One value a variable; the names are the contract's (docs/operations.md)."""

    model_config = SettingsConfigDict(env_prefix="XIANSUO_", env_file=".env", extra="ignore")

    env: Literal["development", "production"] = "development"
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    var_dir: Path = Path("var")
    database_url: str = ""
    model_dir: Path | None = None
    data_dir: Path = Path("nlu_data")
    secret_key: SecretStr = SecretStr(DEV_SECRET)
    data_key: SecretStr = SecretStr(DEV_DATA_KEY)
    bot_url: str = "http://127.0.0.1:5005"
    bot_token: SecretStr = SecretStr(DEV_TOKEN)
    bot_timeout_s: float = 8.0
    hotline_url: str | None = None
    hotline_port: int = Field(8012, ge=1, le=65535)
    hotline_app_id: str = "xiansuo"
    hotline_secret: SecretStr = SecretStr(DEV_HOTLINE_SECRET)
    # Calls a second, all workers together, as published to the hotline.
    hotline_rate: float = Field(20.0, ge=0.1, le=1000)
    hotline_timeout_s: float = Field(15.0, ge=1, le=60)
    # The longest wait before a message is tried again; a message is tried for a day at least, whatever this says.
    delivery_longest_wait_s: float = Field(1800.0, ge=1, le=7200)
    # HMAC-SHA256, HMAC-SM3 or SM2; none, SM4-GCM or SM4-CBC: agreed with the hotline (connectors/policies).
    hotline_signature: str = "HMAC-SHA256"
    hotline_sm2_private_key: SecretStr = SecretStr("")
    hotline_sm2_public_key: str = ""
    hotline_seal: str = "none"
    hotline_sm4_key: SecretStr = SecretStr("")
    # Their names, codes and formats as YAML, when they are not the canonical ones.
    hotline_field_map: Path | None = None
    # The ministry's platform (司法部行政执法监督批评建议平台) calls us with a key of its own; "" switches it off.
    moj_app_id: str = ""
    moj_secret: SecretStr = SecretStr("")
    moj_signature: str = "HMAC-SHA256"
    # The government systems that are switched on (connectors/partners/README.md); none: all are off.
    partners_file: Path | None = None
    # Working days after which a missing receipt of the discipline inspection body counts as stuck.
    discipline_receipt_days: int = Field(5, ge=1, le=60)
    # WeChat (connectors/wechat/README.md): "" for the app id switches the channel off.
    wechat_account: str = "xiansuo"
    wechat_app_id: str = ""
    wechat_secret: SecretStr = SecretStr("")
    wechat_token: SecretStr = SecretStr("")
    wechat_aes_key: SecretStr = SecretStr("")
    wechat_mode: Literal["plain", "compatible", "encrypted"] = "encrypted"
    wechat_url: str = "https://api.weixin.qq.com"
    wechat_window_hours: int = Field(48, ge=1, le=720)
    wechat_most: int = Field(20, ge=1, le=1000)
    wechat_template: str = ""
    public_url: str = ""
    public_phone: str = "12345"
    # A reply is approved by somebody else than its writer: by default in production.
    four_eyes: bool | None = None
    # Who opens identities or administers signs in with a one-time code too: by default in production.
    require_totp: bool | None = None
    dev_password: SecretStr = SecretStr(DEV_PASSWORD)
    session_hours: int = Field(10, ge=1, le=72)
    # Evidence: "" is the folder evidence under var_dir; s3://bucket/prefix an S3-compatible store.
    evidence_url: str = ""
    evidence_endpoint: str | None = None
    evidence_access_key: SecretStr = SecretStr("")
    evidence_secret_key: SecretStr = SecretStr("")
    evidence_file_mb: int = Field(20, ge=1, le=100)
    evidence_video_mb: int = Field(200, ge=1, le=2000)
    evidence_files: int = Field(9, ge=1, le=20)
    evidence_case_mb: int = Field(600, ge=1, le=20_000)
    evidence_day_mb: int = Field(2000, ge=1, le=100_000)
    clamd: str | None = None
    trust_proxy: bool = False
    log_level: str = "INFO"

    @field_validator("partners_file", "hotline_field_map", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        """An empty variable means "not set", and not the folder we are in."""
        return value or None

    @property
    def is_development(self) -> bool:
        return self.env == "development"

    @property
    def models(self) -> Path:
        return self.model_dir or self.var_dir / "models"

    @property
    def database(self) -> str:
        """The database address with its asynchronous driver named."""
        url = self.database_url or f"sqlite+aiosqlite:///{self.var_dir / 'xiansuo.db'}"
        for plain, driven in (
            ("postgresql://", "postgresql+asyncpg://"),
            ("postgres://", "postgresql+asyncpg://"),
            ("sqlite://", "sqlite+aiosqlite://"),
        ):
            if url.startswith(plain):
                return driven + url.removeprefix(plain)
        return url

    @property
    def hotline(self) -> str:
        """Where the hotline answers: the city's own, or the local counterpart."""
        return self.hotline_url or f"http://127.0.0.1:{self.hotline_port}"

    @property
    def hotline_agreed(self) -> dict[str, str]:
        """What connectors.policies.agreed reads."""
        return {
            "signature": self.hotline_signature,
            "secret": self.hotline_secret.get_secret_value(),
            "sm2_private_key": self.hotline_sm2_private_key.get_secret_value(),
            "sm2_public_key": self.hotline_sm2_public_key,
            "seal": self.hotline_seal,
            "sm4_key": self.hotline_sm4_key.get_secret_value(),
        }

    def load_hotline_map(self) -> FieldMap:
        """raises: UnsafeSettings explaining every mistake in the file"""
        if self.hotline_field_map is None:
            return AS_IT_IS
        try:
            return load_field_map(self.hotline_field_map)
        except OSError as wrong:
            words = f"XIANSUO_HOTLINE_FIELD_MAP：不能读 {self.hotline_field_map}：{wrong.strerror}"
            raise UnsafeSettings(words) from wrong
        except WrongFieldMap as wrong:
            words = f"XIANSUO_HOTLINE_FIELD_MAP：{self.hotline_field_map} 有错：{wrong}"
            raise UnsafeSettings(words) from wrong

    def wechat_seal(self) -> MessageSeal | None:
        """None in plain mode. raises: ValueError for a key that cannot be one"""
        if self.wechat_mode == "plain":
            return None
        return MessageSeal(self.wechat_aes_key.get_secret_value(), self.wechat_app_id)

    @property
    def moj_agreed(self) -> dict[str, str]:
        """What connectors.policies.agreed reads."""
        return {"signature": self.moj_signature, "secret": self.moj_secret.get_secret_value(), "seal": "none"}

    def _check_moj(self) -> None:
        if not self.moj_app_id:
            return
        secret = self.moj_secret.get_secret_value()
        if len(secret) < 16 or secret == self.hotline_secret.get_secret_value():
            raise UnsafeSettings("XIANSUO_MOJ_SECRET 至少 16 位，且不能与热线的密钥相同")
        if self.moj_signature not in ("HMAC-SHA256", "HMAC-SM3"):
            raise UnsafeSettings("XIANSUO_MOJ_SIGNATURE 应为 HMAC-SHA256 或 HMAC-SM3")

    def _check_wechat(self) -> None:
        if not self.wechat_app_id:
            return
        missing = [
            name
            for name, value in (
                ("XIANSUO_WECHAT_SECRET", self.wechat_secret.get_secret_value()),
                ("XIANSUO_WECHAT_TOKEN", self.wechat_token.get_secret_value()),
                ("XIANSUO_WECHAT_ACCOUNT", self.wechat_account),
            )
            if not value
        ]
        if missing:
            raise UnsafeSettings(f"已填 XIANSUO_WECHAT_APP_ID，还缺 {'、'.join(missing)}")
        if not self.wechat_url.startswith(("https://", "http://")):
            raise UnsafeSettings("XIANSUO_WECHAT_URL 应以 https:// 开头")
        try:
            self.wechat_seal()
        except ValueError as wrong:
            raise UnsafeSettings(f"XIANSUO_WECHAT_AES_KEY：{wrong}") from wrong

    def check(self) -> None:
        """raises: UnsafeSettings for what cannot work, or a development secret in production"""
        try:
            agreed(self.hotline_agreed)
        except ValueError as wrong:
            words = f"12345 热线的安全设置（XIANSUO_HOTLINE_ 开头）不能用：{wrong}"
            raise UnsafeSettings(words) from wrong
        self.load_hotline_map()
        self._check_wechat()
        self._check_moj()
        if self.is_development:
            return
        defaults = {
            "XIANSUO_SECRET_KEY": self.secret_key.get_secret_value() == DEV_SECRET,
            "XIANSUO_DATA_KEY": self.data_key.get_secret_value() == DEV_DATA_KEY,
            "XIANSUO_BOT_TOKEN": self.bot_token.get_secret_value() == DEV_TOKEN,
            "XIANSUO_HOTLINE_SECRET": self.hotline_signature != "SM2"
            and self.hotline_secret.get_secret_value() == DEV_HOTLINE_SECRET,
        }
        unsafe = [name for name, is_default in defaults.items() if is_default]
        if len(self.secret_key.get_secret_value()) < 32:
            unsafe.append("XIANSUO_SECRET_KEY (at least 32 characters)")
        if unsafe:
            raise UnsafeSettings(
                f"正式环境不能使用默认密钥，请设置：{'、'.join(dict.fromkeys(unsafe))} (set these before starting)"
            )
