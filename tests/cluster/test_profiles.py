"""Profiles beyond one machine: what is asked for is what was measured; and the pod that Kubernetes would be sent."""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT, require
from workflow.measure_jobs import measure
from workflow.profiles import write_resources

PROFILES = ROOT / "workflow" / "profiles"
RULES = sorted(
    name
    for path in (ROOT / "workflow" / "rules").glob("*.smk")
    for name in re.findall(r"^rule (\w+)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
)
DEFAULT_MB = 2000


def profile(name: str) -> dict:
    return yaml.safe_load((PROFILES / name / "config.yaml").read_text(encoding="utf-8"))


def rows() -> list[dict[str, str]]:
    with (PROFILES / "resources.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_rule_has_a_row_and_every_row_a_rule():
    assert [row["rule"] for row in rows()] == RULES


def test_a_figure_says_where_it_is_from():
    measured = [row for row in rows() if row["seconds"] or row["mem_mb"]]
    assert {"dispatch_vehicles", "evaluate_scheme", "render_report"} <= {row["rule"] for row in measured}
    for row in measured:
        assert row["scenario"] and row["machine"] and re.fullmatch(r"\d{4}-\d{2}-\d{2}", row["date"]), row


@pytest.mark.parametrize("name", write_resources.PROFILES)
def test_profiles_ask_for_what_the_table_says(name):
    text = (PROFILES / name / "config.yaml").read_text(encoding="utf-8")
    assert text == write_resources.profile_text(name)
    assert write_resources.MARK in text
    assert profile(name)["default-resources"][0] == f"mem_mb=attempt * {DEFAULT_MB}"


def test_a_request_by_hand(tmp_path, monkeypatch):
    """700 MB and 126 s: 1.5 * 700 = 1050, so 1100 MB; 4 * 126 s = 8.4 minutes, so the least, 10; 300 s: 20 minutes."""
    text = "rule,seconds,mem_mb,scenario,machine,date\na,126,700,s,m,d\nb,300,90,s,m,d\nc,,,,,\nd,5,,s,m,d\n"
    (tmp_path / "resources.csv").write_text(text, encoding="utf-8")
    monkeypatch.setattr(write_resources, "HERE", tmp_path)
    assert write_resources.requests() == {"a": (1100, 10), "b": (500, 20), "c": (None, None), "d": (None, 10)}
    made = yaml.safe_load(write_resources.block())["set-resources"]
    assert made["a"] == {"mem_mb": "attempt * 1100", "runtime": "attempt * 10"}
    assert made["d"] == {"runtime": "attempt * 10"} and "c" not in made


@pytest.mark.parametrize("name", write_resources.PROFILES)
def test_groups_are_of_rules_and_short(name):
    """What takes minutes by itself is no part of a group, nor what is not measured."""
    seconds = {row["rule"]: float(row["seconds"]) for row in rows() if row["seconds"]}
    grouped = dict(text.split("=") for text in profile(name)["groups"])
    assert set(grouped) <= set(seconds)
    assert max(seconds[rule] for rule in grouped) < 60 < seconds["dispatch_vehicles"]
    assert profile(name)["retries"] == 2


@pytest.mark.parametrize("name", ["slurm", "kubernetes"])
def test_no_secret_and_no_address_stands_in_a_profile(name):
    text = (PROFILES / name / "config.yaml").read_text(encoding="utf-8")
    assert not re.search(r"https?://|\b(?:access|secret)[-_]key *[:=]", text, flags=re.IGNORECASE)


def pod(rule: str, attempt: int) -> tuple[str, dict]:
    plugins = ROOT / ".venv" / "cluster"
    require((plugins / "kubernetes").is_dir(), "the plugins that make cluster adds")
    command = [sys.executable, str(Path(__file__).with_name("render_pod.py"))]
    done = subprocess.run(
        [*command, str(PROFILES / "kubernetes" / "config.yaml"), rule, str(attempt)], capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(plugins)])}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    [(namespace, body)] = json.loads(done.stdout)
    return namespace, body


@pytest.mark.parametrize(("rule", "attempt"), [("dispatch_vehicles", 1), ("dispatch_vehicles", 3), ("settle_wear", 2)])
def test_the_pod_asks_for_what_the_table_says(rule, attempt):
    """By the plugin's own code: image, namespace, memory by attempt, a scratch folder, keys from a secret only."""
    namespace, body = pod(rule, attempt)
    assert namespace == profile("kubernetes")["kubernetes-namespace"]
    spec = body["spec"]["template"]["spec"]
    [container] = spec["containers"]
    assert container["image"] == profile("kubernetes")["container-image"]
    memory_mb = write_resources.requests()[rule][0] or DEFAULT_MB
    assert container["resources"]["requests"] == {"cpu": "950m", "memory": f"{attempt * memory_mb}M"}
    assert f"--target-jobs {rule}:" in container["args"][1]
    assert spec["restartPolicy"] == "Never" and body["spec"]["backoffLimit"] == 0, "Snakemake retries, with more memory"
    assert spec["volumes"] == [{"emptyDir": {}, "name": "workdir"}]
    assert [variable["valueFrom"]["secretKeyRef"]["name"] for variable in container["env"]] == ["run"]
    assert not any("value" in variable for variable in container["env"])


def test_a_job_is_measured_by_its_rule(tmp_path):
    """A script that Snakemake would start, which holds 50 MB for more than a second."""
    script = tmp_path / ".snakemake" / "scripts" / "tmpab_c1.some_rule.py"
    script.parent.mkdir(parents=True)
    script.write_text("import time\nheld = bytearray(50_000_000)\ntime.sleep(1.5)\n", encoding="utf-8")
    starts = f"import subprocess, sys; sys.exit(subprocess.run([sys.executable, {str(script)!r}]).returncode)"
    code, most = measure([sys.executable, "-c", starts])
    seconds, held_mb = most["some_rule"]
    assert code == 0 and list(most) == ["some_rule"]
    assert seconds > 1 and 48 < held_mb < 200
