from filmroom.archive.pace import Pace


class Clock:
    """Time that passes only when somebody waits, or is told to."""

    def __init__(self):
        self.now = 100.0
        self.waited = []

    def wait(self, seconds):
        self.waited.append(round(seconds, 6))
        self.now += seconds


def pace(rate):
    clock = Clock()
    return clock, Pace(rate, wait=clock.wait, clock=lambda: clock.now)


def test_the_first_piece_goes_at_once_and_the_next_when_it_is_due():
    clock, turn = pace(1000)
    for size in (500, 250, 250):
        turn(size)
    assert clock.waited == [0.5, 0.25]


def test_the_time_that_reading_took_counts():
    clock, turn = pace(1000)
    turn(500)
    clock.now += 0.3
    turn(500)
    assert clock.waited == [0.2]


def test_time_that_was_not_used_is_not_made_up_for():
    clock, turn = pace(1000)
    turn(500)
    clock.now += 60
    turn(500)
    turn(500)
    assert clock.waited == [0.5]
