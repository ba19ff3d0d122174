"""What was planted in a world is found again from its API records alone, within the stated tolerance."""

from collections import defaultdict
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from analyst import Floats, Record, Slider, Study, by_person, column, grouped, ms, shared_study, variant

SCENARIOS_WITH_FILM = ("demo", "pair", "edge", "group", "drift", "dropout", "technical", "unfinished")
# Two minutes at two samples a second are enough for means and correlations, and much faster to read.
SPARSER = """
[states.watching_state]
duration_s = 120
[states.watching_state.continuous]
interval_ms = 500
[states.watching_state.sparse]
at_s = [45, 90]
"""


@pytest.fixture(
    scope="module",
    params=[
        (0.5, 0.6, 1),
        (-0.5, 0.0, 2),
        *(pytest.param(one, marks=pytest.mark.thorough) for one in [(0.5, 0.6, 3), (0.0, 0.2, 4), (1.0, 0.8, 5)]),
    ],
    ids=lambda planted: "d={}-shared={}-seed={}".format(*planted),
)
def planted_study(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Worlds like `ratings`, with other effects, agreements and seeds."""
    d, shared, seed = request.param
    text = (
        f"{SPARSER}[effects.treatment_raises_engagement]\nd = {d}\n[ratings]\nshared = {shared}\n"
        "[experiments.exp_ratings]\nrooms = 20\n"
    )
    study = Study(variant(tmp_path_factory.mktemp("planted"), "ratings", text), seed)
    planted = study.truth()
    assert planted["effects"][0]["d"] == d
    assert planted["agreement"]["correlation"] == shared
    return study


def tolerance(study: Study, name: str) -> float:
    """How far the scenario says that a measured quantity may be from the planted one."""
    stated: dict[str, float] = study.truth()["tolerances"]
    return stated[name]


def conditions(study: Study) -> dict[str, str]:
    """Everybody's condition, as the components' variables hold it."""
    return {
        person: shown[0]["variableSnapshot"]["condition"]
        for person, shown in by_person(study.records("components")).items()
    }


def cohens_d(study: Study, condition: str) -> float:
    """Difference of the conditions' mean ratings between people, in pooled standard deviations."""
    condition_of = conditions(study)
    means = {who: slider.value.mean() for who, slider in study.sliders.items()}
    raised = np.array([mean for who, mean in means.items() if condition_of[who] == condition])
    others = np.array([mean for who, mean in means.items() if condition_of[who] != condition])
    assert len(raised) == len(others) == 40
    pooled = np.sqrt((raised.var(ddof=1) + others.var(ddof=1)) / 2)
    return float((raised.mean() - others.mean()) / pooled)


def mean_pairwise_correlation(study: Study) -> float:
    """Of the ratings of people in the same room, on a common grid of 250 ms, over all rooms.

    People who move nothing, and people who were there for less than half of the film, say nothing.
    """
    found: list[float] = []
    rooms: dict[str, list[Slider]] = {}
    for slider in study.sliders.values():
        rooms.setdefault(slider.room, []).append(slider)
    for people in rooms.values():
        longest = max(np.ptp(one.onset) for one in people)
        people = [one for one in people if one.moved and np.ptp(one.onset) > longest / 2]
        grid = np.arange(max(one.onset[0] for one in people), min(one.onset[-1] for one in people), 250)
        curves = [np.interp(grid, one.onset, one.value) for one in people]
        found += [float(np.corrcoef(a, b)[0, 1]) for a, b in combinations(curves, 2)]
    return float(np.mean(found))


# --- ratings ---------------------------------------------------------------------------------------


def test_a_planted_effect_is_measured_as_cohens_d(planted_study: Study) -> None:
    """Between participants' mean continuous ratings, by the condition in `variableSnapshot`."""
    effect = planted_study.truth()["effects"][0]
    measured = cohens_d(planted_study, effect["condition"])
    assert measured == pytest.approx(effect["d"], abs=tolerance(planted_study, "effectD"))


def test_a_planted_agreement_is_measured_as_mean_pairwise_correlation(planted_study: Study) -> None:
    """Of the continuous ratings of people who watch together."""
    planted = planted_study.truth()["agreement"]["correlation"]
    measured = mean_pairwise_correlation(planted_study)
    assert measured == pytest.approx(planted, abs=tolerance(planted_study, "agreement"))


def test_the_ratings_scenario_as_shipped_holds_its_effect_and_its_agreement() -> None:
    """Half a standard deviation, and a correlation of 0.6, in the data that the scenario is for."""
    study = shared_study("ratings")
    planted = study.truth()
    (effect,), agreement = planted["effects"], planted["agreement"]
    assert (effect["d"], agreement["correlation"]) == (0.5, 0.6)
    assert cohens_d(study, effect["condition"]) == pytest.approx(0.5, abs=tolerance(study, "effectD"))
    assert mean_pairwise_correlation(study) == pytest.approx(0.6, abs=tolerance(study, "agreement"))


@pytest.mark.parametrize("name", SCENARIOS_WITH_FILM)
def test_the_agreement_of_every_scenario_that_watches_together_is_within_its_tolerance(name: str) -> None:
    """Whatever else happens there: pauses, lost connections, people who leave or idle."""
    study = shared_study(name)
    planted = study.truth()["agreement"]["correlation"]
    assert mean_pairwise_correlation(study) == pytest.approx(planted, abs=tolerance(study, "agreement"))


@pytest.mark.parametrize("name", [*SCENARIOS_WITH_FILM, "ratings"])
def test_everybody_rates_around_their_own_level_and_as_widely_as_they_do(name: str) -> None:
    """The mean of a slider is the person's level, its standard deviation their spread."""
    study = shared_study(name)
    traits = {person["participantId"]: person for person in study.truth()["participants"]}
    longest = max(np.ptp(slider.onset) for slider in study.sliders.values())
    whole = {who: one for who, one in study.sliders.items() if one.moved and np.ptp(one.onset) > longest / 2}
    assert len(whole) >= 2
    for who, slider in whole.items():
        assert slider.value.mean() == pytest.approx(traits[who]["level"], abs=tolerance(study, "level"))
        assert slider.value.std() == pytest.approx(traits[who]["spread"], rel=tolerance(study, "spread"))


def test_sparse_ratings_lie_around_the_same_level() -> None:
    """Who rates high with the slider rates high in the pauses."""
    study = shared_study("ratings")
    level = {person["participantId"]: person["level"] for person in study.truth()["participants"]}
    answers = by_person(study.records("ratings/sparse"))
    means = {
        who: np.mean([(r["value"] - r["scaleMin"]) / (r["scaleMax"] - r["scaleMin"]) for r in ratings])
        for who, ratings in answers.items()
    }
    assert means.keys() == level.keys()
    assert np.mean(list(means.values())) == pytest.approx(np.mean(list(level.values())), abs=tolerance(study, "level"))
    assert np.corrcoef([means[who] for who in level], list(level.values()))[0, 1] > 0.5


def media_time(events: list[Record], onsets: Floats) -> Floats:
    """Onsets in ms of media time, from one person's `media.play`, `media.pause` and `media.ended`."""
    played = np.zeros(len(onsets))
    moments = [e for e in events if e["eventType"] in ("media.play", "media.pause", "media.ended")]
    for begins, ends in pairwise(moments):
        if begins["eventType"] == "media.play":
            played += np.clip(onsets - begins["onset"], 0, ends["onset"] - begins["onset"])
    return played


def test_sliders_show_the_latent_curves_late_by_the_persons_lag() -> None:
    """The shift at which slider and latent curve correlate best, in four rooms of dense ratings."""
    study = shared_study("ratings")
    late, planted = [], []
    for room in study.rooms[:4]:
        events = by_person(study.records("events", room=room, category="media"))
        truth = study.truth(room)
        lags = {person["participantId"]: person["lagMs"] for person in truth["participants"]}
        feelings = {f["participantId"]: f for f in truth["feelings"]}
        for who in study.people[room]:
            slider, latent = study.sliders[who], feelings[who]
            at = np.arange(len(latent["values"])) * latent["everyMs"]
            seen = media_time(events[who], slider.onset)
            fits = {
                lag: np.corrcoef(slider.value, np.interp(seen - lag, at, latent["values"]))[0, 1]
                for lag in range(1000, 3000, 50)
            }
            best = max(fits, key=lambda lag: float(fits[lag]))
            assert fits[best] > 0.95
            late.append(best)
            planted.append(lags[who])
    assert np.mean(late) == pytest.approx(np.mean(planted), abs=tolerance(study, "lagMs"))
    assert np.corrcoef(late, planted)[0, 1] > 0.8


def test_the_curve_that_all_share_is_the_mean_of_all_sliders() -> None:
    """Averaged over eighty people, what is their own cancels out."""
    study = shared_study("ratings")
    shared = next(f for f in study.truth(study.rooms[0])["feelings"] if f["participantId"] is None)
    at = np.arange(len(shared["values"])) * shared["everyMs"]
    events = by_person(study.records("events", category="media"))
    curves = []
    for who, slider in study.sliders.items():
        curves.append(np.interp(at + 1900, media_time(events[who], slider.onset), slider.value))
    # The hands' lag carries the last two seconds beyond the film's end.
    assert np.corrcoef(np.mean(curves, axis=0)[:-3], shared["values"][:-3])[0, 1] > 0.95


# --- synchronisation -------------------------------------------------------------------------------

SYNCED = ("demo", "drift", "technical")
# Two samples further apart than this do not belong to the same stretch of playing video.
TOGETHER_MS = 1500
SEEK_ABOVE_MS = 600


class Steps:
    """One viewer's samples as columns, and the steps from each to the next.

    Attributes:
        at, drift: Of the samples, in ms.
        within: Which steps lie within one stretch, with no seek between.
        unexplained: By how much a step's change of drift is not what the playback rate says, in ms.
    """

    def __init__(self, samples: list[Record]) -> None:
        self.at = np.array([ms(sample["timestamp"]) for sample in samples])
        self.drift = np.array(column(samples, "timeDrift"), dtype=float)
        self.rate = np.array(column(samples, "playbackRate"))
        dt = np.diff(self.at)
        self.within = (dt < TOGETHER_MS) & (np.abs(self.drift[:-1]) <= SEEK_ABOVE_MS)
        self.by_rate = (self.rate[:-1] - 1.0) * dt
        self.unexplained = np.diff(self.drift) - self.by_rate

    def skew_ppm(self, jump_ms: float) -> float:
        """Slope of the drift without what the rate did: least squares over the parts between jumps."""
        breaks = ~self.within | (np.abs(self.unexplained) > jump_ms)
        part = np.concatenate([[0], np.cumsum(breaks)])
        left = self.drift - np.concatenate([[0.0], np.cumsum(self.by_rate)])
        above = below = 0.0
        for number in range(part[-1] + 1):
            inside = part == number
            t = self.at[inside] - self.at[inside].mean()
            above += float((t * (left[inside] - left[inside].mean())).sum())
            below += float((t * t).sum())
        return above / below * 1e6


def steps_by_viewer(study: Study) -> dict[str, Steps]:
    return {who: Steps(samples) for who, samples in by_person(study.records("sync")).items()}


def jitter_ms(study: Study) -> float:
    """By how much the scenario says that a measured drift strays."""
    return float(study.app.extensions["mockserver"].default.world.scenario.network.jitter_ms)


@pytest.mark.parametrize("name", SYNCED)
def test_measured_drift_is_the_true_drift_and_noise(name: str) -> None:
    """Every sample has its truth; the difference has mean 0 and the deviation of 0.4 x `jitter_ms`."""
    study = shared_study(name)
    true = {
        (drift["participantId"], at): value
        for room in study.rooms
        for drift in study.truth(room)["drift"]
        for at, value in zip(drift["atMs"], drift["driftMs"], strict=True)
    }
    samples = {(s["participantId"], ms(s["timestamp"])): s["timeDrift"] for s in study.records("sync")}
    assert sorted(samples) == sorted(true)
    noise = np.array([samples[key] - true[key] for key in true])
    # Rounding to whole ms adds a twelfth to the variance.
    expected = np.hypot(0.4 * jitter_ms(study), 12**-0.5)
    assert noise.std() == pytest.approx(expected, rel=0.08)
    assert noise.mean() == pytest.approx(0, abs=4 * expected / len(noise) ** 0.5)


def test_measured_and_true_drift_go_together_where_sync_is_poor() -> None:
    """Viewer by viewer, a correlation above 0.9 in `drift`."""
    study = shared_study("drift")
    measured = by_person(study.records("sync"))
    for room in study.rooms:
        for drift in grouped(study.truth(room)["drift"], lambda one: one["participantId"]).values():
            true = [value for stretch in drift for value in stretch["driftMs"]]
            seen = column(measured[drift[0]["participantId"]], "timeDrift")
            assert np.corrcoef(true, seen)[0, 1] > 0.9


@pytest.mark.parametrize("name", SYNCED)
def test_every_long_stall_is_a_drop_of_the_drift_that_the_rate_does_not_explain(name: str) -> None:
    """All stalls above 150 ms are seen in the very next sample, and nothing else looks like one."""
    study = shared_study(name)
    stalls = {
        (stall["participantId"], stall["atMs"]): stall["lostMs"]
        for room in study.rooms
        for stall in study.truth(room)["stalls"]
    }
    planted = {key: lost for key, lost in stalls.items() if lost > 150}
    seen = {}
    for who, steps in steps_by_viewer(study).items():
        for number in np.flatnonzero(steps.within & (steps.unexplained < -100)).tolist():
            seen[who, int(steps.at[number])] = -float(steps.unexplained[number])
    assert seen.keys() >= planted.keys()
    assert seen.keys() <= stalls.keys()
    for key, lost in planted.items():
        assert seen[key] == pytest.approx(lost, abs=tolerance(study, "stallMs"))


def test_stalls_are_as_frequent_as_the_scenario_says_at_any_time(tmp_path: Path) -> None:
    """Per minute of playing; and in the first seconds of a minute no more often than in the last."""
    text = (
        "[states.watching_state]\nduration_s = 300\n[states.watching_state.sparse]\nat_s = []\n"
        "[experiments.exp_drift]\nrooms = 50\n"
    )
    study = Study(variant(tmp_path, "drift", text), 8)
    drift = [one for room in study.rooms for one in study.truth(room)["drift"]]
    began = {one["participantId"]: one["atMs"][0] for one in drift}
    minutes = sum(one["atMs"][-1] - one["atMs"][0] for one in drift) / 60_000
    stalls = [stall for room in study.rooms for stall in study.truth(room)["stalls"]]
    assert minutes > 700
    assert len(stalls) / minutes == pytest.approx(2.2, rel=0.1)
    within_s = [(stall["atMs"] - began[stall["participantId"]]) // 1000 % 60 for stall in stalls]
    quarters = np.bincount([int(second) // 15 for second in within_s], minlength=4)
    assert quarters.min() > 0.7 * quarters.max()


def test_the_library_has_stalls_to_find() -> None:
    """Few in `demo`, many in `drift`."""
    long = {
        name: sum(
            stall["lostMs"] > 150
            for room in shared_study(name).rooms
            for stall in shared_study(name).truth(room)["stalls"]
        )
        for name in ("demo", "drift")
    }
    assert long["demo"] >= 3
    assert long["drift"] >= 60


def skews(study: Study, jump_ms: float = 60) -> tuple[Floats, Floats]:
    """What is measured and what is planted of every viewer's clock, in ppm, who watched for a hundred seconds."""
    planted = {p["participantId"]: p["skewPpm"] for p in study.truth()["participants"]}
    found = {who: steps.skew_ppm(jump_ms) for who, steps in steps_by_viewer(study).items() if len(steps.at) > 100}
    assert len(found) >= 10
    return np.array(list(found.values())), np.array([planted[who] for who in found])


def root_mean_square(values: Floats) -> float:
    return float(np.sqrt((values**2).mean()))


@pytest.mark.parametrize("name", [*SYNCED, "group", "dropout"])
def test_the_skew_of_a_viewers_clock_is_what_the_playback_rate_does_not_take_back(name: str) -> None:
    """Drift left over when the rate's part is taken away grows with the skew, and says it to a part of its spread."""
    study = shared_study(name)
    found, planted = skews(study, 60 if name != "drift" else 100)
    assert np.corrcoef(found, planted)[0, 1] > 0.9
    assert root_mean_square(found - planted) < tolerance(study, "skewPpm")
    # Whoever answers 0, or anything else that is the same for all, must be wrong.
    assert planted.std() > 1.5 * tolerance(study, "skewPpm")


def test_a_long_film_tells_the_skew_to_a_few_parts_per_million(tmp_path: Path) -> None:
    """Twenty minutes without a pause: a fiftieth of the planted spread, of every viewer."""
    text = (
        "[states.watching_state]\nduration_s = 1200\n[states.watching_state.sparse]\nat_s = []\n"
        '[experiments.exp_pair]\nrooms = 4\nparticipants = 4\nstates = ["watching_state"]\n'
    )
    found, planted = skews(Study(variant(tmp_path, "pair", text), 3))
    assert planted.std() > 100
    assert np.abs(found - planted).max() < 10


@pytest.mark.parametrize("name", SCENARIOS_WITH_FILM)
def test_drifts_are_distributed_as_the_true_ones_are(name: str) -> None:
    """Quantiles of all measured drifts against those of the truth."""
    study = shared_study(name)
    true = [value for room in study.rooms for drift in study.truth(room)["drift"] for value in drift["driftMs"]]
    measured = column(study.records("sync"), "timeDrift")
    for quantile in (5, 25, 50, 75, 95):
        expected = np.percentile(true, quantile)
        assert np.percentile(measured, quantile) == pytest.approx(expected, abs=tolerance(study, "driftMs"))


@pytest.mark.parametrize("name", SCENARIOS_WITH_FILM)
def test_latency_is_around_the_persons_own(name: str) -> None:
    """Means over all samples of a viewer."""
    study = shared_study(name)
    planted = {p["participantId"]: p["latencyMs"] for p in study.truth()["participants"]}
    for who, samples in by_person(study.records("sync")).items():
        assert np.mean(column(samples, "latency")) == pytest.approx(planted[who], rel=tolerance(study, "latency"))


# --- people ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["demo", "pair", "ratings"])
def test_the_clock_offset_of_everybody_is_in_their_sparse_ratings(name: str) -> None:
    """`rawOnset` minus `onset`, exactly, and `clockOffsetApplied` says the same."""
    study = shared_study(name)
    planted = {p["participantId"]: p["clockOffsetMs"] for p in study.truth()["participants"]}
    ratings = study.records("ratings/sparse")
    assert {r["participantId"] for r in ratings} == set(planted)
    for rating in ratings:
        assert rating["rawOnset"] - rating["onset"] == planted[rating["participantId"]]
        assert rating["clockOffsetApplied"] == planted[rating["participantId"]]
    assert len(set(planted.values())) > 1


@pytest.fixture(scope="module")
def many_answers(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Sixteen people who answer fifty sparse ratings each."""
    at_s = ", ".join(str(3.5 * number) for number in range(1, 51))
    text = f"[states.watching_state.sparse]\nat_s = [{at_s}]\n[experiments.exp_ratings]\nrooms = 4\n"
    return Study(variant(tmp_path_factory.mktemp("answers"), "ratings", text), 11)


def test_response_times_are_ex_gaussian_with_the_persons_parameters(many_answers: Study) -> None:
    """In units of the person's own: mean 0, deviation 1, and the skewness of the planted mixture."""
    traits = {p["participantId"]: p for p in many_answers.truth()["participants"]}
    answers = by_person(many_answers.records("ratings/sparse"))
    standard, means, expected, skewness = [], [], [], []
    for who, ratings in answers.items():
        mu, sigma, tau = (traits[who][name] for name in ("rtMuMs", "rtSigmaMs", "rtTauMs"))
        times = np.array(column(ratings, "responseTime"), dtype=float)
        assert len(times) == 50
        deviation = np.hypot(sigma, tau)
        assert times.mean() == pytest.approx(mu + tau, rel=tolerance(many_answers, "responseTime"))
        standard += ((times - mu - tau) / deviation).tolist()
        means.append(times.mean())
        expected.append(mu + tau)
        skewness.append(2 * (tau / deviation) ** 3)
    z = np.array(standard)
    assert z.mean() == pytest.approx(0, abs=0.12)
    assert z.std() == pytest.approx(1, abs=0.12)
    assert (z**3).mean() == pytest.approx(np.mean(skewness), abs=1.2)
    # A long tail to the slow side only: the fast side is the normal part's.
    assert z.max() > 3 > -z.min()
    assert np.corrcoef(means, expected)[0, 1] > 0.8


def test_what_is_read_first_takes_the_persons_time_for_every_character(tmp_path: Path) -> None:
    """Questions of 20 to 120 characters: the time for an answer grows by the reading time of a character."""
    questions = [f"{number:02d}: " + "x" * (16 + 2 * number) for number in range(50)]
    text = (
        f"[behaviour]\nrt_sigma_ms = 0\nrt_tau_ms = 0\n[experiments.exp_pair]\nrooms = 4\nquestions = {questions!r}\n"
    )
    study = Study(variant(tmp_path, "pair", text), 3)
    planted = {p["participantId"]: p["readingMs"] for p in study.truth()["participants"]}
    found = {
        who: np.polyfit([len(a["content"]) for a in answers], [a["response"]["responseTime"] for a in answers], 1)[0]
        for who, answers in by_person(study.records("events", category="questionnaire")).items()
    }
    assert found.keys() == planted.keys()
    for who, slope in found.items():
        assert slope == pytest.approx(planted[who], rel=tolerance(study, "reading"))


@pytest.mark.parametrize("seed", [6, 7])
def test_a_message_takes_the_persons_time_for_every_character(seed: int, tmp_path: Path) -> None:
    """From the message before to one's own, the time grows by one's typing time of a character.

    In chats of an hour, with messages that nobody ever runs out of; those of great length are pasted.
    """
    text = (
        "[text]\nawkward = true\n[states.text_chat_state]\nduration_s = 3600\n"
        '[experiments.exp_pair]\nrooms = 4\nstates = ["text_chat_state"]\n'
    )
    study = Study(variant(tmp_path, "pair", text), seed)
    planted = {p["participantId"]: p["typingMs"] for p in study.truth()["participants"]}
    wrote: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for messages in grouped(study.records("chat"), lambda message: message["roomId"]).values():
        for before, after in pairwise(messages):
            if len(after["content"]) <= 300:
                wrote[after["senderId"]].append((len(after["content"]), after["onset"] - before["onset"]))
    assert wrote.keys() == planted.keys()
    for who, typed in wrote.items():
        assert len(typed) >= 200
        slope, _ = np.polyfit(*np.array(typed).T, 1)
        assert slope == pytest.approx(planted[who], rel=tolerance(study, "typing"))
    # Whoever says the same of everybody must be wrong.
    assert max(planted.values()) / min(planted.values()) > (1 + tolerance(study, "typing")) ** 2


def test_the_parts_of_an_ex_gaussian_are_found_by_its_moments(many_answers: Study) -> None:
    """Pooled over people, tau = sd x (skewness / 2) ** (1/3), and mu is the mean without it."""
    traits = {p["participantId"]: p for p in many_answers.truth()["participants"]}
    found_mu, found_tau = [], []
    for ratings in by_person(many_answers.records("ratings/sparse")).values():
        times = np.array(column(ratings, "responseTime"), dtype=float)
        skewness = max(0.0, float((((times - times.mean()) / times.std()) ** 3).mean()))
        found_tau.append(times.std() * (skewness / 2) ** (1 / 3))
        found_mu.append(times.mean() - found_tau[-1])
    assert np.mean(found_tau) == pytest.approx(np.mean([t["rtTauMs"] for t in traits.values()]), rel=0.35)
    assert np.mean(found_mu) == pytest.approx(np.mean([t["rtMuMs"] for t in traits.values()]), rel=0.2)


@pytest.fixture(scope="module")
def idlers(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Rooms in which about every second guest does nothing."""
    text = "[behaviour]\nidle = 0.5\nabandoned = 0\ntimed_out = 0\nno_code = 0\n"
    return Study(variant(tmp_path_factory.mktemp("idle"), "dropout", text), 3)


def test_outliers_are_those_whose_slider_never_moves(idlers: Study) -> None:
    """Exactly the planted ones, and they are neither none nor all."""
    planted = {p["participantId"] for p in idlers.truth()["participants"] if p["outlier"]}
    constant = {who for who, slider in idlers.sliders.items() if not slider.moved}
    assert constant == planted
    assert 3 <= len(planted) <= 15


def test_outliers_answer_nothing(idlers: Study) -> None:
    """No sparse rating, no chat, no questionnaire, and no response to a self-paced component."""
    planted = {p["participantId"] for p in idlers.truth()["participants"] if p["outlier"]}
    everybody = {who for people in idlers.people.values() for who in people}
    answered = {
        "sparse": {r["participantId"] for r in idlers.records("ratings/sparse")},
        "chat": {m["senderId"] for m in idlers.records("chat")},
        "questionnaire": {e["participantId"] for e in idlers.records("events", category="questionnaire")},
        "self-paced": {
            c["participantId"]
            for c in idlers.records("components", componentType="VasRating")
            if c["response"] is not None
        },
    }
    for who in answered.values():
        assert not who & planted
    assert answered["sparse"] == answered["questionnaire"] == everybody - planted


@pytest.mark.parametrize("name", ["technical", "dropout"])
def test_lost_connections_are_gaps_in_the_ratings(name: str) -> None:
    """Every gap between samples is a planted one, and every planted one in the film is such a gap."""
    study = shared_study(name)
    samples = {who: slider.at.tolist() for who, slider in study.sliders.items()}
    planted = [gap for room in study.rooms for gap in study.truth(room)["gaps"]]
    expected = sorted(
        (gap["participantId"], gap["fromMs"], gap["toMs"])
        for gap in planted
        if gap["participantId"] in samples
        and samples[gap["participantId"]][0] < gap["fromMs"]
        and gap["toMs"] < samples[gap["participantId"]][-1]
    )
    found = sorted(
        (who, before, after) for who, at in samples.items() for before, after in pairwise(at) if after - before > 500
    )
    assert len(found) == len(expected) > 0
    for (who, before, after), (planted_who, from_ms, to_ms) in zip(found, expected, strict=True):
        assert who == planted_who
        assert from_ms - 500 < before < from_ms
        assert to_ms <= after < to_ms + 500


@pytest.mark.parametrize("name", ["dropout", "noconsent", "technical", "ratings"])
def test_outcomes_and_conditions_are_those_of_the_participants(name: str) -> None:
    """The truth's outcome is the completion code, its condition the one in `variableSnapshot`."""
    study = shared_study(name)
    planted = {p["participantId"]: p for p in study.truth()["participants"]}
    codes = {p["participantId"]: p["completionCode"] for p in study.records("participants")}
    assert codes == {who: p["outcome"] for who, p in planted.items()}
    shown = conditions(study)
    assert shown == {who: planted[who]["condition"] for who in shown}


def test_the_overview_of_the_truth_names_every_experiment() -> None:
    """Effects and agreement of each, without the participants."""
    overview = shared_study("demo").control("truth")["experiments"]
    ids = [experiment["id"] for experiment in shared_study("demo").control("world")["experiments"]]
    assert [one["experimentId"] for one in overview] == ids
    assert all(one["participants"] == [] for one in overview)
    assert all(one["agreement"] == {"correlation": 0.5} for one in overview)
    assert all(one["tolerances"]["agreement"] == 0.12 for one in overview)


def test_the_truth_follows_a_file_that_a_test_writes(tmp_path: Path) -> None:
    """A scenario's own name for an effect, its condition and size, and its own tolerances over its base's."""
    text = '[effects.calmer]\ncondition = "control"\nd = -0.8\n[tolerances]\neffect_d = 0.15\n'
    planted = Study(variant(tmp_path, "drift", text)).truth()
    assert planted["effects"] == [{"name": "calmer", "condition": "control", "d": -0.8}]
    assert (planted["tolerances"]["effectD"], planted["tolerances"]["skewPpm"]) == (0.15, 200)
