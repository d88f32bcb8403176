"""Put the house together from the settings: the one place that reads them."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from connectors.clamd.connector import Clamd
from connectors.hotline12345.connector import HotlineClient
from connectors.hotline12345.files import FileFetcher
from connectors.http import Limits
from connectors.partners.configuration import read_partners
from connectors.partners.systems import open_partners
from connectors.policies.agreed import agreed
from connectors.rasa.connector import RasaBot
from connectors.wechat.callback import Account
from connectors.wechat.connector import WechatApi
from intake.domain import agencies, places
from intake.domain.errors import StoreUnavailable
from intake.domain.workdays import load_calendar
from intake.services.add_account import add_account
from intake.services.evidence_room import MB, EvidenceLimits, EvidenceRoom
from intake.services.house import House, Organisation, Policy, Understanding
from intake.services.refresh_rules import refresh_rules
from intake.services.wechat_desk import WechatDesk
from intake.settings import Settings
from intake.store.crypto import KeyRing
from intake.store.database import Database
from intake.store.evidence_files import EvidenceFiles
from intake.store.migrate import upgrade
from intake.store.unit_of_work import Store

log = logging.getLogger(__name__)

RULES_S = 3.0

DEV_ACCOUNTS = (
    ("shi", "测试市级监督员", "city_supervisor", "411200-SF", "411200"),
    ("hubin", "测试湖滨区监督员", "supervisor", "411202-SF", "411202"),
    ("lvtong", "测试绿色通道专员", "green_channel_desk", "411200-SF", "411200"),
    ("rexian", "测试热线话务员", "hotline_operator", "411200-HOTLINE", "411200"),
    ("guanli", "测试系统管理员", "admin", "411200-SF", "411200"),
    ("shenji", "测试审计检查员", "inspector", "411200-SF", "411200"),
    ("teyao", "测试执法监督员", "supervisor_reporter", "411202-SF", "411202"),
    ("lianxi", "测试基层联系点", "contact_point", "411202-SF", "411202"),
)


@asynccontextmanager
async def open_house(settings: Settings, *, with_model: bool = True) -> AsyncIterator[House]:
    """The house with its doors open: database migrated, sessions to other systems ready.

    with_model: False for processes that classify nothing
    raises: UnsafeSettings; Misconfigured; ValueError for a malformed key ring; StoreUnavailable
    """
    settings.check()
    configured = read_partners(settings.partners_file) if settings.partners_file else {}
    database = Database(settings.database)
    store = Store(database, KeyRing(settings.data_key.get_secret_value()))
    await upgrade(database, settings.var_dir)
    async with aiohttp.ClientSession() as session:
        house = House(
            store=store,
            policy=_policy(settings),
            calendar=load_calendar(),
            clock=lambda: dt.datetime.now(dt.UTC),
            organisations=organisations(),
            region_names=region_names(),
            bot=RasaBot(
                settings.bot_url,
                settings.bot_token.get_secret_value(),
                session=session,
                timeout_s=settings.bot_timeout_s,
            ),
            hotline=_hotline(settings, session),
            understanding=load_model(settings) if with_model else None,
            evidence=evidence_room(settings),
            partners=open_partners(configured, session),
            wechat=wechat_desk(settings, session),
            their_files={"hotline12345": FileFetcher(settings.hotline, session)},
        )
        await refresh_rules(house=house)
        if settings.is_development and with_model:
            await _add_development_accounts(house, settings)
        watching = asyncio.create_task(_keep_rules_fresh(house))
        try:
            yield house
        finally:
            watching.cancel()
            await database.close()


async def _keep_rules_fresh(house: House) -> None:
    """A version put in force, or a calendar imported, by another process counts here within seconds."""
    while True:
        await asyncio.sleep(RULES_S)
        try:
            await refresh_rules(house=house)
        except StoreUnavailable:
            log.warning("cannot ask for the rules in force; those known stay")


def _hotline(settings: Settings, session: aiohttp.ClientSession) -> HotlineClient:
    return HotlineClient(
        settings.hotline,
        settings.hotline_app_id,
        settings.hotline_secret.get_secret_value(),
        session,
        trust=agreed(settings.hotline_agreed),
        field_map=settings.load_hotline_map(),
        limits=Limits(total_s=settings.hotline_timeout_s),
    )


def load_model(settings: Settings) -> Understanding | None:
    """The newest trained classifier; None (and everything goes to a person) when there is none."""
    # Here, not above: it takes a third of a worker's start and 100 MB, and a worker classifies nothing.
    from intake.classify import pipeline

    try:
        return pipeline.load(settings.models)
    except (OSError, ValueError) as error:
        log.error("no classifier: every complaint goes to a person", extra={"why": str(error)[:200]})
        return None


def evidence_room(settings: Settings) -> EvidenceRoom:
    """The file store and the scanner that the settings name.

    raises: ValueError for a scanner's address that cannot be one
    """
    options: dict[str, Any] = {}
    if settings.evidence_endpoint:
        options["endpoint"] = settings.evidence_endpoint
    if settings.evidence_access_key.get_secret_value():
        options["access_key_id"] = settings.evidence_access_key.get_secret_value()
        options["secret_access_key"] = settings.evidence_secret_key.get_secret_value()
    limits = EvidenceLimits(
        settings.evidence_file_mb * MB,
        settings.evidence_video_mb * MB,
        settings.evidence_files,
        settings.evidence_case_mb * MB,
        settings.evidence_day_mb * MB,
    )
    files = EvidenceFiles.at(settings.evidence_url, settings.var_dir / "evidence", **options)
    return EvidenceRoom(files, Clamd(settings.clamd) if settings.clamd else None, limits=limits)


def wechat_desk(settings: Settings, session: aiohttp.ClientSession) -> WechatDesk | None:
    """The WeChat account of the settings; None when the channel is off."""
    if not settings.wechat_app_id:
        return None
    account = Account(
        settings.wechat_account,
        settings.wechat_app_id,
        settings.wechat_token.get_secret_value(),
        settings.wechat_mode,
        settings.wechat_seal(),
    )
    secret = settings.wechat_secret.get_secret_value()
    return WechatDesk(
        account,
        WechatApi(settings.wechat_url, settings.wechat_app_id, secret, session),
        window=dt.timedelta(hours=settings.wechat_window_hours),
        most=settings.wechat_most,
        template=settings.wechat_template,
        public_url=settings.public_url,
    )


def organisations() -> dict[str, Organisation]:
    """All organisations of data/agencies.csv by code."""
    return {
        a.code: Organisation(a.code, a.name, a.region_code, a.level, a.kind, a.domain, a.parent_code)
        for a in agencies.everyone()
    }


def region_names() -> dict[str, str]:
    """Every region code of the gazetteer and its name."""
    return {place.code: place.name for place in places.everyone()}


def _policy(settings: Settings) -> Policy:
    return Policy(
        public_phone=settings.public_phone,
        secret=settings.secret_key.get_secret_value().encode(),
        session_length=dt.timedelta(hours=settings.session_hours),
        is_development=settings.is_development,
        hotline_app_id=settings.hotline_app_id,
        hotline_secret=settings.hotline_secret.get_secret_value(),
        hotline_trust=agreed(settings.hotline_agreed),
        hotline_map=settings.load_hotline_map(),
        hotline_rate=settings.hotline_rate,
        hotline_timeout_s=settings.hotline_timeout_s,
        longest_wait_s=settings.delivery_longest_wait_s,
        callers={"moj_platform": (settings.moj_app_id, agreed(settings.moj_agreed))}
        if settings.moj_app_id
        else {},
        four_eyes=not settings.is_development if settings.four_eyes is None else settings.four_eyes,
        require_totp=not settings.is_development if settings.require_totp is None else settings.require_totp,
        referral_days=settings.discipline_receipt_days,
        public_url=settings.public_url,
        anchors=settings.var_dir / "anchors",
    )


async def _add_development_accounts(house: House, settings: Settings) -> None:
    """The accounts that `make run` prints; never made outside development."""
    async with house.store.look() as uow:
        known = {account.login for account in await uow.accounts.everyone()}
    for login, name, role, organisation, region in DEV_ACCOUNTS:
        if login not in known:
            await add_account(
                login,
                name,
                settings.dev_password.get_secret_value(),
                role=role,
                organisation=organisation,
                region=region,
                house=house,
                certificate="测试-001",
            )
