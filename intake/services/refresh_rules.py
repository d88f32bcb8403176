"""Take over what is in force: limits, routing and calendar may have been changed by another process."""

from __future__ import annotations

from intake.domain import routing, sla
from intake.domain.tables import rows as table
from intake.domain.workdays import WorkCalendar, load_calendar
from intake.services.house import House
from intake.store.unit_of_work import UnitOfWork


async def refresh_rules(*, house: House) -> bool:
    """Load what changed since the last look; whether anything did. One small query when nothing did."""
    async with house.store.look() as uow:
        stamp = await uow.policies.stamp()
        if stamp == house.rules_stamp:
            return False
        limits = await uow.policies.in_force("limits")
        routes = await uow.policies.in_force("routing")
        calendar = await _calendar(uow)
    # All at once, without waiting in between: no use case sees half of a change.
    house.limits = sla.limits_of(limits.version, limits.rows) if limits else sla.first_limits()
    house.routes = routing.Routes(routes.version, tuple(routes.rows)) if routes else routing.first_routes()
    house.calendar, house.rules_stamp = calendar, stamp
    return True


async def _calendar(uow: UnitOfWork) -> WorkCalendar:
    """The notices of this release and those imported since."""
    return load_calendar([*table("holidays"), *await uow.calendar.rows()])
