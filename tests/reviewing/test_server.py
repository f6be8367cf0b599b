"""The server: who may ask what, and that every refusal is one sentence."""

from __future__ import annotations

import io
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from geobfdt.borehole.curve import Curve
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.survey import Survey
from geobfdt.errors import InputError
from geobfdt.reviewing.guard import LARGEST_BODY, Keys
from geobfdt.reviewing.notebook import review
from geobfdt.reviewing.review import PickSet
from geobfdt.reviewing.server import app_of, listening
from tests.forked import PATIENCE_S
from tests.reviewing.wells import a_log, a_session, some_picks

KEYS = Keys(8123)
ROOT = "http://127.0.0.1:8123"
POST = {"X-Geobfdt-Token": KEYS.token, "Origin": ROOT}


@contextmanager
def a_client(out: Path, *, let_in: bool = True, framed: bool = False, **task: Any) -> Iterator[TestClient]:
    with a_session(out, **task) as session, TestClient(app_of(session, KEYS, framed=framed), base_url=ROOT) as client:
        if let_in:
            client.get("/", params={"token": KEYS.token})
        yield client


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    moved = replace(some_picks(6), depth_m=some_picks(6).depth_m + 0.02)
    with a_client(tmp_path / "o", sets=[PickSet("tool", some_picks()), PickSet("other", moved)]) as client:
        yield client


def refused(answer: Any, status: int, why: str) -> None:
    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"error"}
    assert why in answer.json()["error"]


def edit(client: TestClient, **said: Any) -> Any:
    answer = client.post("/api/edit", json=said, headers=POST)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_token_comes_once_in_the_address_and_then_as_a_cookie(tmp_path: Path) -> None:
    with a_client(tmp_path / "o", let_in=False) as client:
        refused(client.get("/"), 403, "lacks the token")
        refused(client.get("/?token=wrong"), 403, "not that of this review")
        refused(client.get("/api/state"), 403, "lacks the token")
        refused(client.get(f"/api/state?token={KEYS.token}"), 403, "lacks the token")
        refused(client.get("/page/main.js"), 403, "lacks the token")
        refused(client.get("/api/state", headers={"Cookie": f"geobfdt_review_9={KEYS.token}"}), 403, "lacks the token")
        answer = client.get("/", params={"token": KEYS.token})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("geobfdt_review_8123=")
        assert {"HttpOnly", "SameSite=Strict"} <= set(cookie.split("; "))
        assert f'<meta name="geobfdt-token" content="{KEYS.token}">' in answer.text
        assert client.get("/api/state").status_code == 200
        assert "set-cookie" not in client.get("/").headers
        refused(client.get("/?token=wrong"), 403, "not that of this review")


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1.example.org:8123", "evil@127.0.0.1", "", "0.0.0.0:8123"])
def test_a_foreign_host_is_misdirected(client: TestClient, host: str) -> None:
    refused(client.get("/api/state", headers={"Host": host}), 421, "on this machine alone")


@pytest.mark.parametrize("host", ["localhost:8123", "127.0.0.1:9000", "[::1]:8123"])
def test_through_ssh_another_port_may_stand_for_ours(client: TestClient, host: str) -> None:
    cookie = f"{KEYS.cookie}={KEYS.token}"
    headers = {"Host": host, "Cookie": cookie, "Origin": f"http://{host}", "X-Geobfdt-Token": KEYS.token}
    assert client.post("/api/edit", json={"do": "undo"}, headers=headers).status_code == 409


def test_a_foreign_origin_and_a_post_without_the_pages_token_are_refused(client: TestClient) -> None:
    said = {"do": "set", "ids": [0], "values": {"status": "accepted"}}
    for origin in ("http://example.org", "null", "https://127.0.0.1:8123", "http://127.0.0.1:8124"):
        refused(client.post("/api/edit", json=said, headers={**POST, "Origin": origin}), 403, "another page asks")
    refused(client.get("/api/state", headers={"Origin": "http://example.org"}), 403, "another page asks")
    refused(client.get("/api/state", headers={"Sec-Fetch-Site": "same-site"}), 403, "another page asks")
    assert client.get("/", headers={"Sec-Fetch-Site": "same-site"}).status_code == 200  # a notebook's frame
    refused(client.post("/api/edit", json=said, headers={"Origin": ROOT}), 403, "not of this review")
    wrong = {**POST, "X-Geobfdt-Token": "wrong"}
    refused(client.post("/api/edit", json=said, headers=wrong), 403, "not of this review")
    assert client.get("/api/state").json()["edits"] == 0


def test_a_body_that_is_too_large_is_refused(client: TestClient) -> None:
    large = b'{"do": "' + b"x" * LARGEST_BODY + b'"}'
    refused(client.post("/api/edit", content=large, headers=POST), 413, "more than 1000000 bytes")
    parts = iter([large[:500_000]] * 5)  # whose length nothing says ahead
    refused(client.post("/api/edit", content=parts, headers=POST), 413, "more than 1000000 bytes")
    lies = {**POST, "Content-Length": "many"}
    refused(client.post("/api/edit", content=b"{}", headers=lies), 413, "more than 1000000 bytes")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"do": "set", "ids": [0], "values": {"dip_deg": 95}}, "dip_deg: must be in [0, 90) degrees, found 95"),
        ({"do": "set", "ids": [77], "values": {"dip_deg": 5}}, "there is no pick 77"),
        ({"do": "set", "ids": [0], "values": {"kind": "fault"}}, "kind: must be one of"),
        ({"do": "jump"}, "do: must be one of"),
        ([], "must be an object in JSON"),
    ],
)
def test_a_value_out_of_range_is_refused(client: TestClient, said: Any, why: str) -> None:
    refused(client.post("/api/edit", json=said, headers=POST), 422, why)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "must be an object in JSON"),
        (b"{", "must be an object in JSON"),
        (b"[" * 100_000, "must be an object in JSON"),
        (b"\xff\xfe", "must be an object in JSON"),
        (b'{"do": NaN}', "do: "),
    ],
)
def test_what_is_no_json_is_refused(client: TestClient, body: bytes, why: str) -> None:
    refused(client.post("/api/edit", content=body, headers=POST), 422, why)


@pytest.mark.parametrize(
    ("do", "why"), [("undo", "nothing to undo"), ("redo", "nothing to redo"), ("finish", "this is no blind pass")]
)
def test_what_cannot_be_done_now_is_a_conflict(client: TestClient, do: str, why: str) -> None:
    refused(client.post("/api/edit", json={"do": do}, headers=POST), 409, why)


def test_what_there_is_not(client: TestClient) -> None:
    refused(client.get("/nothing"), 404, "nothing at this address")
    for path in ("/page/nothing.js", "/page/__init__.py", "/page/..%2Fserver.py", "/page/index.html"):
        refused(
            client.get(path), 404, "the page has no part" if path.count("/") == 2 and "%" not in path else "nothing"
        )
    refused(client.get("/api/edit"), 405, "cannot be asked so")


def test_everything_is_answered_with_the_headers_that_shut_the_rest_out(client: TestClient, tmp_path: Path) -> None:
    for path in ("/", "/page/main.js", "/api/state", "/nothing", "/?token=wrong"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;")
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["cache-control"] == "no-store"
    assert client.get("/page/main.js").headers["content-type"].startswith("text/javascript")
    with a_client(tmp_path / "n", framed=True) as framed:
        headers = framed.get("/").headers
        assert "frame-ancestors http://localhost:* http://127.0.0.1:*" in headers["content-security-policy"]
        assert "x-frame-options" not in headers


def test_the_state_and_what_an_edit_answers(client: TestClient) -> None:
    state = client.get("/api/state").json()
    assert state["log"]["well"] == "A"
    assert (state["log"]["looks"], state["log"]["has_true_dips"]) == (["static", "dynamic"], False)
    assert state["tiles"] == {
        "rows": 512,
        "columns": 36,
        "step_m": pytest.approx(0.005),
        "origin_m": 499.9975,
        "levels": 2,
        "ready": True,
    }
    assert [row["id"] for row in state["rows"]] == [*range(8)]
    assert state["rows"][0]["true_dip_deg"] is None
    assert [(one["name"], len(one["rows"])) for one in state["layers"]] == [("other", 6)]
    assert set(state["layers"][0]["rows"][0]) < set(state["rows"][0])
    assert state["can"] == {"snap": False, "teach": False, "report": True}
    answer = edit(client, do="set", ids=[3, 4], values={"status": "accepted"})
    assert [row["status"] for row in answer["rows"]] == ["accepted"] * 2
    assert {"removed", "reviewed_m", "undo", "redo", "edits", "blind"} < set(answer)
    assert client.get("/api/layers").json()["layers"] == state["layers"]
    assert client.get("/api/state").json()["rows"][3]["status"] == "accepted"


def test_tiles_curves_and_the_hole(tmp_path: Path) -> None:
    caliper_m = np.where(np.arange(800) % 7 < 3, np.nan, np.linspace(0.2, 0.25, 800))
    log = replace(a_log(), caliper_m=caliper_m)
    survey = Survey(np.array([400.0, 600.0]), np.array([10.0, 20.0]), np.array([30.0, 40.0]))
    gamma = Curve("GR", "gAPI", "Gamma ray", np.linspace(499, 505, 1000), np.arange(1000.0))
    with a_client(tmp_path / "o", log=log, survey=survey, curves=[gamma]) as client:
        answer = client.get("/api/tiles/static/0/1.png?map=grey")
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["cache-control"] == "private, no-cache"
        again = {"If-None-Match": answer.headers["etag"]}
        assert client.get("/api/tiles/static/0/1.png?map=grey", headers=again).status_code == 304
        assert client.get("/api/tiles/static/0/1.png?map=brown", headers=again).status_code == 200
        assert Image.open(io.BytesIO(answer.content)).size == (36, 512)
        refused(client.get("/api/tiles/static/0/9.png"), 422, "no tile 9")
        refused(client.get("/api/tiles/static/0/0.png?map=red"), 422, "no colour map")
        curves = client.get("/api/state").json()["curves"]
        assert [one["name"] for one in curves] == ["caliper", "deviation", "hole azimuth", "GR"]
        found = client.get("/api/curves/3?top_m=500&base_m=501&points=20").json()
        assert [len(found[name]) for name in ("depth_m", "least", "most")] == [20, 20, 20]
        assert found["least"][5] < found["most"][5]
        refused(client.get("/api/curves/4?top_m=500&base_m=501&points=20"), 422, "no curve 4")
        refused(client.get("/api/curves/0?top_m=500&base_m=501&points=0"), 422, "points: must be")
        refused(client.get("/api/curves/0?top_m=501&base_m=500&points=9"), 422, "is no interval")
        refused(client.get("/api/curves/0?top_m=nan&base_m=500&points=9"), 422, "is no interval")
        refused(client.get("/api/curves/0?top_m=x&base_m=500"), 422, "top_m: must be a number")
        nodes = client.get("/api/hole?top_m=501.0&base_m=502.5").json()
        asked = np.linspace(501.0, 502.5, 77)
        between = np.interp(asked, nodes["depth_m"], nodes["diameter_m"])
        np.testing.assert_allclose(between, log.diameters_m(asked), rtol=0, atol=1e-12)
        assert nodes["depth_m"][0] < 501.0
        assert nodes["depth_m"][-1] > 502.5
        assert nodes["ovality"][0] == [0, 0]


def test_two_sets_compare_as_the_scorer_has_it(client: TestClient) -> None:
    from geobfdt.eval import score

    edit(client, do="set", ids=[1], values={"status": "rejected"})
    edit(client, do="set", ids=[6], values={"depth_m": 500.1})  # no more in the order of ids
    asked = {"ref": "review", "est": "other", "tolerance_m": 0.05, "criterion": "joint", "where": "all"}
    found = client.get("/api/compare", params=asked).json()
    rows = {row["id"]: row for row in client.get("/api/state").json()["rows"]}
    kept = [rows[number] for number in rows if number != 1]
    ref = Picks(*(np.array([row[name] for row in kept]) for name in ("depth_m", "dip_deg", "azimuth_deg", "kind")))
    est = replace(some_picks(6), depth_m=some_picks(6).depth_m + 0.02)
    report = score(ref, replace(est, well=""), hole_diameter_m=0.2159, tolerances_m=(0.05,))
    line = report.get("all", "joint", 0.05)
    assert found["scores"]["joint"]["f1"] == line.counts.f1
    assert found["scores"]["joint"]["skill"] == line.skill
    by_id = {row["id"]: row["depth_m"] for row in kept}
    others = client.get("/api/layers").json()["layers"][0]["rows"]
    depths = client.get("/api/compare", params={**asked, "criterion": "depth"}).json()
    for one, other in depths["pairs"]:
        assert abs(by_id[one] - others[other]["depth_m"]) <= 0.05
    assert {one for one, _ in depths["pairs"]} | set(depths["missed"]) == by_id.keys()
    refused(client.get("/api/compare", params={**asked, "where": "reviewed"}), 409, "no interval is ticked")
    refused(client.get("/api/compare", params={**asked, "where": "here"}), 422, "where: must be")
    refused(client.get("/api/compare", params={**asked, "ref": "x"}), 422, "there is no set of picks 'x'")
    refused(client.get("/api/compare", params={**asked, "criterion": "x"}), 422, "criterion must be")
    refused(client.get("/api/compare", params={"ref": "review"}), 422, "est: is missing")
    edit(client, do="reviewed", top_m=500.0, base_m=501.5)
    assert client.get("/api/compare", params={**asked, "where": "reviewed"}).json()["metres"] == 1.5
    agreed = client.get("/api/agreement", params={"ref": "review", "est": "other"}).json()
    assert isinstance(agreed["text"], str)


def test_what_needs_the_detector_says_where_it_is_not_to_be_had(client: TestClient) -> None:
    plane = {"depth_m": 501.0, "dip_deg": 20.0, "azimuth_deg": 10.0}
    refused(client.post("/api/snap", json=plane, headers=POST), 409, "not to be had")
    refused(client.post("/api/snap", json={**plane, "dip_deg": 99}, headers=POST), 422, "dip_deg")
    refused(client.post("/api/snap", json={"depth_m": 501.0}, headers=POST), 422, "lacks dip_deg")
    assert client.get("/api/teach").json()["state"] == "none"
    refused(client.post("/api/teach", json={"do": "start", "steps": 3}, headers=POST), 409, "not to be had")


def test_a_port_that_is_taken_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"--port {port}: cannot be listened on"), listening(port):
            pass


def test_a_second_review_of_the_same_name_is_refused(tmp_path: Path) -> None:
    refusing = pytest.raises(InputError, match="another process is at work on it")
    with a_client(tmp_path / "o"), refusing, a_session(tmp_path / "o"):
        pass
    with a_client(tmp_path / "o") as one, a_client(tmp_path / "p") as other:
        assert one.get("/api/state").status_code == other.get("/api/state").status_code == 200


def test_a_notebook_shows_the_page_in_a_frame(tmp_path: Path) -> None:
    import urllib.request

    with review(a_log(), {"tool": some_picks()}, out=tmp_path / "n") as page:
        html = page._repr_html_()
        assert "<iframe" in html
        assert f":{page.address.split(':')[2]}" in html
        assert "location.hostname" in html
        with urllib.request.urlopen(page.address, timeout=PATIENCE_S) as answer:
            assert "frame-ancestors http://localhost:*" in answer.headers["content-security-policy"]
        page.session.edit({"do": "set", "ids": [0, 1], "values": {"status": "accepted"}})
        page.session.edit({"do": "reviewed", "top_m": 500.5, "base_m": 501.0})
        assert (len(page.picks()), len(page.picks(accepted=True))) == (8, 2)
        assert page.reviewed_m == ((500.5, 501.0),)
    with review(a_log(), some_picks(), out=tmp_path / "n2") as page:
        assert json.loads((tmp_path / "n2.review.jsonl").read_text())["picks"][0]["name"] == "picks"
    with review(a_log(), {"tool": some_picks()}, out=tmp_path / "n") as page:
        assert page.session.review.answer().edits == 2
