import threading
from dataclasses import dataclass

import pytest
from structlog.testing import capture_logs

from filmroom.ops.events import EventBus


@dataclass(frozen=True)
class Happened:
    number: int


@dataclass(frozen=True)
class HappenedMore(Happened):
    pass


@dataclass(frozen=True)
class Other:
    pass


@pytest.fixture
def bus():
    return EventBus()


def test_a_subscriber_gets_its_class_and_subclasses_in_order(bus):
    got = []
    bus.subscribe(Happened, got.append)
    bus.publish(Happened(1))
    bus.publish(Other())
    bus.publish(HappenedMore(2))
    assert got == [Happened(1), HappenedMore(2)]


def test_every_subscriber_gets_it_in_the_publishers_thread(bus):
    threads = []
    for _ in range(2):
        bus.subscribe(Happened, lambda _event: threads.append(threading.get_ident()))
    publisher = threading.Thread(target=bus.publish, args=(Happened(1),))
    publisher.start()
    publisher.join()
    assert threads == [publisher.ident] * 2


def test_unsubscribing_ends_it_for_that_subscription_only(bus):
    got = []
    end_first = bus.subscribe(Happened, got.append)
    bus.subscribe(Happened, got.append)
    end_first()
    end_first()
    bus.publish(Happened(1))
    assert got == [Happened(1)]


def test_a_subscriber_that_raises_disturbs_nobody_and_is_logged(bus):
    got = []

    def broken(_event):
        raise ZeroDivisionError

    bus.subscribe(Happened, broken)
    bus.subscribe(Happened, got.append)
    with capture_logs() as logs:
        bus.publish(Happened(1))
    assert got == [Happened(1)]
    assert [(line["event"], line["event_type"]) for line in logs] == [
        ("subscriber_failed", "Happened")
    ]


def test_subscribing_while_an_event_is_delivered(bus):
    got = []
    bus.subscribe(Happened, lambda _event: bus.subscribe(Happened, got.append))
    bus.publish(Happened(1))
    assert got == []
    bus.publish(Happened(2))
    assert got == [Happened(2)]


def test_many_threads_subscribe_and_publish(bus):
    got = []

    def work():
        ends = [bus.subscribe(Happened, got.append) for _ in range(50)]
        for end in ends[:-1]:
            end()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bus.publish(Happened(1))
    assert len(got) == 8
