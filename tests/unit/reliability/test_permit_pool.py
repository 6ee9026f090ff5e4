"""The shared limit's record: no window holds more than the limit, and no permit is lost for ever."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared_code.reliability.permit_holder import Permit, PermitHolder
from shared_code.reliability.permit_pool import MAX_BATCHES, MAX_HOLDERS, MAX_WINDOWS_AHEAD, PermitPool
from shared_code.reliability.permits import Amount, Ask, Batch, PoolTerms, Report

NOW = 1_800_000_000_000
MINUTE = 60_000
SKEW = 1_000


def patient(tokens: int = 0) -> Ask:
    """A caller who waits as long as it takes."""
    return Ask(tokens, NOW * 2)


def pool_of(terms: PoolTerms, *uses: tuple[int, int], now: int = NOW) -> PermitPool:
    """A record in which so many requests were used at these times."""
    pool = PermitPool(terms)
    pool.report("other", 1, Report({at: Amount(count, 0) for at, count in uses}), now)
    return pool


@dataclass
class Instance:
    """One instance on one end of the record, with a clock of its own."""

    name: str
    terms: PoolTerms
    offset_ms: int
    holder: PermitHolder = field(init=False)
    sequence: int = 0
    claimed: list[Permit] = field(default_factory=list)
    used: list[tuple[int, Permit]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.holder = PermitHolder(self.terms)

    def exchange(self, text: str | None, now: int, asks: list[Ask], rate: float, is_lost: bool) -> str | None:
        own_now = now + self.offset_ms
        pool = PermitPool.from_text(text, self.terms, own_now)
        self.sequence += 1
        report = self.holder.draw_report(own_now)
        pool.report(self.name, self.sequence, report, own_now)
        grant = pool.lease(self.name, asks, own_now, arrivals_per_ms=rate)
        if is_lost:  # another instance wrote first
            self.holder.undelivered(report)
            return text
        self.holder.add(grant.batches)
        return pool.to_text(own_now)

    def claim(self, now: int, tokens: int) -> None:
        permit = self.holder.claim(tokens, now + self.offset_ms, now * 2)
        if permit:
            self.claimed.append(permit)

    def use(self, now: int) -> None:
        for permit in list(self.claimed):
            if permit.starts_at <= now + self.offset_ms:
                self.claimed.remove(permit)
                if self.holder.use(permit, now + self.offset_ms):
                    self.used.append((now, permit))

    def give_back(self) -> None:
        if self.used:
            self.holder.give_back(self.used.pop()[1])
        elif self.claimed:
            self.holder.give_back(self.claimed.pop())


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "ask", "ask", "lost", "claim", "use", "use", "give_back", "wait", "wait"]),
        st.integers(0, 3),  # who
        st.integers(1, 6),  # how many, or how much
    ),
    min_size=10,
    max_size=150,
)
WAITS = (1, 40, 400, 1_900, 9_000, 31_000)


@settings(max_examples=300, deadline=None)
@given(
    limit=st.integers(1, 12),
    token_limit=st.none() | st.integers(60, 200),
    offsets=st.tuples(*[st.integers(0, SKEW)] * 4),
    rate=st.sampled_from([0.0, 0.0005, 0.01]),
    steps=STEPS,
)
def test_no_window_holds_more_than_the_limit_and_nothing_is_lost(
    limit: int,
    token_limit: int | None,
    offsets: tuple[int, ...],
    rate: float,
    steps: list[tuple[str, int, int]],
) -> None:
    """Any interleaving of leases, uses, reports, conflicts, returns and expiries, with clocks that differ."""
    terms = PoolTerms(limit, token_limit)
    instances = [Instance(f"i{index}", terms, offset) for index, offset in enumerate(offsets)]
    now, text = NOW, None
    for action, who, amount in steps:
        instance = instances[who]
        if action in ("ask", "lost"):
            asks = [patient(10 * amount)] * amount
            text = instance.exchange(text, now, asks, rate, action == "lost")
            for _ in asks:
                instance.claim(now, 10 * amount)
        elif action == "claim":
            instance.claim(now, 10 * amount)
        elif action == "use":
            instance.use(now)
        elif action == "give_back":
            instance.give_back()
        else:
            now += WAITS[amount - 1]
    used = sorted(
        (at, permit.tokens if token_limit else 0) for instance in instances for at, permit in instance.used
    )
    times = [at for at, _ in used]
    for index, start in enumerate(times):
        end = bisect_left(times, start + MINUTE)
        assert end - index <= limit
        assert token_limit is None or sum(tokens for _, tokens in used[index:end]) <= token_limit

    later = now + (MAX_WINDOWS_AHEAD + 2) * MINUTE
    assert PermitPool.from_text(text, terms, later).taken(later) == Amount(0, 0)


def test_a_use_takes_its_place_for_a_window_and_the_skew() -> None:
    """A place is free one window, the clocks' skew and at most a grid cell after its use."""
    terms = PoolTerms(1)
    pool = pool_of(terms, (terms.grid_end(NOW), 1))
    frees_at = pool.earliest_start(NOW)
    assert MINUTE + SKEW <= frees_at - NOW <= MINUTE + SKEW + 2 * terms.grain_ms
    assert pool.earliest_start(frees_at) == frees_at


def test_a_lease_takes_its_place_until_a_window_after_its_last_possible_use() -> None:
    """Nobody knows yet when it will be used."""
    pool = PermitPool(PoolTerms(3))
    pool.report("other", 1, Report({}, (Batch(NOW, NOW + 7_000, 3, 0),)), NOW)
    assert pool.earliest_start(NOW) == NOW + 7_000 + MINUTE + SKEW


def test_a_full_record_leases_for_the_moment_at_which_there_is_room() -> None:
    """Callers know their turn at once, and those after them come later."""
    terms = PoolTerms(2)
    pool = pool_of(terms, (NOW, 2))
    pool.report("me", 1, Report(), NOW)
    first, second, third = (pool.lease("me", [patient()], NOW).starts[0][0] for _ in range(3))
    assert NOW + MINUTE + SKEW == first == second
    assert third >= first + MINUTE + SKEW


def test_who_cannot_wait_that_long_is_refused_and_takes_nothing() -> None:
    """A refusal says when the turn would have been, and leaves it to the next."""
    pool = pool_of(PoolTerms(1), (NOW, 1))
    pool.report("me", 1, Report(), NOW)
    starts = pool.lease("me", [Ask(0, NOW + 100), patient()], NOW).starts
    assert starts == ((NOW + MINUTE + SKEW, False), (NOW + MINUTE + SKEW, True))


@pytest.mark.parametrize(
    ("limit", "instances", "largest", "expected"),
    [
        pytest.param(20, 1, 10, 5, id="a quarter of a small limit"),
        pytest.param(20, 5, 10, 1, id="one by one where a small limit has many users"),
        pytest.param(6_000, 100, 10, 10, id="ten at a hundred instances"),
        pytest.param(60_000, 1, 100, 100, id="more where the limit is large"),
    ],
)
def test_a_batch_is_no_larger_than_the_fair_share(
    limit: int, instances: int, largest: int, expected: int
) -> None:
    """What one exchange leases depends on the limit and on how many share it."""
    pool = PermitPool(PoolTerms(limit, largest_batch=largest))
    for index in range(instances):
        pool.report(f"i{index}", 1, Report(), NOW)
    grant = pool.lease("i0", [patient()] * 200, NOW)
    assert sum(batch.requests for batch in grant.batches) == expected


def test_permits_for_calls_to_come_are_leased_only_where_there_is_room() -> None:
    """A busy instance of a roomy limit leases ahead; of a limit almost used up it does not."""
    terms, rate = PoolTerms(600), 0.001
    roomy, tight = pool_of(terms), pool_of(terms, (NOW, 598))
    for pool in (roomy, tight):
        pool.report("me", 1, Report(), NOW)
    assert roomy.lease("me", [patient()], NOW, arrivals_per_ms=rate).batches[0].requests == 10
    assert tight.lease("me", [patient()], NOW, arrivals_per_ms=rate).batches[0].requests == 1


def test_a_request_over_the_limit_of_tokens_waits_for_an_empty_window() -> None:
    """It is not refused for ever, and nobody starts beside it."""
    pool = PermitPool(PoolTerms(10, 100))
    pool.report("me", 1, Report({NOW: Amount(1, 10)}), NOW)
    large, small = pool.lease("me", [patient(500), patient(10)], NOW).starts
    assert large[0] == NOW + MINUTE + SKEW
    assert small[0] > large[0] + MINUTE


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"at":"x","uses":[],"holders":{}}', '{"at":1,"uses":[[1]]}']
)
def test_a_record_that_cannot_be_read_counts_as_just_used_up(text: str) -> None:
    """What is unknown may have been used, and is over after a window."""
    terms = PoolTerms(5, 100)
    pool = PermitPool.from_text(text, terms, NOW)
    assert pool.taken(NOW) == Amount(5, 100)
    assert pool.earliest_start(NOW) < NOW + MINUTE + 2 * SKEW


def test_what_a_badly_wrong_clock_wrote_blocks_nobody() -> None:
    """A batch from hours ahead is dropped."""
    terms = PoolTerms(1)
    future = NOW + 3_600_000
    pool = PermitPool(terms)
    pool.report("wrong", 1, Report({future: Amount(1, 0)}, (Batch(future, future + 100, 1, 0),)), future)
    assert PermitPool.from_text(pool.to_text(future), terms, NOW).earliest_start(NOW) == NOW


def test_the_record_survives_being_written_and_read() -> None:
    """Text and record say the same."""
    terms = PoolTerms(60, 5_000)
    pool = pool_of(terms, (NOW, 3), (NOW + 500, 2))
    pool.report("me", 7, Report(), NOW)
    pool.lease("me", [patient(50)] * 3, NOW, arrivals_per_ms=0.01)
    again = PermitPool.from_text(pool.to_text(NOW), terms, NOW)
    assert again.taken(NOW) == pool.taken(NOW)
    assert again.sequence_of("me") == 7
    assert again.instances(NOW) == 2


def test_the_record_fits_into_a_column_however_many_instances_there_are() -> None:
    """More instances than it holds, with everything full, stay below the 32,768 characters of a column."""
    terms = PoolTerms(1_000_000, 1_000_000_000)
    text: str | None = None
    instances = MAX_HOLDERS + 60
    apart = MINUTE // instances + 1  # so that uses fill a whole window, too
    for index in range(instances):
        now = NOW + index * apart
        name = f"{index:08x}"
        pool = PermitPool.from_text(text, terms, now)
        uses = {terms.grid_end(now): Amount(99_999, 9_999_999_999)}
        pool.report(name, 99_999, Report(uses), now)
        pool.lease(name, [patient(999_999)] * 10, now, arrivals_per_ms=1.0)
        text = pool.to_text(now)
        assert len(text) < 32_768
    pool = PermitPool.from_text(text, terms, NOW + MINUTE)
    assert MAX_HOLDERS <= MAX_BATCHES
    assert pool.instances(NOW + MINUTE) == MAX_HOLDERS


class TestHolder:
    """What one instance does with its permits."""

    terms = PoolTerms(10, 1_000)

    def holder(self, *batches: Batch) -> PermitHolder:
        holder = PermitHolder(self.terms)
        holder.add(batches)
        return holder

    def test_a_permit_is_good_from_its_start_until_its_end(self) -> None:
        """Too early and too late are both refused."""
        for at, expected in [(NOW - 1, False), (NOW, True), (NOW + 99, True), (NOW + 100, False)]:
            holder = self.holder(Batch(NOW, NOW + 100, 1, 10))
            permit = holder.claim(10, NOW - 50, NOW)
            assert permit is not None
            assert holder.use(permit, at) is expected

    def test_a_use_given_back_before_the_report_can_be_used_again(self) -> None:
        """The record still holds the batch whole."""
        holder = self.holder(Batch(NOW, NOW + 100, 1, 10))
        permit = holder.claim(10, NOW, NOW)
        assert permit is not None
        holder.use(permit, NOW)
        holder.give_back(permit)
        assert holder.claim(10, NOW, NOW) is not None

    def test_a_use_given_back_after_the_report_is_taken_off_the_record_instead(self) -> None:
        """The record has the use at its old time, where a later use must not hide."""
        holder = self.holder(Batch(NOW, NOW + 100, 2, 20))
        permit = holder.claim(10, NOW, NOW)
        assert permit is not None
        holder.use(permit, NOW)
        first = holder.draw_report(NOW)
        assert holder.claim(10, NOW, NOW) is not None
        holder.give_back(permit)
        assert holder.claim(10, NOW, NOW) is None
        assert first.uses == {self.terms.grid_end(NOW): Amount(1, 10)}
        assert holder.draw_report(NOW).uses == {self.terms.grid_end(NOW): Amount(-1, -10)}

    def test_settling_corrects_the_tokens_where_they_were_used(self) -> None:
        """An estimate that was too high frees tokens at the next report."""
        holder = self.holder(Batch(NOW, NOW + 100, 1, 100))
        permit = holder.claim(100, NOW, NOW)
        assert permit is not None
        holder.use(permit, NOW)
        holder.draw_report(NOW)
        holder.settle(permit, 30)
        assert holder.draw_report(NOW + 5_000).uses == {self.terms.grid_end(NOW): Amount(0, -70)}

    def test_an_expired_batch_is_reported_as_no_longer_held(self) -> None:
        """What nobody used comes free for all."""
        holder = self.holder(Batch(NOW, NOW + 100, 3, 10))
        assert holder.draw_report(NOW + 99).held == (Batch(NOW, NOW + 100, 3, 10),)
        assert holder.draw_report(NOW + 100).held == ()
        assert holder.claim(0, NOW, NOW) is None  # even if the clock is set back

    def test_what_the_provider_counts_of_others_is_booked_once(self) -> None:
        """Two instances that hear of the same foreign use book it once."""
        pool = PermitPool(self.terms)
        for name in ("a", "b"):
            holder = PermitHolder(self.terms)
            holder.observe(4, 300, NOW)
            pool.report(name, 1, holder.draw_report(NOW), NOW)
        assert pool.taken(NOW) == Amount(6, 700)

    def test_a_long_silence_of_the_table_does_not_fill_the_memory(self) -> None:
        """Uses older than any window are forgotten unreported."""
        holder = PermitHolder(self.terms)
        for step in range(5_000):
            holder.book(1, NOW + step * 500)
        assert len(holder.draw_report(NOW).uses) < 400
