"""Kept filters: saved, shared, shown on their list, removed by their owner alone."""

import re

import pytest

from engine import filters
from engine.errors import Conflict

QUERY = "key=a1&whose=me"


def save(client, **more):
    form = {"page": "/work", "query": QUERY, "name": "Mine of a1", **more}
    return client.post("/filters", data=form)


def test_a_filter_is_saved_and_leads_back_to_its_list(site):
    hanna = site.as_("hanna")
    answer = save(hanna)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/work?{QUERY}&said=filter-saved"
    page = hanna.get("/work").text
    assert 'href="/work?key=a1&amp;whose=me"' in page
    assert "Mine of a1" in page


def test_a_list_without_filters_offers_nothing_to_save(site):
    hanna = site.as_("hanna")
    assert "Save these filters" not in hanna.get("/work").text
    assert "Save these filters" in hanna.get("/work?key=x&said=saved&after=").text


def test_the_filter_that_is_shown_is_marked_and_not_offered_again(site):
    hanna = site.as_("hanna")
    save(hanna)
    # in whatever order the address names them
    page = hanna.get("/work?whose=me&key=a1&said=filter-saved").text
    assert 'aria-current="true"' in page
    assert "Save these filters" not in page


def test_only_a_shared_filter_is_seen_by_others_with_its_owner(site):
    hanna, otto = site.as_("hanna"), site.as_("otto")
    save(hanna, name="Alone")
    save(hanna, name="For all", shared="yes")
    page = otto.get("/work").text
    assert "For all" in page
    assert "shared by Hanna" in page
    assert "Alone" not in page


def test_a_filter_says_how_many_tasks_it_shows(site, office):
    office.open(key="a1")
    office.open(key="a1")
    lara = site.as_("lara")
    save(lara, query="key=a1")
    assert re.search(r'Mine of a1</a>\s*<span class="tag">2</span>', lara.get("/work").text)


def test_the_same_name_again_replaces_the_filter(site, office):
    hanna = site.as_("hanna")
    save(hanna)
    save(hanna, query="key=b2")
    with office.act("hanna") as act:
        (kept,) = filters.of_page(act, "/work")
    assert kept.query == "key=b2"


def test_nobody_removes_the_filter_of_another(site, office):
    save(site.as_("hanna"), shared="yes")
    with office.act("hanna") as act:
        (kept,) = filters.of_page(act, "/work")
    assert site.as_("otto").post(f"/filters/{kept.id}/remove").status_code == 403
    assert site.as_("hanna").post(f"/filters/{kept.id}/remove").status_code == 303
    assert site.as_("hanna").post(f"/filters/{kept.id}/remove").status_code == 404
    assert "Mine of a1" not in site.as_("hanna").get("/work").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"page": "//evil.example"},
        {"page": "https://evil.example/work"},
        {"page": "/no-such-list"},
        {"name": "  "},
        {"name": "x" * 61},
        {"query": "said=saved"},
        {"query": "a=" + "x" * 2000},
    ],
)
def test_what_is_no_list_or_no_filter_is_refused_in_words(site, wrong):
    answer = save(site.as_("hanna"), **wrong)
    assert answer.status_code == 422
    assert answer.content_type.startswith("text/html")


def test_nobody_keeps_filters_without_end(office):
    with office.act("hanna") as act:
        for count in range(filters.MOST):
            filters.save(act, "/work", name=f"n{count}", query="key=x", shared=False)
        with pytest.raises(Conflict):
            filters.save(act, "/work", name="one more", query="key=x", shared=False)
        filters.save(act, "/work", name="n0", query="key=y", shared=False)


def test_whoever_has_not_signed_in_keeps_nothing(site):
    assert save(site.anonymous()).headers["Location"].startswith("/sign-in")
