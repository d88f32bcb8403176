"""The invented firm and document of the local counterparts; nothing in them exists."""

import datetime as dt

FIRM = "三门峡测试商贸有限公司"
USCC = "91411200TE5T00001J"
DOCUMENT = "湖城管罚决字〔2026〕99号"
AGENCY = "湖滨区城市管理局"


def day(days_ago: int, today: dt.date | None = None) -> str:
    """A day before today, as these systems write it."""
    return ((today or dt.datetime.now(dt.UTC).date()) - dt.timedelta(days=days_ago)).isoformat()


def day_this_year(days_ago: int) -> str:
    """The same, but never in another year: what is counted by the year must not vanish in January."""
    today = dt.datetime.now(dt.UTC).date()
    return max(today - dt.timedelta(days=days_ago), today.replace(month=1, day=1)).isoformat()
