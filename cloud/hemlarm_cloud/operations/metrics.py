"""Figures for Prometheus, without anything of a tenant's."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from hemlarm_cloud.operations.health import Health, Lag, look
from hemlarm_cloud.store import Store

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The figures of one process, and of the store that it shares with others."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("hemlarm_api_requests", "Requests answered.", labels, registry=self.registry)
        self._seconds = Histogram(
            "hemlarm_api_seconds", "Time to answer.", ("route",), buckets=_SECONDS, registry=self.registry
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request. The route is its pattern, of which there are few."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def told(self, store: Store, now_ms: int, live_clients: int) -> bytes:
        """Return all figures in Prometheus' text format. Raises StoreError."""
        with store.read() as reading:
            health = look(reading)
        of_store = CollectorRegistry()
        of_store.register(_Store(health, now_ms, live_clients))
        return generate_latest(self.registry) + generate_latest(of_store)


class _Store(Collector):
    def __init__(self, health: Health, now_ms: int, live_clients: int) -> None:
        self._health = health
        self._now_ms = now_ms
        self._live_clients = live_clients

    def collect(self) -> Iterator[Metric]:
        """Give each figure."""
        health = self._health
        waiting = {f"lane-{name}": lag for name, lag in health.lanes.items()}
        waiting |= {"notices": health.notices, "forwarded": health.forwarded, "unclaimed-cases": health.unclaimed}
        counted = GaugeMetricFamily("hemlarm_waiting", "What waits, counted up to 10,000.", labels=["what"])
        oldest = GaugeMetricFamily("hemlarm_waiting_seconds", "For how long the oldest waits.", labels=["what"])
        for name, lag in waiting.items():
            counted.add_metric([name], lag.waiting)
            oldest.add_metric([name], self._age_s(lag))
        cases = GaugeMetricFamily("hemlarm_open_cases", "Cases in the operators' queue.", labels=["category"])
        for category, count in health.open_cases.items():
            cases.add_metric([category], count)
        yield from (counted, oldest, cases)
        yield GaugeMetricFamily("hemlarm_live_clients", "Clients of the live feed.", value=self._live_clients)

    def _age_s(self, lag: Lag) -> float:
        return 0.0 if lag.since_ms is None else max(self._now_ms - lag.since_ms, 0) / 1000
