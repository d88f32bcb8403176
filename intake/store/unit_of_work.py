"""A unit of work: the repositories of one transaction.

`async with house.store.change() as uow:` writes everything or nothing at the
end of the block; `async with house.store.look() as uow:` only reads.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlmodel.ext.asyncio.session import AsyncSession

from intake.store.account_codes import AccountCodes
from intake.store.accounts import Accounts
from intake.store.admin_records import AdminRecords
from intake.store.agency_requests import AgencyRequests
from intake.store.calendar_days import CalendarDays
from intake.store.complaints import Complaints
from intake.store.conversations import Conversations
from intake.store.crypto import KeyRing
from intake.store.database import Database
from intake.store.directory import Directory
from intake.store.documents import Documents
from intake.store.evidence import Evidence
from intake.store.grants import Grants
from intake.store.imports import Imports
from intake.store.inbox import Inbox
from intake.store.lead_news import LeadNews
from intake.store.lead_statistics import LeadStatistics
from intake.store.leads import Leads
from intake.store.ledger import LedgerRows
from intake.store.lookups import Lookups
from intake.store.outbox import OutboxRows
from intake.store.patterns import Patterns
from intake.store.policies import Policies
from intake.store.recounts import Recounts
from intake.store.referrals import Referrals
from intake.store.relations import Relations
from intake.store.reporters import Reporters
from intake.store.retention import Retention
from intake.store.search import Search
from intake.store.shared_cases import SharedCases
from intake.store.sightings import Sightings
from intake.store.their_files import TheirFiles
from intake.store.trail import Trail
from intake.store.transfers import Transfers
from intake.store.typed import Typed
from intake.store.wechat import WechatRows


class UnitOfWork:
    def __init__(self, session: AsyncSession, keys: KeyRing) -> None:
        self.account_codes = AccountCodes(session, keys)
        self.admin_records = AdminRecords(session)
        self.accounts = Accounts(session, keys)
        self.agency_requests = AgencyRequests(session)
        self.calendar = CalendarDays(session)
        self.complaints = Complaints(session, keys)
        self.conversations = Conversations(session, keys)
        self.directory = Directory(session)
        self.documents = Documents(session)
        self.grants = Grants(session)
        self.evidence = Evidence(session, keys)
        self.imports = Imports(session)
        self.inbox = Inbox(session, keys)
        self.leads = Leads(session)
        self.lead_news = LeadNews(session)
        self.lead_statistics = LeadStatistics(session)
        self.ledger = LedgerRows(session)
        self.lookups = Lookups(session, keys)
        self.outbox = OutboxRows(session)
        self.policies = Policies(session)
        self.referrals = Referrals(session, keys)
        self.reporters = Reporters(session)
        self.recounts = Recounts(session)
        self.search = Search(session)
        self.shared = SharedCases(session)
        self.sightings = Sightings(session)
        self.their_files = TheirFiles(session, keys)
        self.trail = Trail(session)
        self.transfers = Transfers(session)
        self.typed = Typed(session, keys)
        self.patterns = Patterns(session)
        self.wechat = WechatRows(session, keys)
        self.retention = Retention(session)
        self.relations = Relations(session)
        self._session = session

    async def flush(self) -> None:
        """Send what was added so far, so that unique keys speak now."""
        await self._session.flush()


class Store:
    def __init__(self, database: Database, keys: KeyRing) -> None:
        self.database = database
        self.keys = keys

    @asynccontextmanager
    async def change(self) -> AsyncIterator[UnitOfWork]:
        """raises: StoreUnavailable"""
        async with self.database.write() as session:
            yield UnitOfWork(session, self.keys)

    @asynccontextmanager
    async def look(self) -> AsyncIterator[UnitOfWork]:
        """raises: StoreUnavailable"""
        async with self.database.read() as session:
            yield UnitOfWork(session, self.keys)
