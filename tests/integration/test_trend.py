"""Twelve months of leads: local months, small ones hidden, an agency never counts its own."""

import datetime as dt

from intake.domain import periods
from intake.domain.conflict import Viewer
from intake.services.file_complaint import file_complaint
from intake.services.read_trend import read_trend
from tests.factories.house import TEXT, new_complaint


async def test_a_month_ends_at_local_midnight_and_small_months_are_hidden(house):
    # 31 October 17:00 UTC is 1 November in Sanmenxia.
    for i, hour in enumerate((15, 15, 15, 15, 15, 15, 17, 17)):
        house.clock = lambda hour=hour: dt.datetime(2026, 10, 31, hour, tzinfo=dt.UTC)
        new = new_complaint(f"{TEXT}{i}", key=f"trend-{i:04d}", agency_code="411202-AD01")
        await file_complaint(new, house=house)
    house.clock = lambda: dt.datetime(2026, 11, 23, 4, tzinfo=dt.UTC)
    year = periods.parse("2026")

    shi = Viewer("x", "测试", "city_supervisor", "411200-SF", "411200")
    found = await read_trend(shi, year, house=house)
    own = await read_trend(Viewer("x", "测试", "city_supervisor", "411202-AD01", "411200"), year, house=house)

    assert [(m.period.code, m.received.shown) for m in found[-3:]] == [
        ("2026-09", "0"),
        ("2026-10", "6"),
        ("2026-11", "少于5"),
    ]
    assert [m.is_running for m in found] == [False] * 11 + [True]
    assert {m.received.shown for m in own} == {"0"}
