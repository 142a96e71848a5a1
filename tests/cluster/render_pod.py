"""Prints the job that the Kubernetes executor would send for one rule of the shipped profile; no cluster is asked.

Run with the plugins on PYTHONPATH: ``python tests/cluster/render_pod.py profile.yaml rule attempt``.
"""

import json
import logging
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import kubernetes
import yaml
from snakemake_executor_plugin_kubernetes import Executor, ExecutorSettings


class Rendering(Executor):
    """The plugin's own executor, but for what talks to a cluster or needs a whole workflow."""

    def __init__(self, profile: dict) -> None:
        settings = ExecutorSettings(namespace=profile["kubernetes-namespace"])
        self.logger = logging.getLogger("rendering")
        self.workflow = SimpleNamespace(
            executor_settings=settings, deployment_settings=SimpleNamespace(deployment_method=frozenset())
        )
        self.k8s_cpu_scalar, self.k8s_service_account_name = settings.cpu_scalar, settings.service_account_name
        self.namespace, self.privileged = settings.namespace, settings.privileged
        self.persistent_volumes, self.secret_envvars = settings.persistent_volumes, {"access": "S3_ACCESS"}
        self.container_image, self.run_namespace = profile["container-image"], "run"
        self.batchapi, self.sent = self, []

    def create_namespaced_job(self, namespace: str, body: kubernetes.client.V1Job) -> None:
        self.sent.append((namespace, kubernetes.client.ApiClient().sanitize_for_serialization(body)))

    def _kubernetes_retry(self, call):
        return call()

    def format_job_exec(self, job) -> str:
        return f"python -m snakemake --target-jobs {job.rule}:"

    def report_job_submission(self, job_info, register_job: bool = True) -> None:
        """Nothing waits for it."""


def main() -> None:
    profile = yaml.safe_load(Path(sys.argv[1]).read_text(encoding="utf-8"))
    rule, attempt = sys.argv[2], int(sys.argv[3])
    defaults = dict(text.split("=") for text in profile["default-resources"])
    asked = {**defaults, **profile["set-resources"].get(rule, {})}
    per_attempt = {name: int(re.fullmatch(r"attempt \* (\d+)", text)[1]) for name, text in asked.items()}
    resources = {"_cores": 1, **{name: attempt * value for name, value in per_attempt.items()}}
    executor = Rendering(profile)
    executor.run_job(SimpleNamespace(rule=rule, resources=resources, jobid=1, attempt=attempt, is_containerized=False))
    print(json.dumps(executor.sent))


if __name__ == "__main__":
    main()
