"""The pod template of a service, with the usual environment, probes, volumes and a sidecar."""

from typing import Any


def spec(namespace: str, service: str, version: str) -> dict[str, Any]:
    """What its pods and its template specify."""
    settings = [
        {"name": "DATABASE_URL", "value": f"postgres://{service}@db.{namespace}.svc.cluster.local:5432/{service}"},
        {"name": "LOG_LEVEL", "value": "info"},
        {"name": "OTEL_EXPORTER_OTLP_ENDPOINT", "value": "http://otel-collector.monitoring.svc.cluster.local:4317"},
        {"name": "POD_NAME", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}},
        {"name": "API_TOKEN", "valueFrom": {"secretKeyRef": {"name": f"{service}-secrets", "key": "token"}}},
    ]
    mounts = [
        {"name": "config", "mountPath": "/etc/app", "readOnly": True},
        {"name": f"{service}-token-x7k2p", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"},
    ]
    probe = {"httpGet": {"path": "/healthz", "port": 8080, "scheme": "HTTP"}, "timeoutSeconds": 1, "periodSeconds": 10}
    common = {
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": "IfNotPresent",
        "volumeMounts": mounts,
    }
    main = {
        "name": "app",
        "image": f"registry.example.com/{namespace}/{service}:{version}",
        "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
        "env": settings,
        "resources": {"requests": {"cpu": "250m", "memory": "512Mi"}, "limits": {"memory": "1Gi"}},
        "livenessProbe": probe,
        "readinessProbe": probe,
        **common,
    }
    proxy = {
        "name": "proxy",
        "image": "registry.example.com/mesh/proxy:2.14.1",
        "args": ["--log-level=warn", f"--service={service}.{namespace}"],
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}},
        **common,
    }
    return {
        "containers": [main, proxy],
        "volumes": [
            {"name": "config", "configMap": {"name": f"{service}-config", "defaultMode": 420}},
            {"name": f"{service}-token-x7k2p", "secret": {"secretName": f"{service}-token-x7k2p", "defaultMode": 420}},
        ],
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst",
        "securityContext": {},
        "schedulerName": "default-scheduler",
        "tolerations": [
            {"key": f"node.kubernetes.io/{what}", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
            for what in ("not-ready", "unreachable")
        ],
    }
