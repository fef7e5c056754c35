from engine import kernel


def test_a_sub_process_has_variables_of_its_own(case):
    it = case("test_scopes.sub_process").start(a=1)
    assert it.task("in_task").variables == {"a": 1, "local": 1}
    it.complete("in_task", local=2, new=3)
    assert it.step.variables == {"a": 1, "new": 3, "given": 2}


def test_a_called_process_sees_and_returns_only_what_is_mapped(case):
    it = case("test_scopes.call", root="p").start(a=1, secret=2)
    assert it.task("q_task").variables == {"x": 1}
    it.complete("q_task", y=5, other=6)
    assert it.step.variables == {"a": 1, "secret": 2, "b": 5}


def test_an_interrupting_event_sub_process_ends_what_runs(case):
    it = case("test_scopes.event_interrupting").start().receive("withdrawal", reason="other job")
    assert it.tasks == ["acknowledge"]
    assert it.step.subscriptions == ()
    assert it.complete("acknowledge").end == "gone"


def test_an_event_sub_process_beside_may_start_again_and_again(case):
    it = case("test_scopes.event_beside").start().receive("remark").receive("remark")
    assert it.tasks == ["a", "read", "read"]
    it.complete("a").complete("read")
    assert it.end is None
    assert it.complete("read").step.ended is not None


def test_an_event_sub_process_that_never_started_does_not_keep_the_case_open(case):
    assert case("test_scopes.event_beside").start().complete("a").end == "end"


def test_an_error_starts_the_event_sub_process_of_its_scope(case):
    it = case("test_scopes.event_error").start().complete("a")
    assert it.tasks == ["repair"]


def test_a_cycle_starts_an_event_sub_process_as_often_as_it_says(case):
    it = case("test_scopes.event_timer").start()
    for _ in range(2):
        it.tick(it.step.timers[0].due_at)
    assert (it.tasks, it.timers) == (["a", "nudge", "nudge"], {})


def test_inspection_shows_tokens_counts_and_variables_per_scope(case):
    it = case("test_scopes.sub_process").start(a=1)
    view = kernel.inspect(it.definition, it.state)
    assert [token.element for token in view.tokens] == ["inner", "in_task"]
    assert view.completed == {"start": 1, "in_start": 1}
    assert view.flows == {"start_to_inner": 1, "in_start_to_in_task": 1}
    assert [(s.element, s.variables) for s in view.scopes] == [
        (None, {"a": 1}),
        ("inner", {"local": 1}),
    ]
