"""Rasa's SQL tracker store that keeps the trackers of running talks in memory between two turns.

Reading and rebuilding every event of a talk at every turn took a fifth of a turn. A tracker
is given out once and comes back only when it was saved: after a turn that failed,
or in a new process, it is read from the database again.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Iterator, Optional, Text, Tuple

from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker

TALKS = 500


class KeptTrackers(SQLTrackerStore):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # sender to (tracker, how many of its events are stored)
        self._kept: "OrderedDict[Text, Tuple[DialogueStateTracker, int]]" = OrderedDict()
        self._stored: "OrderedDict[Text, int]" = OrderedDict()

    async def retrieve(self, sender_id: Text) -> Optional[DialogueStateTracker]:
        tracker, stored = self._kept.pop(sender_id, (None, 0))
        if tracker is None:
            tracker = await super().retrieve(sender_id)
            stored = len(tracker.events) if tracker is not None else 0
        self._stored[sender_id] = stored
        while len(self._stored) > TALKS:
            self._stored.popitem(last=False)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        self._kept.pop(tracker.sender_id, None)
        before = self._stored.get(tracker.sender_id, 0)
        await super().save(tracker)
        self._stored.pop(tracker.sender_id, None)
        events = list(tracker.events)
        # A talk begun anew is read from the database once: only its events since then count.
        if any(isinstance(event, SessionStarted) for event in events[before:]):
            return
        self._kept[tracker.sender_id] = (tracker, len(events))
        while len(self._kept) > TALKS:
            self._kept.popitem(last=False)

    def _additional_events(self, session: Any, tracker: DialogueStateTracker) -> Iterator[Any]:
        stored = self._stored.get(tracker.sender_id)
        if stored is None:
            return super()._additional_events(session, tracker)
        return iter(list(tracker.events)[stored:])
