"""Read the province's directory: bodies that enforce and lists of duties. Our own table is never changed by it."""

from __future__ import annotations

from connectors.province_platform.wire import DirectoryAgency
from connectors.province_platform.wire import DirectoryDuty as Theirs
from intake.classify.search_words import words_asked
from intake.domain import duties as fit
from intake.domain.directory import Body, Names
from intake.services.house import House, Organisation
from intake.services.pulled import Pulled
from intake.store.tables import DirectoryBody, DirectoryDuty

SYSTEM = "province_platform"
CITY = "411200"


async def pull_directory(_cursor: str, house: House) -> Pulled:
    """Both lists are read to their end before either replaces what was there.

    raises: ConnectorError; StoreUnavailable
    """
    partner = house.partners[SYSTEM]
    bodies, wrong = await partner.agencies(CITY)
    duties, wrong_too = await partner.duties(CITY)
    names = Names(our_bodies(house))
    done = Pulled(problems=[f"单位：{words}" for words in wrong] + [f"权责：{words}" for words in wrong_too])
    done.counts |= {"bodies": len(bodies), "duties": len(duties)}
    async with house.store.change() as uow:
        await uow.directory.replace(
            [_body(one, names) for one in bodies], [_duty(one, names) for one in duties if not one.is_ended]
        )
    return done


def our_bodies(house: House) -> list[Body]:
    """Our table, as it is compared."""
    known = house.organisations
    return [
        Body(one.code, one.name, one.region, _name(known.get(one.parent or ""))) for one in known.values()
    ]


def _name(one: Organisation | None) -> str:
    return one.name if one else ""


def _body(one: DirectoryAgency, names: Names) -> DirectoryBody:
    same = names.find(one.name, one.region)
    return DirectoryBody(
        number=_cut(one.number, 64),
        name=one.name[:256],
        kind=_cut(one.kind, 64),
        region=_cut(one.region, 16),
        parent_name=_cut(one.parent_name, 256),
        is_ended=one.is_ended,
        organisation=same.code if same else None,
    )


def _duty(one: Theirs, names: Names) -> DirectoryDuty:
    same = names.find(one.agency, one.region)
    return DirectoryDuty(
        number=one.number[:64],
        name=one.name[:512],
        kind=_cut(one.kind, 64),
        body=one.agency[:256],
        organisation=same.code if same else None,
        region=_cut(one.region, 6) or (same.region[:6] if same else None),
        basis=one.basis,
        words=list(fit.telling(words_asked(one.name))),
    )


def _cut(text: str | None, most: int) -> str | None:
    return text[:most] if text else None
