"""Asking and keeping: what is slow, broken, cut or untrue ends in a fault or in the whole answer, never between."""

import base64
import gzip
import hashlib
import json
import logging
import socket
import threading
import time
from itertools import pairwise
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.connectors.cache import Cache
from analysis.connectors.services import SERVICES, Question
from analysis.connectors.transport import Transport, without
from analysis.errors import DataError, Fault
from tests.analysis.connectors.conftest import QUICK, TOKEN
from tests.analysis.connectors.service import LocalService, Reply

ECB = SERVICES["ecb"]
BODY = b"day,rate\n" + b"2025-01-02,11.5\n" * 2000
ASK = Question(ECB, "rates.csv", "/data", {"year": "2025"})


def take(content):
    """A check that takes anything."""


def kept_files(cache):
    return sorted(path.name for path in cache.folder.rglob("*") if path.is_file() and path.name != ".turn")


def test_an_answer_is_kept_as_it_came_with_its_origin(service, cache):
    service.answer, service.tag = lambda asked: Reply(BODY), '"v1"'
    kept = cache.ask(ASK, take)
    digest = hashlib.sha256(BODY).hexdigest()
    assert kept.content == kept.path.read_bytes() == BODY
    told = json.loads((cache.folder / "ecb" / "rates.csv.meta.json").read_text("utf-8"))
    assert told == kept.sidecar == {
        "file": f"rates.{digest[:12]}.csv", "source": "European Central Bank", "licence": ECB.licence,
        "url": f"{service.url}/data", "status": 200, "retrieved_utc": "2026-01-02T03:04:05Z", "sha256": digest,
        "question": {"service": "ecb", "path": "/data", "query": {"year": "2025"}, "body": None},
        "bytes": len(BODY), "etag": '"v1"', "last_modified": None, "content_type": "text/csv",
    }  # fmt: skip


def test_a_kept_answer_opens_no_connection(service, cache, tmp_path, monkeypatch):
    service.answer = lambda asked: Reply(BODY)
    cache.ask(ASK, take)

    def forbidden():
        raise AssertionError("a connection was opened")

    monkeypatch.setenv("V2X_OFFLINE", "1")
    assert Cache(cache.folder, forbidden).ask(ASK, take).content == BODY
    assert len(service.seen) == 1


def test_offline_without_a_kept_answer_says_what_to_do(service, cache, monkeypatch):
    monkeypatch.setenv("V2X_OFFLINE", "1")
    with pytest.raises(DataError, match=r"ecb: rates\.csv: found no kept answer .* Unset V2X_OFFLINE"):
        cache.ask(ASK, take)
    assert service.seen == []


def test_no_network_is_a_fault_that_names_the_address(cache, monkeypatch, service):
    monkeypatch.setenv(ECB.variable, "http://127.0.0.1:9")
    with pytest.raises(
        DataError, match=r"expected an answer of http://127\.0\.0\.1:9/data\. Check the network and V2X_ECB_"
    ):
        cache.ask(ASK, take)


def test_another_question_of_the_same_name_is_asked_and_not_answered_from_the_cache(service, cache):
    service.answer = lambda asked: Reply(asked.query["year"].encode())
    assert cache.ask(ASK, take).content == b"2025"
    assert cache.ask(Question(ECB, "rates.csv", "/data", {"year": "2024"}), take).content == b"2024"


def test_a_mirror_does_not_make_the_kept_answer_another(service, cache, monkeypatch):
    service.answer = lambda asked: Reply(BODY)
    cache.ask(ASK, take)
    monkeypatch.setenv(ECB.variable, "http://127.0.0.1:9/mirror")
    assert cache.ask(ASK, take).content == BODY


def test_refreshing_asks_by_condition_and_keeps_what_is_unchanged(service, cache):
    service.answer, service.tag = lambda asked: Reply(BODY), '"v1"'
    before = cache.ask(ASK, take)
    again = cache.ask(ASK, take, refresh=True)
    assert service.seen[1].headers["If-None-Match"] == '"v1"'
    assert again == before
    service.answer, service.tag = lambda asked: Reply(BODY + b"2025-01-03,11.6\n"), '"v2"'
    changed = cache.ask(ASK, take, refresh=True)
    assert changed.content.endswith(b"11.6\n")
    assert kept_files(cache) == sorted([changed.path.name, "rates.csv.meta.json"])


def test_an_answer_that_is_refused_on_refreshing_leaves_the_old_one(service, cache):
    service.answer = lambda asked: Reply(BODY)
    cache.ask(ASK, take)
    service.answer = lambda asked: Reply(b"<html><title>Maintenance</title></html>", kind="text/html")
    with pytest.raises(DataError, match="Maintenance"):
        cache.ask(ASK, take, refresh=True)
    assert cache.ask(ASK, take).content == BODY


@pytest.mark.parametrize("harm", ["byte", "gone", "sidecar"])
def test_a_kept_byte_that_has_changed_is_a_fault(service, cache, harm):
    service.answer = lambda asked: Reply(BODY)
    kept = cache.ask(ASK, take)
    if harm == "byte":
        kept.path.write_bytes(BODY.replace(b"11.5", b"11.6", 1))
    elif harm == "gone":
        kept.path.unlink()
    else:
        (cache.folder / "ecb" / "rates.csv.meta.json").write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match="Delete the file and its sidecar"):
        cache.ask(ASK, take)
    assert len(service.seen) == 1


def test_a_sidecar_cannot_lead_out_of_the_folder(service, cache, tmp_path):
    service.answer = lambda asked: Reply(BODY)
    cache.ask(ASK, take)
    (tmp_path / "outside.csv").write_bytes(b"x")
    sidecar = cache.folder / "ecb" / "rates.csv.meta.json"
    told = json.loads(sidecar.read_text("utf-8")) | {
        "file": "../../outside.csv",
        "sha256": hashlib.sha256(b"x").hexdigest(),
    }
    sidecar.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(DataError, match=r"no outside\.csv beside it"):
        cache.ask(ASK, take)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_service_that_is_busy_is_asked_again(service, cache, status):
    service.answer = lambda asked: Reply(BODY)
    service.first = [Reply(b"busy", status=status), Reply(b"busy", status=status)]
    assert cache.ask(ASK, take).content == BODY
    assert len(service.seen) == 3


def test_the_time_that_a_service_asks_for_is_waited(service, cache):
    service.answer = lambda asked: Reply(BODY)
    service.first = [Reply(b"slow down", status=429, headers={"Retry-After": "1"})]
    cache.ask(ASK, take)
    assert service.seen[1].moment - service.seen[0].moment >= 1.0


def test_a_service_that_stays_busy_is_a_fault(service, cache):
    service.answer = lambda asked: Reply(b"no", status=429)
    with pytest.raises(DataError, match=r"found status 429 .* The service is asked too often"):
        cache.ask(ASK, take)
    assert kept_files(cache) == []


@pytest.mark.parametrize(
    ("status", "remedy"), [(404, "moved it"), (401, "asks for a token"), (400, "does not take it")]
)
def test_a_refusal_is_not_repeated(service, cache, status, remedy):
    service.answer = lambda asked: Reply(b"no", status=status)
    with pytest.raises(DataError, match=remedy):
        cache.ask(ASK, take)
    assert len(service.seen) == 1


def test_a_cut_answer_is_asked_for_again_from_the_start_where_its_version_has_no_mark(service, cache):
    service.answer = lambda asked: Reply(BODY)
    service.first = [Reply(BODY, cut=5000)]
    assert cache.ask(ASK, take).content == BODY
    assert "Range" not in service.seen[1].headers


def test_a_cut_answer_is_continued_where_the_service_allows(service, cache):
    service.answer, service.has_ranges, service.tag = lambda asked: Reply(BODY), True, '"v1"'
    service.first = [Reply(BODY, cut=5000)]
    assert cache.ask(ASK, take).content == BODY
    rest = service.seen[1].headers["Range"]
    assert rest.startswith("bytes=") and 0 < int(rest.removeprefix("bytes=").removesuffix("-")) <= 5000
    assert service.seen[1].headers["If-Range"] == '"v1"'


def test_a_later_run_continues_what_an_earlier_one_had(service, cache):
    service.answer, service.has_ranges, service.tag = lambda asked: Reply(BODY, cut=5000), True, '"v1"'
    with pytest.raises(DataError):
        cache.ask(ASK, take)
    assert "rates.csv.part" in kept_files(cache)
    service.answer = lambda asked: Reply(BODY)
    asked_before = len(service.seen)
    assert cache.ask(ASK, take).content == BODY
    assert "Range" in service.seen[asked_before].headers
    assert not [name for name in kept_files(cache) if ".part" in name]


def test_an_answer_that_changes_between_its_pieces_is_taken_anew(service, cache):
    """The mark is another by then, so the server sends all; the piece of the old version is thrown away."""
    service.answer, service.has_ranges, service.tag = lambda asked: Reply(BODY), True, '"v1"'
    service.first = [Reply(BODY.replace(b"11.5", b"99.9"), cut=5000, headers={"ETag": '"old"'})]
    service.tag = None
    assert cache.ask(ASK, take).content == BODY


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(1, len(BODY) - 1), max_size=2), has_ranges=st.booleans())
def test_wherever_an_answer_is_cut_the_bytes_are_those_of_the_service(
    service, cache, tmp_path_factory, cuts, has_ranges
):
    fresh = Cache(tmp_path_factory.mktemp("cache"), lambda: Transport(QUICK))
    service.answer, service.has_ranges, service.tag = lambda asked: Reply(BODY), has_ranges, '"v1"'
    service.first = [Reply(BODY, cut=cut) for cut in cuts]
    assert fresh.ask(ASK, take).content == BODY


@pytest.mark.parametrize("has_ranges", [True, False])
def test_an_answer_in_chunks_that_breaks_off_is_made_whole(service, cache, has_ranges):
    service.answer, service.has_ranges, service.tag = lambda asked: Reply(BODY, is_chunked=True), has_ranges, '"v1"'
    service.first = [Reply(BODY, is_chunked=True, cut=5000)]
    assert cache.ask(ASK, take).content == BODY
    assert ("Range" in service.seen[1].headers) is has_ranges


def test_an_answer_that_is_packed_unasked_is_unpacked_and_not_continued(service, cache):
    packed = gzip.compress(BODY)
    headers = {"Content-Encoding": "gzip"}
    service.answer, service.has_ranges, service.tag = lambda asked: Reply(packed, headers=headers), True, '"v1"'
    service.first = [Reply(packed, headers=headers, cut=len(packed) // 2)]
    assert cache.ask(ASK, take).content == BODY
    assert "Range" not in service.seen[1].headers
    assert service.seen[0].headers["Accept-Encoding"] == "identity"


def test_a_connection_that_fails_is_tried_as_often_as_said_and_no_more(cache, service, monkeypatch):
    """Each try opens a connection, which this server closes without a word."""
    closed = socket.create_server(("127.0.0.1", 0))
    opened = []

    def close_all():
        while True:
            try:
                connection, _ = closed.accept()
            except OSError:
                return
            opened.append(connection)
            connection.close()

    thread = threading.Thread(target=close_all, daemon=True)
    thread.start()
    monkeypatch.setenv(ECB.variable, f"http://127.0.0.1:{closed.getsockname()[1]}")
    with pytest.raises(DataError, match="ConnectionError"):
        cache.ask(ASK, take)
    closed.shutdown(socket.SHUT_RDWR)
    closed.close()
    thread.join()
    assert len(opened) == 1 + QUICK.tries


def test_an_answer_that_is_always_cut_is_a_fault_and_nothing_is_kept(service, cache):
    service.answer = lambda asked: Reply(BODY, cut=5000)
    with pytest.raises(DataError, match=r"ChunkedEncodingError|IncompleteRead"):
        cache.ask(ASK, take)
    assert len(service.seen) == QUICK.tries
    assert not [name for name in kept_files(cache) if name.endswith("meta.json")]


def test_a_service_that_does_not_begin_is_given_up(service, cache):
    service.answer = lambda asked: Reply(BODY, wait_s=1.0)
    with pytest.raises(DataError, match=r"Timeout|timed out"):
        Cache(cache.folder, lambda: Transport(type(QUICK)(read_s=0.1, tries=1, back_off_s=0.01))).ask(ASK, take)


def test_a_service_that_drips_is_given_up_after_the_whole_time(service, cache):
    service.answer = lambda asked: Reply(BODY, drip_s=0.05)
    patience = type(QUICK)(read_s=1, whole_s=0.4, tries=1)
    started = time.monotonic()
    with pytest.raises(DataError, match=r"bytes after 0\.4 s"):
        Cache(cache.folder, lambda: Transport(patience)).ask(ASK, take)
    assert time.monotonic() - started < 8


def test_more_than_can_be_meant_is_not_taken(service, cache):
    service.answer = lambda asked: Reply(BODY)
    with pytest.raises(DataError, match="more than 1000 bytes"):
        Cache(cache.folder, lambda: Transport(type(QUICK)(most_bytes=1000))).ask(ASK, take)
    assert kept_files(cache) == []


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "text/csv"])
def test_a_page_for_people_is_no_data(service, cache, kind):
    service.answer = lambda asked: Reply(b"\n<!DOCTYPE html><html><title>Log in</title></html>", kind=kind)
    with pytest.raises(DataError, match=r"a page for people \(Log in\)"):
        cache.ask(ASK, take)


def test_an_empty_answer_is_no_data(service, cache):
    service.answer = lambda asked: Reply(b" \n")
    with pytest.raises(DataError, match="an empty answer"):
        cache.ask(ASK, take)


@pytest.mark.parametrize("header", ["Repr-Digest", "Content-Digest"])
def test_bytes_of_another_digest_than_announced_are_refused(service, cache, header):
    told = f"sha-256=:{base64.b64encode(hashlib.sha256(BODY).digest()).decode()}:"
    service.answer = lambda asked: Reply(BODY, headers={header: told})
    assert cache.ask(ASK, take).content == BODY
    service.answer = lambda asked: Reply(BODY.replace(b"11.5", b"11.6", 1), headers={header: told})
    with pytest.raises(DataError, match="another SHA-256 than announced"):
        cache.ask(ASK, take, refresh=True)


def test_what_a_check_refuses_is_not_kept(service, cache):
    service.answer = lambda asked: Reply(BODY)

    def refuse(content):
        raise DataError(Fault("here", "no", "yes", "Mend it."))

    with pytest.raises(DataError, match="no"):
        cache.ask(ASK, refuse)
    assert kept_files(cache) == []
    assert cache.ask(ASK, take).content == BODY


def test_two_jobs_that_want_one_answer_ask_once(service, cache):
    service.answer = lambda asked: Reply(BODY, wait_s=0.1)
    jobs = [Cache(cache.folder, lambda: Transport(QUICK)) for _ in range(4)]
    threads = [threading.Thread(target=job.ask, args=(ASK, take)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(service.seen) == 1
    assert cache.ask(ASK, take).content == BODY


def test_questions_keep_their_distance_across_jobs(service, tmp_path, monkeypatch):
    monkeypatch.setitem(vars(ECB), "interval_s", 0.2)
    service.answer = lambda asked: Reply(BODY)
    for number in range(3):
        Cache(tmp_path / "cache", lambda: Transport(QUICK)).ask(Question(ECB, f"{number}.csv", "/data"), take)
    moments = [asked.moment for asked in service.seen]
    assert min(after - before for before, after in pairwise(moments)) >= 0.19


def test_a_token_stands_in_no_file_fault_or_log(service, cache, caplog, monkeypatch):
    entsoe = Question(SERVICES["entsoe"], "page.xml", query={"documentType": "A44"})
    service.answer = lambda asked: Reply(b"<x/>")
    service.first = [Reply(b"", status=503), Reply(b"<x/>", cut=1)]
    with caplog.at_level(logging.DEBUG):
        cache.ask(entsoe, take)
        assert service.seen[-1].query["securityToken"] == TOKEN
        monkeypatch.setenv("V2X_ENTSOE_URL", "http://127.0.0.1:9")
        with pytest.raises(DataError) as caught:
            cache.ask(entsoe, take, refresh=True)
    spelt = {TOKEN, "secret-token"}
    everything = [
        caught.value.message,
        caplog.text,
        *(p.read_text("utf-8") for p in cache.folder.rglob("*") if p.is_file()),
    ]
    assert "127.0.0.1" in caplog.text
    assert not [text for text in everything for word in spelt if word in text]
    assert caught.value.__cause__ is None and caught.value.__suppress_context__


def test_a_token_in_the_answer_is_not_kept(service, cache):
    service.answer = lambda asked: Reply(f"<x>{TOKEN}</x>".encode())
    with pytest.raises(DataError, match="the token in the answer"):
        cache.ask(Question(SERVICES["entsoe"], "page.xml"), take)
    assert kept_files(cache) == []


def test_without_a_token_the_fault_names_its_variable(service, cache, monkeypatch):
    monkeypatch.delenv("ENTSOE_API_TOKEN")
    with pytest.raises(DataError, match=r"environment: ENTSOE_API_TOKEN: found no token"):
        cache.ask(Question(SERVICES["entsoe"], "page.xml"), take)
    assert service.seen == []


def test_a_redirect_that_never_ends_is_a_fault(service, cache):
    service.answer = lambda asked: Reply(b"", status=302, headers={"Location": f"{service.url}/data"})
    with pytest.raises(DataError, match="TooManyRedirects"):
        cache.ask(ASK, take)


@settings(max_examples=50, deadline=None)
@given(secret=st.text(alphabet=st.characters(codec="ascii", min_codepoint=33), min_size=4), around=st.text())
def test_a_secret_is_blotted_out_however_it_is_spelt(secret, around):
    told = "".join((around, secret, quote(secret), quote_plus(secret)))
    if "*" not in secret and secret not in around and quote(secret) not in around and quote_plus(secret) not in around:
        blotted = without(told, {"securityToken": secret})
        assert secret not in blotted and quote(secret) not in blotted and quote_plus(secret) not in blotted


def test_the_local_service_counts_what_it_sees():
    local = LocalService(lambda asked: Reply(b"x"))
    local.stop()
    assert local.seen == []
