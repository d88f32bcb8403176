"""A lead is referred to the discipline inspection body, sealed: who may, who learns of it, what remains here."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import replace

import pytest

from connectors.discipline.connector import Discipline
from connectors.partners.access import Access
from connectors.policies.sealed_letter import open_letter
from intake.domain.conflict import Viewer
from intake.domain.errors import Forbidden, Malformed, NotFound, WrongStep
from intake.services import after_filing, deliver_letter, read_leads, refer_discipline, triage
from intake.services.deliver_letter import PaperReceipt
from intake.services.deliver_to_partners import deliver_to_partners
from intake.services.file_complaint import file_complaint
from intake.services.refer_discipline import Wish
from tests.factories.house import NOON, PHONE, TEXT, new_complaint
from tests.factories.partners import partners

SHI = Viewer("shi", "测试shi", "city_supervisor", "411200-SF", "411200")
SHI2 = Viewer("shi2", "测试二", "city_supervisor", "411200-SF", "411200")
HUBIN = Viewer("hubin", "测试hubin", "supervisor", "411202-SF", "411202")
HUBIN2 = Viewer("hubin2", "测试", "supervisor", "411202-SF", "411202")
WISH = Wish("D1", "执法人员索要两千元，有转账记录，证据清单随附", wants_identity=True)
SECOND = dt.timedelta(seconds=1)
SECRETS = (TEXT, PHONE, "测试张三")


class Hotline:
    """Takes everything: this test is about the other way out."""

    async def push_work_order(self, order, *, message_id):
        return None

    async def push_event(self, number, event, *, message_id):
        return None


@pytest.fixture
async def theirs():
    async with partners() as opened:
        yield opened


@pytest.fixture
async def opened(house, theirs):
    """(house, counterparts) with one lead: its number is house.number."""
    house.partners, house.hotline = theirs.clients, Hotline()
    house.receipt = await file_complaint(new_complaint(), house=house)
    return house, theirs


async def only(house, viewer=SHI):
    found = await refer_discipline.referrals_of(house.receipt.number, viewer=viewer, house=house)
    return found.items[0]


async def test_a_referral_is_sealed_delivered_and_acknowledged(opened):
    house, theirs = opened
    await refer_discipline.ask_referral(house.receipt.number, WISH, viewer=HUBIN, house=house)
    while await deliver_to_partners("w", house=house):
        pass

    one = await only(house)
    taken = theirs.counterparts["discipline"].book.taken[0]
    assert (one.row.state, one.row.way, one.row.letter) == ("received", "wire", None)
    assert one.row.receipt_sha256 == one.row.sha256
    assert one.row.receipt_no.startswith("JJ")
    assert taken["opened"]["complaint"]["text"] == TEXT
    assert taken["opened"]["identity"] == {"name": "测试张三", "phone": PHONE}
    assert taken["opened"]["reason"]["why"] == WISH.why


async def test_nobody_in_this_house_can_read_the_letter(opened):
    house, theirs = opened
    theirs.fault("discipline", "500")
    await refer_discipline.ask_referral(house.receipt.number, WISH, viewer=HUBIN, house=house)
    await deliver_to_partners("w", house=house)

    name, letter = await deliver_letter.take_letter(
        house.receipt.number, (await only(house)).row.number, viewer=HUBIN, house=house
    )
    async with house.store.look() as uow:
        lead = await uow.leads.by_number(house.receipt.number)
        said = [(m.payload, m.last_error) for m in await uow.outbox.of_lead(lead.id, "discipline")]
        said += [(e.label, e.details) for e in await uow.leads.events(lead.id) if "sealed" in e.kind]
    assert not [word for word in (*SECRETS, WISH.why) if word in str(said) or word.encode() in letter]
    assert json.loads(open_letter(letter, theirs.desk.key))["complaint"]["text"] == TEXT
    assert hashlib.sha256(letter).hexdigest() == (await only(house)).row.sha256
    assert "XS" not in name


async def test_only_those_who_handle_it_and_city_supervisors_learn_of_it(opened):
    house, _ = opened
    number = house.receipt.number
    before = {v.account: await read_leads.read_lead(number, v, house=house) for v in (HUBIN2, SHI)}
    house.clock = lambda: NOON + SECOND
    await refer_discipline.ask_referral(number, WISH, viewer=HUBIN, house=house)
    await deliver_to_partners("w", house=house)

    assert (await refer_discipline.referrals_of(number, viewer=HUBIN2, house=house)).items == ()
    assert await refer_discipline.all_referrals(HUBIN2, house=house) == ()
    for viewer in (HUBIN2, SHI):
        after = await read_leads.read_lead(number, viewer, house=house)
        assert after.lead.version == before[viewer.account].lead.version
        assert after.lead.flags == []
        assert not [e for e in after.events if "sealed" in e.kind or "refer" in e.kind]
        assert {d.destination for d in after.deliveries} == {"hotline12345"}
    async with house.store.look() as uow:
        told = await uow.lead_news.shared_events("hotline12345", 0, "", 100)
        changed = await uow.sightings.changed(refer_discipline.sight(SHI, house), NOON, "shi")
    assert not [event for event, _, _ in told if "sealed" in event.kind]
    assert changed == 0
    assert len((await refer_discipline.referrals_of(number, viewer=SHI, house=house)).items) == 1
    one = (await only(house)).row.number
    with pytest.raises(NotFound):
        await deliver_letter.take_letter(number, one, viewer=HUBIN2, house=house)


@pytest.mark.parametrize("role", ["hotline_operator", "agency", "inspector", "admin", "contact_point"])
async def test_other_roles_refer_nothing(opened, role):
    house, _ = opened
    viewer = Viewer("x", "测试", role, "411200-HOTLINE", "411200")

    with pytest.raises(Forbidden):
        await refer_discipline.ask_referral(house.receipt.number, WISH, viewer=viewer, house=house)
    with pytest.raises(Forbidden):
        await refer_discipline.referrals_of(house.receipt.number, viewer=viewer, house=house)


async def test_the_bureau_complained_about_cannot_even_ask(opened):
    house, _ = opened
    insider = Viewer("x", "测试", "city_supervisor", "411202-AD01", "411200")

    with pytest.raises(NotFound):
        await refer_discipline.ask_referral(house.receipt.number, WISH, viewer=insider, house=house)


async def test_with_four_eyes_another_city_supervisor_approves(opened):
    house, theirs = opened
    house.policy = replace(house.policy, four_eyes=True)
    number = house.receipt.number
    one = await refer_discipline.ask_referral(number, WISH, viewer=SHI, house=house)

    for viewer in (SHI, HUBIN):
        with pytest.raises((Forbidden, NotFound)):
            await refer_discipline.decide_referral(
                number, one, "approve", version=1, viewer=viewer, house=house
            )
    assert (await only(house)).row.letter is None
    await refer_discipline.decide_referral(number, one, "approve", version=1, viewer=SHI2, house=house)
    while await deliver_to_partners("w", house=house):
        pass

    assert (await only(house)).row.state == "received"
    assert theirs.counterparts["discipline"].book.taken[0]["opened"]["approved_by"]["account"] == "shi2"
    with pytest.raises(WrongStep):
        await refer_discipline.decide_referral(number, one, "refuse", version=3, viewer=SHI2, house=house)


async def test_a_refused_referral_makes_no_letter(opened):
    house, theirs = opened
    house.policy = replace(house.policy, four_eyes=True)
    one = await refer_discipline.ask_referral(house.receipt.number, WISH, viewer=HUBIN, house=house)
    await refer_discipline.decide_referral(
        house.receipt.number, one, "refuse", version=1, viewer=SHI, house=house
    )
    await deliver_to_partners("w", house=house)

    row = (await only(house, HUBIN)).row
    assert (row.state, row.sha256, row.letter) == ("refused", None, None)
    assert theirs.counterparts["discipline"].book.taken == []


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (Wish("D9", "理由理由理由理由理由理由", wants_identity=True), "identity"),
        (Wish("XX", "理由理由理由理由理由理由"), "reason"),
        (Wish("D9", "短"), "why"),
    ],
)
async def test_a_wish_without_a_good_reason_is_refused(opened, wish, field):
    house, _ = opened

    with pytest.raises(Malformed) as caught:
        await refer_discipline.ask_referral(house.receipt.number, wish, viewer=HUBIN, house=house)
    assert [f.field for f in caught.value.fields] == [field]


async def test_the_identity_stays_here_unless_it_was_asked_for(opened):
    house, theirs = opened
    wish = replace(WISH, wants_identity=False)
    await refer_discipline.ask_referral(house.receipt.number, wish, viewer=HUBIN, house=house)
    while await deliver_to_partners("w", house=house):
        pass

    assert theirs.counterparts["discipline"].book.taken[0]["opened"]["identity"] is None
    assert not (await only(house)).row.has_identity


async def test_a_receipt_about_another_letter_leaves_the_referral_waiting(opened):
    house, theirs = opened
    theirs.desk.lies = "sha256"
    await refer_discipline.ask_referral(house.receipt.number, WISH, viewer=HUBIN, house=house)
    await deliver_to_partners("w", house=house)

    one = await only(house)
    assert (one.row.state, one.row.receipt_no, one.delivery.state) == ("sealed", None, "ready")
    assert "不符" in one.delivery.last_error
    theirs.desk.lies = ""
    await deliver_letter.send_again(house.receipt.number, one.row.number, viewer=SHI, house=house)
    await deliver_to_partners("w", house=house)
    assert (await only(house)).row.state == "received"


def by_hand(house):
    house.partners = {"discipline": Discipline(Access(receiver_key=house.key))}


async def test_without_a_connection_the_letter_goes_by_hand_and_its_paper_is_checked(opened):
    house, theirs = opened
    house.key = theirs.desk.key.public.text
    by_hand(house)
    number = house.receipt.number
    await refer_discipline.ask_referral(number, WISH, viewer=HUBIN, house=house)
    row = (await only(house)).row
    assert (row.way, (await only(house)).delivery) == ("hand", None)
    good = PaperReceipt("JJ-纸-7", NOON, " ".join((row.sha256[:32].upper(), row.sha256[32:])))

    for wrong in (replace(good, sha256="0" * 64), replace(good, number=" "), replace(good, at=None),
                  replace(good, at=NOON + dt.timedelta(days=1))):  # fmt: skip
        with pytest.raises(Malformed):
            await deliver_letter.enter_receipt(
                number, row.number, wrong, version=row.version, viewer=HUBIN, house=house
            )
    await deliver_letter.enter_receipt(
        number, row.number, good, version=row.version, viewer=HUBIN, house=house
    )

    row = (await only(house)).row
    assert (row.state, row.receipt_no, row.received_by, row.letter) == ("received", "JJ-纸-7", "hubin", None)


async def test_a_missing_receipt_is_stuck_after_its_working_days(opened):
    house, theirs = opened
    theirs.fault("discipline", "500")
    await refer_discipline.ask_referral(house.receipt.number, WISH, viewer=HUBIN, house=house)
    assert not (await only(house)).is_stuck
    # Monday noon: five working days end on the next Monday.
    house.clock = lambda: NOON + dt.timedelta(days=7, hours=11)
    assert not (await only(house)).is_stuck
    house.clock = lambda: NOON + dt.timedelta(days=8)

    assert [one.is_stuck for one in await refer_discipline.all_referrals(SHI, house=house)] == [True]


async def test_the_conduct_goes_on_and_the_citizen_reads_nothing_of_it(opened):
    house, _ = opened
    receipt = house.receipt
    await refer_discipline.ask_referral(receipt.number, WISH, viewer=HUBIN, house=house)
    while await deliver_to_partners("w", house=house):
        pass
    lead = await triage.take_step(
        receipt.number, triage.Order("confirm"), version=1, viewer=HUBIN, house=house
    )

    progress = await after_filing.track(receipt.number, receipt.query_code, house=house)
    assert lead.stage == "L30"
    assert not [w for w in ("纪检", "移送", "密", "JJ", "JY") if w in str(progress)]


async def test_the_open_step_never_tells_of_discipline(opened):
    house, _ = opened

    with pytest.raises(Malformed, match="密封"):
        await triage.take_step(
            house.receipt.number, triage.Order("refer", reason="F01"), version=1, viewer=HUBIN, house=house
        )


async def test_every_reading_stands_in_the_trail_without_a_word_of_what_it_was(opened):
    house, _ = opened
    await refer_discipline.ask_referral(house.receipt.number, WISH, viewer=HUBIN, house=house)
    await only(house, SHI)
    await only(house, SHI)

    async with house.store.look() as uow:
        lead = await uow.leads.by_number(house.receipt.number)
        events = [e for e in await uow.leads.events(lead.id) if e.kind.startswith("sealed")]
    assert [(e.kind, e.actor) for e in events] == [
        ("sealed_matter", "hubin"),
        ("sealed_matter", "hubin"),
        ("sealed_read", "shi"),
    ]
    assert "纪" not in "".join(e.label for e in events)
