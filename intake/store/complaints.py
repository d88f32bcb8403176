"""Complaints and the sealed identities apart from them."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.lifecycle import WITHDRAWN
from intake.store.crypto import KeyRing
from intake.store.tables import Complaint, Correction, Identity, Lead, new_id


class Complaints:
    def __init__(self, session: AsyncSession, keys: KeyRing) -> None:
        self._session = session
        self._keys = keys

    def add(self, complaint: Complaint) -> None:
        self._session.add(complaint)

    async def get(self, complaint_id: str) -> Complaint:
        found = await self._session.get(Complaint, complaint_id)
        if found is None:
            raise LookupError(complaint_id)
        return found

    async def by_key(self, idempotency_key: str) -> Complaint | None:
        return (
            await self._session.exec(select(Complaint).where(Complaint.idempotency_key == idempotency_key))
        ).first()

    async def by_source(self, system: str, number: str) -> Complaint | None:
        """The complaint another system filed under its own number."""
        return (
            await self._session.exec(
                select(Complaint).where(Complaint.source_system == system, Complaint.source_no == number)
            )
        ).first()

    def seal_identity(self, complaint_id: str, person: dict[str, Any]) -> None:
        """Store who complained, sealed; `person` has name, phone and what else was given."""
        row_id = new_id()
        phone = person.get("phone")
        self._session.add(
            Identity(
                id=row_id,
                complaint_id=complaint_id,
                sealed=self._keys.seal(person, f"identity.sealed:{row_id}"),
                key_id=self._keys.current,
                phone_index=self._keys.index(phone, "phone") if phone else None,
            )
        )

    async def open_identity(self, complaint_id: str) -> dict[str, Any] | None:
        """Who complained; the caller must already have recorded why it is opened."""
        row = (
            await self._session.exec(select(Identity).where(Identity.complaint_id == complaint_id))
        ).first()
        if row is None:
            return None
        person: dict[str, Any] = self._keys.open(row.sealed, f"identity.sealed:{row.id}")
        return person

    async def copy_identity(self, complaint_id: str, to: str) -> None:
        """Seal the same person anew for a complaint that was split off; shown to nobody."""
        person = await self.open_identity(complaint_id)
        if person is not None:
            self.seal_identity(to, person)

    async def corrections_to_learn(self) -> list[tuple[Correction, Complaint]]:
        """The last correction of each lead, if it may be learnt from and the complaint still stands."""
        query = (
            select(Correction, Complaint)
            .join(Lead, col(Lead.id) == col(Correction.lead_id))
            .join(Complaint, col(Complaint.id) == col(Lead.complaint_id))
            .where(col(Lead.stage) != WITHDRAWN)
            .order_by(col(Correction.at), col(Correction.id))
        )
        last = {
            correction.lead_id: (correction, complaint)
            for correction, complaint in await self._session.exec(query)
        }
        return [pair for pair in last.values() if pair[0].may_train]

    def keep_correction(self, correction: Correction) -> None:
        self._session.add(correction)
