"""What many tests begin with is played once in a process; the others get a copy of its rows."""

from engine import clock
from tests.emptying import fill, keep
from tests.proving import PROVED, prove_all

#: What was played: the name of its stage, its instant, what the play returned, what was proved.
_PLAYED = {}


def staged(database, frozen, key, play):
    """Bring a database and the frozen clock to a stage, and return what `play` returned.

    The database must hold nothing yet that the play does not make itself: a copy replaces it.
    """
    if key not in _PLAYED:
        found = play()
        stage = f"stage_{len(_PLAYED)}"
        revisions = prove_all(database)
        keep(database, stage)
        _PLAYED[key] = (stage, clock.now(), found, revisions)
    else:
        stage, at, found, revisions = _PLAYED[key]
        fill(database, stage)
        frozen.move_to(at)
    PROVED.clear()
    PROVED.update(revisions)
    return found
