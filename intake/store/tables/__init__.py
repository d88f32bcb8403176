"""Rows. No rules here: the domain decides, rows store.

Times are aware UTC (SQLModel's UTCDateTime refuses naive ones). JSON columns are
always assigned anew, never changed in place.
"""

from intake.store.tables.administration import AdminRecord, PolicyVersion, RecoveryCode
from intake.store.tables.base import new_id
from intake.store.tables.directory import DirectoryBody, DirectoryDuty, InboundPull
from intake.store.tables.documents import LeadDocument
from intake.store.tables.evidence import Attachment, CustodyEntry
from intake.store.tables.exchange import InboxItem, Nonce, Outbox, SendPace
from intake.store.tables.imports import ImportedFile
from intake.store.tables.leads import Complaint, Correction, Identity, Lead, LeadEvent, LeadRespondent
from intake.store.tables.lookups import Lookup
from intake.store.tables.referrals import Referral
from intake.store.tables.relations import LeadLink, PatternFinding, PatternLead
from intake.store.tables.reporters import LeadReporter
from intake.store.tables.search import LeadSearch
from intake.store.tables.shared import SharedCase, TheirFile
from intake.store.tables.sight import AgencyRequest, LeadGrant
from intake.store.tables.staff import Account, SignInTry, StaffSession, TypedWords
from intake.store.tables.talks import ChatMessage, Conversation
from intake.store.tables.upkeep import CalendarDay, Heartbeat
from intake.store.tables.wechat import WechatContact, WechatMessage, WechatSend, WechatToken

__all__ = [
    "Account",
    "AdminRecord",
    "AgencyRequest",
    "Attachment",
    "CalendarDay",
    "ChatMessage",
    "Complaint",
    "Conversation",
    "Correction",
    "CustodyEntry",
    "DirectoryBody",
    "DirectoryDuty",
    "Heartbeat",
    "Identity",
    "ImportedFile",
    "InboundPull",
    "InboxItem",
    "Lead",
    "LeadDocument",
    "LeadEvent",
    "LeadGrant",
    "LeadLink",
    "LeadReporter",
    "LeadRespondent",
    "LeadSearch",
    "Lookup",
    "Nonce",
    "Outbox",
    "PatternFinding",
    "PatternLead",
    "PolicyVersion",
    "RecoveryCode",
    "Referral",
    "SendPace",
    "SharedCase",
    "SignInTry",
    "StaffSession",
    "TheirFile",
    "TypedWords",
    "WechatContact",
    "WechatMessage",
    "WechatSend",
    "WechatToken",
    "new_id",
]
