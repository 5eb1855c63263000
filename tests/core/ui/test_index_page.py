"""The index page: state in the URL, tabs, filters, search, columns, bulk bar, export."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from core.jobs import run_due
from core.models import Job, SavedView, StoredFile
from core.tables.rows import Selection
from tests.core.ui.sample_index import SampleIndex
from tests.factories.core import make_user, principal, sign_in
from tests.helpers.query_counts import query_baseline

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.ui.sample_index")]
NOW = dt.datetime(2026, 4, 21, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def wired_sample(monkeypatch):
    """Let exports and saved views find the sample index."""
    path = "tests.core.ui.sample_index.SampleIndex"
    monkeypatch.setattr("config.wiring.INDEXES", {"sample-jobs": path})


@pytest.fixture
def admin_client() -> Client:
    return sign_in(Client(), make_user("admin"))


def add_jobs(count: int, **fields) -> list[Job]:
    """Create jobs that the sample index lists."""
    return Job.objects.bulk_create(
        Job(
            **{
                "name": "core.export_index",
                "title": f"row {place:03}",
                "run_after": NOW,
                "created_at": NOW,
                "finished_at": NOW,
                "status": "succeeded",
                **fields,
            }
        )
        for place in range(count)
    )


def region(client: Client, query: str = "") -> str:
    """Return the fragment that htmx would get."""
    headers = {"HX-Request": "true", "HX-Target": "index-region"}
    return client.get(f"/sample/{query}", headers=headers).content.decode()


def shown(html: str) -> list[str]:
    """Return the titles of the rows in order."""
    return [part.split("</a>")[0].split(">")[-1] for part in html.split('class="row-link"')[1:]]


def test_the_page_has_frame_and_rows_the_fragment_only_the_region(admin_client):
    add_jobs(2)

    page = admin_client.get("/sample/")
    part = region(admin_client)

    assert "<html" in page.content.decode()
    assert "HX-Request" in page.headers["Vary"]
    assert "<html" not in part
    assert shown(part) == shown(page.content.decode()) == ["row 001", "row 000"]


def test_a_fragment_is_never_stored(admin_client):
    headers = {"HX-Request": "true", "HX-Target": "index-region"}

    answer = admin_client.get("/sample/", headers=headers)

    assert "no-store" in answer.headers["Cache-Control"]


def test_a_history_restore_gets_the_whole_page(admin_client):
    headers = {
        "HX-Request": "true",
        "HX-Target": "index-region",
        "HX-History-Restore-Request": "true",
    }

    assert "<html" in admin_client.get("/sample/", headers=headers).content.decode()


def test_tabs_filters_and_search_narrow_together(admin_client):
    add_jobs(1, title="alpha one", queue="bulk")
    add_jobs(1, title="alpha two")
    add_jobs(1, title="beta", queue="bulk")

    assert shown(region(admin_client, "?q=alpha&queue=bulk")) == ["alpha one"]
    assert shown(region(admin_client, "?queue=bulk&queue=normal&q=alpha")) == [
        "alpha two",
        "alpha one",
    ]
    assert shown(region(admin_client, "?tab=dead")) == []


def test_a_day_range_includes_its_last_day(admin_client):
    add_jobs(1, title="on the day", finished_at=NOW)
    add_jobs(1, title="a day later", finished_at=NOW + dt.timedelta(days=1))

    assert shown(region(admin_client, "?ended=..2026-04-21")) == ["on the day"]
    assert shown(region(admin_client, "?ended_from=2026-04-22&ended_to=")) == ["a day later"]


def test_values_that_mean_nothing_are_ignored(admin_client):
    add_jobs(1)

    html = region(admin_client, "?tab=x&sort=password&ended=never..&after=%00&cols=x&density=x")

    assert shown(html) == ["row 000"]


def test_a_tab_that_needs_a_person_is_marked_only_when_it_has_rows(admin_client):
    assert "tab-count-hot" not in region(admin_client)
    add_jobs(2, status="dead")

    assert '<span class="tab-count-hot">2</span>' in region(admin_client)


def test_paging_goes_on_and_back_through_links(admin_client):
    add_jobs(12)
    html = region(admin_client, "?sort=attempts")
    following = html.split('rel="next" href="/sample/?')[1].split('"')[0].replace("&amp;", "&")

    second = region(admin_client, f"?{following}")

    assert len(shown(second)) == 5
    assert "6\u201310 of 12" in second
    assert 'rel="prev"' in second
    assert set(shown(second)).isdisjoint(shown(html))


def test_first_use_and_no_match_are_different_texts(admin_client):
    assert "No jobs yet" in region(admin_client)
    add_jobs(1)

    narrowed = region(admin_client, "?q=nowhere")

    assert "Nothing matches" in narrowed
    assert "Clear filters" in narrowed


def test_columns_are_chosen_and_remembered(admin_client):
    add_jobs(1)

    chosen = region(admin_client, "?cols=status,error")
    later = region(admin_client)
    reset = region(admin_client, "?cols=default")

    assert "Problem" in chosen.split("<tbody>")[0].split("<thead>")[1]
    assert "Runs" not in later.split("<tbody>")[0].split("<thead>")[1]
    assert "Runs" in reset.split("<tbody>")[0].split("<thead>")[1]


def test_a_column_needs_its_capability():
    auditor = sign_in(Client(), make_user("auditor"))
    add_jobs(1, worker="host-7")

    assert "host-7" not in region(auditor, "?cols=worker,status")


def test_cells_are_escaped(admin_client):
    add_jobs(1, title="<script>alert(1)</script>")

    html = region(admin_client, "?q=%3Cscript")

    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_the_query_count_does_not_grow_with_the_rows(admin_client):
    add_jobs(1)
    admin_client.get("/sample/")
    with query_baseline("ui-index-page"):
        few = admin_client.get("/sample/")
    add_jobs(40)

    with query_baseline("ui-index-page"):
        many = admin_client.get("/sample/")

    assert (few.status_code, many.status_code) == (200, 200)
    header, page_size = 1, 5
    assert few.content.count(b"<tr") == header + 1
    assert many.content.count(b"<tr") == header + page_size


def test_a_selection_of_all_matching_leaves_out_the_unticked():
    first, second, third = add_jobs(3)
    add_jobs(1, status="dead", title="row dead")
    selection = Selection.of(query="q=row", excluded=str(second.pk), is_all=True)

    rows = SampleIndex().selected(principal("admin"), selection)

    assert first in rows
    assert second not in rows
    assert third in rows
    assert rows.count() == 3


def test_ids_that_are_not_numbers_select_nothing():
    add_jobs(1)

    assert Selection.of(ids="1;DROP, x,\u0663", is_all=False).ids == ()


def test_a_bulk_act_asks_with_the_number_then_starts_one_job(admin_client):
    jobs = add_jobs(3)
    ids = ",".join(str(job.pk) for job in jobs[:2])

    question = admin_client.post("/sample/bulk/", {"ids": ids}, headers={"HX-Request": "true"})
    sent = {"ids": ids, "confirmed": "1", "submission_key": "once"}
    for _again in range(2):
        answer = admin_client.post("/sample/bulk/", sent, headers={"HX-Request": "true"})

    assert "Note 2 jobs?" in question.content.decode()
    assert f'name="ids" value="{ids}"' in question.content.decode()
    assert answer.status_code == 204
    assert '"closeDialog"' in answer.headers["HX-Trigger"]
    assert Job.objects.get(key="bulk:core.export_index:once").args["ids"] == ids


def test_a_bulk_act_needs_its_capability():
    operator = sign_in(Client(), make_user("operator"))

    assert operator.post("/sample/bulk/", {"ids": "1"}).status_code == 403


def export(client: Client, file_format: str, query: str = "") -> bytes:
    """Start an export, run the worker, return the file."""
    answer = client.post("/sample/", {"export": file_format, "query": query, "cols": "title,error"})
    assert answer.status_code == 303
    run_due(timezone.now(), 5)
    job = Job.objects.exclude(result=None).get()
    stored = StoredFile.objects.get(pk=job.result["file"])
    with stored.open() as source:
        return source.read()


def test_rel_h_03_a_csv_export_neutralizes_formulas_and_has_a_bom(admin_client):
    add_jobs(1, title="=1+1", error="-2", created_at=NOW, status="dead")
    content = export(admin_client, "csv", "tab=dead")

    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))

    assert content.startswith(b"\xef\xbb\xbf")
    assert rows == [["Title", "Problem"], ["'=1+1", "'-2"]]


def test_an_xlsx_export_holds_the_narrowed_rows(admin_client):
    add_jobs(3)
    add_jobs(1, title="other", status="dead")

    book = load_workbook(io.BytesIO(export(admin_client, "xlsx", "q=row+00")))

    titles = [row[0].value for row in book.worksheets[0].iter_rows(min_row=2)]
    assert titles == ["row 002", "row 001", "row 000"]


def test_an_export_pages_through_every_row(admin_client, monkeypatch):
    monkeypatch.setattr("core.tables.exporting.CHUNK_ROWS", 3)
    add_jobs(10)

    rows = list(csv.reader(io.StringIO(export(admin_client, "csv", "q=row").decode("utf-8-sig"))))

    assert len({row[0] for row in rows[1:]}) == len(rows) - 1 == 10


def test_a_saved_view_is_a_tab_and_shows_the_same_rows(admin_client):
    add_jobs(2)
    add_jobs(1, title="mine", status="dead")

    answer = admin_client.post(
        "/views/save/", {"screen": "sample-jobs", "query": "tab=dead&q=mine", "name": "My dead"}
    )
    view = SavedView.objects.get()

    assert answer.headers["Location"] == f"/sample/?q=mine&tab=dead&view={view.pk}"
    html = region(admin_client, answer.headers["Location"].removeprefix("/sample/"))
    assert shown(html) == ["mine"]
    assert 'aria-current="page">My dead' in html


def test_a_private_view_is_not_shown_to_others_and_cannot_be_removed_by_them(admin_client):
    admin_client.post("/views/save/", {"screen": "sample-jobs", "query": "", "name": "Private"})
    view = SavedView.objects.get()
    other = sign_in(Client(), make_user("auditor"))

    assert "Private" not in region(other)
    assert other.post(f"/views/{view.pk}/remove/").status_code == 404
    assert SavedView.objects.filter(pk=view.pk).exists()


def test_a_shared_view_is_shown_to_others(admin_client):
    sent = {"screen": "sample-jobs", "query": "", "name": "For all", "is_shared": "on"}
    admin_client.post("/views/save/", sent)

    assert "For all" in region(sign_in(Client(), make_user("auditor")))


def test_a_view_without_a_name_comes_back_with_the_reason(admin_client):
    answer = admin_client.post("/views/save/", {"screen": "sample-jobs", "name": ""})

    assert answer.status_code == 422
    assert "Name: Fill this in." in answer.content.decode()


def test_a_view_of_an_unknown_page_is_not_found(admin_client):
    assert admin_client.get("/views/save/?index=nothing").status_code == 404


def test_a_view_can_be_removed(admin_client):
    admin_client.post("/views/save/", {"screen": "sample-jobs", "query": "", "name": "Old"})

    admin_client.post(f"/views/{SavedView.objects.get().pk}/remove/", {"back": "/sample/"})

    assert not SavedView.objects.exists()
