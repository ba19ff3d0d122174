"""Invariant 11: totals agree: experiment = sum of its rooms = sum of their participants, `counts` = totals,
`participantCount` = participants.

Totals are asked for with `limit=1`, so that the sum over an experiment of any size costs one request a room.
The endpoints for counts, rooms and participants are compared where they are served. While the world's clock
runs a total may grow between two requests; it then has to lie between the sums before and after it.
"""

from collections.abc import Callable, Mapping, Sequence

from mockserver.check.discovery import EXPERIMENTS_PATH
from mockserver.check.observed_room import ObservedRoom
from mockserver.check.reader import Reader, data_path
from mockserver.check.rule import Counterexample, Counterexamples, Rule
from mockserver.check.survey import Survey

__all__ = ["TotalsAgree"]

_Query = Mapping[str, str]


class TotalsAgree(Rule):
    """Rooms against their participants, experiments against their rooms."""

    unit = "totals"
    of_story = False

    def room(self, observed: ObservedRoom) -> Counterexamples:
        """A room's totals, participant by participant."""
        reader, room_id, window = observed.reader, observed.room.id, observed.reader.horizon().query
        own: dict[str, dict[str, int]] = {who: {} for who in observed.room.participants}
        for data_type in observed.data_types:
            path = data_path(data_type, "room", room_id)

            def parts(data_type: str = data_type) -> list[int]:
                for who, totals in own.items():
                    query = {"roomId": room_id, **window}
                    totals[data_type] = reader.total(data_path(data_type, "participant", who), query)
                return [totals[data_type] for totals in own.values()]

            yield from self._compare(reader, path, window, f"{data_type} of its participants", parts)
        for who, totals in own.items():
            yield from self._counts(reader, who, room_id, totals)
        yield from self._participants(observed)

    def experiment(self, survey: Survey) -> Counterexamples:
        """An experiment's totals, room by room; all rooms count, also those that were not looked into."""
        reader, window = survey.reader, survey.reader.horizon().query
        people = data_path("participants", "experiment", survey.experiment_id)
        listed = reader.optional(people, {"limit": 1}) is not None
        for data_type in (*survey.data_types, *(["participants"] if listed else [])):
            asked = {} if data_type == "participants" else window
            path = data_path(data_type, "experiment", survey.experiment_id)

            def parts(data_type: str = data_type, asked: _Query = asked) -> list[int]:
                room_ids = survey.discovery.room_ids(survey.experiment_id, again=reader.moving)
                return [reader.total(data_path(data_type, "room", one), asked) for one in room_ids]

            yield from self._compare(reader, path, asked, f"{data_type} of its rooms", parts)
        yield from self._summary(survey)

    def _compare(
        self, reader: Reader, path: str, query: _Query, of_what: str, parts: Callable[[], Sequence[int]]
    ) -> Counterexamples:
        """The total of a list against the sum of its parts."""
        summed, total = sum(parts()), reader.total(path, query)
        self.looked_at += 1
        if total == summed or (reader.moving and summed <= total <= sum(parts())):
            return
        url = reader.url(path, {**query, "limit": 1})
        yield Counterexample(f"the total is {total}, but the {of_what} sum up to {summed}", url)

    def _summary(self, survey: Survey) -> Counterexamples:
        """What the list of experiments says of this one, where it is served."""
        reader, summary = survey.reader, survey.discovery.summary(survey.experiment_id)
        for name, data_type in (("participantCount", "participants"), ("roomCount", "rooms")):
            said = None if summary is None or reader.moving else summary.get(name)
            path = data_path(data_type, "experiment", survey.experiment_id)
            listed = reader.optional(path, {"limit": 1})
            if said is None or listed is None:
                continue
            self.looked_at += 1
            if said != listed.total:
                what = f"experiment {survey.experiment_id} has {name} {said}, but {listed.total} {data_type}"
                yield Counterexample(what, reader.url(EXPERIMENTS_PATH, {}))

    def _counts(self, reader: Reader, who: str, room_id: str, totals: Mapping[str, int]) -> Counterexamples:
        page = reader.optional(data_path("counts", "participant", who), {"roomId": room_id})
        if page is None or reader.moving:
            return
        block = page.data[0] if isinstance(page.data, list) else page.data
        for data_type, total in totals.items():
            count = block["counts"].get(data_type, 0)
            self.looked_at += 1
            if count != total:
                said = f"counts of {who} in room {room_id} say {count} {data_type}, the total is {total}"
                yield Counterexample(said, page.url)

    def _participants(self, observed: ObservedRoom) -> Counterexamples:
        record, people = observed.room.record, observed.room.people
        if record is None or people is None:
            return
        self.looked_at += 1
        # While the clock runs, the rooms were listed first and more people may have joined since.
        grown = observed.reader.moving and record["participantCount"] < len(people)
        if record["participantCount"] != len(people) and not grown:
            path = data_path("rooms", "experiment", observed.experiment_id)
            yield Counterexample(
                f"room {observed.room.id} has participantCount {record['participantCount']}, but "
                f"{len(people)} participants",
                observed.reader.url(path, {}),
            )
