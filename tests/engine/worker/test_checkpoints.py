"""The heads of all streams are signed once a day and after cases end, by one of the workers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from engine import archive, cases, worker
from engine import clock as product_clock
from engine.store import answers, begin, events
from tests.support import KEY


def _signed(database):
    with begin(database, now=product_clock.now()) as uow:
        return [signed.at for signed, _ in events.checkpoints(uow)]


def test_a_checkpoint_is_signed_once_a_day(office, clock):
    office.open()
    first = product_clock.now()
    assert worker.sign_when_due(office.database, KEY)
    clock.tick(timedelta(hours=23, minutes=59))
    assert not worker.sign_when_due(office.database, KEY)
    clock.tick(timedelta(minutes=1))
    assert worker.sign_when_due(office.database, KEY)
    assert _signed(office.database) == [first, first + timedelta(days=1)]
    with begin(office.database, now=product_clock.now()) as uow:
        report = archive.verify_everything(uow)
    assert report.ok
    assert report.checkpoint == "genuine"


def test_the_end_of_a_case_is_signed_within_the_hour(office, clock):
    case = office.open()
    assert worker.sign_when_due(office.database, KEY)
    clock.tick(timedelta(minutes=10))
    office.do("hanna", cases.cancel, case, reason="filed twice")
    clock.tick(timedelta(minutes=49))
    assert not worker.sign_when_due(office.database, KEY)
    clock.tick(timedelta(minutes=1))
    assert worker.sign_when_due(office.database, KEY)
    clock.tick(timedelta(hours=2))
    assert not worker.sign_when_due(office.database, KEY)


def test_answers_under_an_idempotency_key_are_forgotten_after_a_day(office, clock):
    row = {"actor": "lara", "key": "k", "request": "r", "status": 200, "headers": {}, "body": b""}
    with begin(office.database, now=product_clock.now()) as uow:
        answers.keep(uow, row)
    clock.tick(timedelta(hours=23))
    assert worker.forget_old_answers(office.database) == 0
    clock.tick(timedelta(hours=1))
    assert worker.forget_old_answers(office.database) == 1


def test_of_several_workers_one_signs(office):
    office.open()
    with ThreadPoolExecutor(4) as workers:
        signed = list(workers.map(lambda _: worker.sign_when_due(office.database, KEY), range(8)))
    assert signed.count(True) == 1
    assert len(_signed(office.database)) == 1
