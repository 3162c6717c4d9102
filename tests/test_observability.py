"""Prometheus scrapes a real run; the alert rules are good, the dashboard's queries find data."""

import json
import math
import shutil
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from articles import raw
from free_ports import free_port
from running_pipeline import RunningPipeline
from test_health import await_

from pipeline.child_process import ChildProcess
from pipeline.settings import Settings

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
DASHBOARD = json.loads((DEPLOY / "grafana" / "dashboards" / "newswire.json").read_text())
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.skipif(
        not (shutil.which("prometheus") and shutil.which("promtool")),
        reason="there is no prometheus here: Debian has it as a package",
    ),
]


class Prometheus:
    """A Prometheus on 127.0.0.1 that scrapes one address every second, by our rules."""

    def __init__(self, directory: Path, target: int) -> None:
        self.port = free_port()
        self._configuration = directory / "prometheus.yml"
        self._configuration.write_text(
            json.dumps(  # which is YAML too
                {
                    "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
                    "rule_files": [str(DEPLOY / "prometheus" / "alerts.yml")],
                    "scrape_configs": [
                        {
                            "job_name": "newswire",
                            "static_configs": [{"targets": [f"127.0.0.1:{target}"]}],
                        }
                    ],
                }
            )
        )
        self._data = directory / "data"

    @contextmanager
    def running(self) -> Iterator["Prometheus"]:
        with ChildProcess(
            [
                "prometheus",
                f"--config.file={self._configuration}",
                f"--storage.tsdb.path={self._data}",
                f"--web.listen-address=127.0.0.1:{self.port}",
                "--log.level=error",
            ]
        ):
            yield self

    def ask(self, path: str, **parameters: str) -> Any:
        query = urllib.parse.urlencode(parameters)
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?{query}"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return json.load(answer)["data"]
        except OSError:
            return None

    def values(self, query: str) -> list[float]:
        """Return what the query finds now, what is no number left out."""
        data = self.ask("query", query=query.replace("$__rate_interval", "30s"))
        found = [float(sample["value"][1]) for sample in data["result"]] if data else []
        return [value for value in found if not math.isnan(value)]


def test_the_files_for_prometheus_are_good() -> None:
    directory = DEPLOY / "prometheus"
    for kind, name in (("config", "prometheus.yml"), ("rules", "alerts.yml")):
        checked = subprocess.run(
            ["promtool", "check", kind, name], cwd=directory, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert checked.returncode == 0, checked.stderr


def test_every_query_of_the_dashboard_and_every_rule_finds_data_of_a_real_run(
    embedded: Settings, tmp_path: Path
) -> None:
    settings = embedded.model_copy(update={"web_port": free_port()})
    prometheus = Prometheus(tmp_path, settings.web_port)
    with RunningPipeline(settings, tmp_path / "worker.log") as pipeline, prometheus.running():
        await_(lambda: prometheus.values("newswire_ready") == [1.0])
        pipeline.feed([raw(f"Item {number}\n\nOn day {number}.") for number in range(20)])
        pipeline.feed([b"broken", raw()])
        assert pipeline.account().holds
        silent: set[str] = set(QUERIES)

        def all_found() -> bool:
            silent.difference_update([query for query in silent if prometheus.values(query)])
            return not silent

        try:
            await_(all_found)
        except AssertionError:
            pytest.fail(f"these queries found nothing: {sorted(silent)}")
        rules = prometheus.ask("rules")["groups"][0]["rules"]
        assert [rule for rule in rules if rule["health"] != "ok"] == []
        assert [rule["name"] for rule in rules if rule["state"] == "firing"] == []


def test_an_alert_fires_where_a_stage_breaks(tmp_path: Path) -> None:
    """By promtool's own simulation of time."""
    test = {
        "rule_files": [str(DEPLOY / "prometheus" / "alerts.yml")],
        "tests": [
            {
                "interval": "1m",
                "input_series": [
                    {
                        "series": 'newswire_messages_rejected_total{stage="tag",'
                        'reason="stage_failed"}',
                        "values": "0x10 1x10",
                    },
                    {"series": 'newswire_ready{instance="a"}', "values": "1x5 0x20"},
                ],
                "alert_rule_test": [
                    {"eval_time": "5m", "alertname": "StageBreaks", "exp_alerts": []},
                    {
                        "eval_time": "12m",
                        "alertname": "StageBreaks",
                        "exp_alerts": [
                            {
                                "exp_labels": {"severity": "warning", "stage": "tag"},
                                "exp_annotations": {
                                    "summary": "Stage tag broke on an article, which is a bug; "
                                    "see newswire rejected list."
                                },
                            }
                        ],
                    },
                    {
                        "eval_time": "10m",
                        "alertname": "NoWorkerIsReady",
                        "exp_alerts": [
                            {
                                "exp_labels": {"severity": "critical"},
                                "exp_annotations": {
                                    "summary": "No worker is ready; what is fed waits in Kafka."
                                },
                            }
                        ],
                    },
                ],
            }
        ],
    }
    path = tmp_path / "test.yml"
    path.write_text(json.dumps(test))
    checked = subprocess.run(
        ["promtool", "test", "rules", str(path)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
