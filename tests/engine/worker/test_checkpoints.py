"""The heads of all streams are signed once a day, by one of the workers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from engine import archive, worker
from engine import clock as product_clock
from engine.store import begin, events
from tests.support import KEY


def _signed(database):
    with begin(database, now=product_clock.now()) as uow:
        return [signed.at for signed, _ in events.checkpoints(uow)]


def test_a_checkpoint_is_signed_once_a_day(office, clock):
    office.open()
    first = product_clock.now()
    assert worker.sign_daily(office.database, KEY)
    clock.tick(timedelta(hours=23, minutes=59))
    assert not worker.sign_daily(office.database, KEY)
    clock.tick(timedelta(minutes=1))
    assert worker.sign_daily(office.database, KEY)
    assert _signed(office.database) == [first, first + timedelta(days=1)]
    with begin(office.database, now=product_clock.now()) as uow:
        report = archive.verify_everything(uow)
    assert report.ok
    assert report.checkpoint == "genuine"


def test_of_several_workers_one_signs(office):
    office.open()
    with ThreadPoolExecutor(4) as workers:
        signed = list(workers.map(lambda _: worker.sign_daily(office.database, KEY), range(8)))
    assert signed.count(True) == 1
    assert len(_signed(office.database)) == 1
