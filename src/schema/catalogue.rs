//! Lists of widespread custom resources and what tells their items apart, for builds without their definitions.
//!
//! Facts about other projects' types, as of 2026. A list stands here for one of three reasons: the type says so itself
//! (`patchMergeKey` or `listMapKey` on its field), the type embeds a Kubernetes type that says so (a pod template), or the
//! project's own documentation tells items apart by that field. Where to look stands above each. A definition in the build
//! that says otherwise of a list wins (`openapi::crd`). `cargo xtask crds` compares all this with definitions that the projects
//! publish.

use super::merge_keys::{CONTAINER, Definition, OBJECT, OBJECT_META, POD_TEMPLATE_SPEC, Schema, VOLUME, WORKLOAD};

/// Returns what is known about a type of custom resources, whatever its version: metadata at the least.
pub(super) fn of_type(group: &str, kind: &str) -> Schema<'static> {
    let definition = match (group, kind) {
        ("argoproj.io", "Rollout") => &ROLLOUT,
        ("argoproj.io", "AnalysisTemplate" | "ClusterAnalysisTemplate") => &ANALYSIS,
        ("argoproj.io", "AnalysisRun") => &ANALYSIS_RUN,
        ("argoproj.io", "Experiment") => &EXPERIMENT,
        ("argoproj.io", "Workflow" | "WorkflowTemplate" | "ClusterWorkflowTemplate") => &WORKFLOW,
        ("argoproj.io", "CronWorkflow") => &CRON_WORKFLOW,
        ("argoproj.io", "Application") => &APPLICATION,
        ("argoproj.io", "AppProject") => &APP_PROJECT,
        ("monitoring.coreos.com", "ServiceMonitor") => &SERVICE_MONITOR,
        ("monitoring.coreos.com", "PodMonitor") => &POD_MONITOR,
        ("monitoring.coreos.com", "PrometheusRule") => &PROMETHEUS_RULE,
        ("monitoring.coreos.com", "Prometheus" | "PrometheusAgent") => &PROMETHEUS,
        ("monitoring.coreos.com", "Alertmanager" | "ThanosRuler") => &ALERTMANAGER,
        ("external-secrets.io", "ExternalSecret") => &EXTERNAL_SECRET,
        ("external-secrets.io", "ClusterExternalSecret") => &CLUSTER_EXTERNAL_SECRET,
        ("networking.istio.io", "VirtualService") => &VIRTUAL_SERVICE,
        ("networking.istio.io", "DestinationRule") => &DESTINATION_RULE,
        ("networking.istio.io", "ServiceEntry") => &SERVICE_ENTRY,
        ("networking.istio.io", "Gateway") => &ISTIO_GATEWAY,
        ("gateway.networking.k8s.io", "Gateway") => &GATEWAY,
        ("keda.sh", "ScaledObject") => &SCALED_OBJECT,
        ("keda.sh", "ScaledJob") => &SCALED_JOB,
        ("serving.knative.dev", "Service" | "Configuration") => &WORKLOAD,
        ("apps.kruise.io", "CloneSet" | "DaemonSet" | "StatefulSet") => &WORKLOAD,
        ("agones.dev", "GameServer") => &GAME_SERVER,
        ("agones.dev", "GameServerSet" | "Fleet") => &GAME_SERVERS,
        _ => &OBJECT,
    };
    Schema::Mapping(definition)
}

const fn map(definition: &'static Definition) -> Schema<'static> {
    Schema::Mapping(definition)
}

const fn by(key: &'static str) -> Schema<'static> {
    Schema::Identified { key, items: None }
}

const fn by_of(key: &'static str, items: &'static Definition) -> Schema<'static> {
    Schema::Identified { key, items: Some(items) }
}

const METADATA: (&str, Schema<'static>) = ("metadata", map(&OBJECT_META));

// argoproj/argo-rollouts, pkg/apis/rollouts/v1alpha1: patchMergeKey on the fields; a pod template.
static ROLLOUT: Definition = Definition(&[METADATA, ("spec", map(&ROLLOUT_SPEC))]);
static ROLLOUT_SPEC: Definition =
    Definition(&[("strategy", map(&ROLLOUT_STRATEGY)), ("template", map(&POD_TEMPLATE_SPEC))]);
static ROLLOUT_STRATEGY: Definition = Definition(&[("blueGreen", map(&BLUE_GREEN)), ("canary", map(&CANARY))]);
static BLUE_GREEN: Definition =
    Definition(&[("postPromotionAnalysis", map(&ROLLOUT_ANALYSIS)), ("prePromotionAnalysis", map(&ROLLOUT_ANALYSIS))]);
static CANARY: Definition = Definition(&[("analysis", map(&ROLLOUT_ANALYSIS))]);
static ROLLOUT_ANALYSIS: Definition = Definition(&[
    ("args", by("name")),
    ("dryRun", by("metricName")),
    ("measurementRetention", by("metricName")),
    ("templates", by("templateName")),
]);
static ANALYSIS: Definition = Definition(&[METADATA, ("spec", map(&ANALYSIS_SPEC))]);
static ANALYSIS_SPEC: Definition = Definition(&[
    ("args", by("name")),
    ("dryRun", by("metricName")),
    ("measurementRetention", by("metricName")),
    ("metrics", by_of("name", &METRIC)),
    ("templates", by("templateName")),
]);
static ANALYSIS_RUN: Definition = Definition(&[METADATA, ("spec", map(&ANALYSIS_RUN_SPEC))]);
static ANALYSIS_RUN_SPEC: Definition = Definition(&[
    ("args", by("name")),
    ("dryRun", by("metricName")),
    ("measurementRetention", by("metricName")),
    ("metrics", by_of("name", &METRIC)),
]);
static METRIC: Definition = Definition(&[("provider", map(&METRIC_PROVIDER))]);
static METRIC_PROVIDER: Definition = Definition(&[("job", map(&METRIC_JOB))]);
static METRIC_JOB: Definition = Definition(&[("spec", map(&JOB_SPEC))]);
static EXPERIMENT: Definition = Definition(&[METADATA, ("spec", map(&EXPERIMENT_SPEC))]);
static EXPERIMENT_SPEC: Definition = Definition(&[
    ("analyses", by_of("name", &EXPERIMENT_ANALYSIS)),
    ("dryRun", by("metricName")),
    ("measurementRetention", by("metricName")),
    ("templates", by_of("name", &EXPERIMENT_TEMPLATE)),
]);
static EXPERIMENT_ANALYSIS: Definition = Definition(&[("args", by("name"))]);
static EXPERIMENT_TEMPLATE: Definition = Definition(&[("template", map(&POD_TEMPLATE_SPEC))]);

// argoproj/argo-workflows, pkg/apis/workflow/v1alpha1/workflow_types.go: patchMergeKey on the fields.
static WORKFLOW: Definition = Definition(&[METADATA, ("spec", map(&WORKFLOW_SPEC))]);
static CRON_WORKFLOW: Definition = Definition(&[METADATA, ("spec", map(&CRON_WORKFLOW_SPEC))]);
static CRON_WORKFLOW_SPEC: Definition = Definition(&[("workflowSpec", map(&WORKFLOW_SPEC))]);
static WORKFLOW_SPEC: Definition = Definition(&[
    ("arguments", map(&ARGUMENTS)),
    ("hostAliases", by("ip")),
    ("imagePullSecrets", by("name")),
    ("templateDefaults", map(&WORKFLOW_STEP)),
    ("templates", by_of("name", &WORKFLOW_STEP)),
    ("volumes", by_of("name", &VOLUME)),
]);
static ARGUMENTS: Definition = Definition(&[("artifacts", by("name")), ("parameters", by("name"))]);
static WORKFLOW_STEP: Definition = Definition(&[
    ("container", map(&CONTAINER)),
    ("hostAliases", by("ip")),
    ("initContainers", by_of("name", &CONTAINER)),
    ("inputs", map(&ARGUMENTS)),
    ("outputs", map(&ARGUMENTS)),
    ("script", map(&CONTAINER)),
    ("sidecars", by_of("name", &CONTAINER)),
    ("volumes", by_of("name", &VOLUME)),
]);

// argoproj/argo-cd, docs/operator-manual/application.yaml and docs/user-guide: parameters, sources and roles have names.
static APPLICATION: Definition = Definition(&[METADATA, ("spec", map(&APPLICATION_SPEC))]);
static APPLICATION_SPEC: Definition = Definition(&[
    ("info", by("name")),
    ("source", map(&APPLICATION_SOURCE)),
    ("sources", by_of("name", &APPLICATION_SOURCE)),
]);
static APPLICATION_SOURCE: Definition = Definition(&[("helm", map(&HELM_SOURCE)), ("plugin", map(&PLUGIN_SOURCE))]);
static HELM_SOURCE: Definition = Definition(&[("fileParameters", by("name")), ("parameters", by("name"))]);
static PLUGIN_SOURCE: Definition = Definition(&[("env", by("name")), ("parameters", by("name"))]);
static APP_PROJECT: Definition = Definition(&[METADATA, ("spec", map(&APP_PROJECT_SPEC))]);
static APP_PROJECT_SPEC: Definition = Definition(&[("roles", by("name"))]);

// prometheus-operator/prometheus-operator, pkg/apis/monitoring/v1: listMapKey on groups; containers and volumes are those of a
// pod. Endpoints are told apart by their port, where each has one of its own.
static SERVICE_MONITOR: Definition = Definition(&[METADATA, ("spec", map(&SERVICE_MONITOR_SPEC))]);
static SERVICE_MONITOR_SPEC: Definition = Definition(&[("endpoints", by("port"))]);
static POD_MONITOR: Definition = Definition(&[METADATA, ("spec", map(&POD_MONITOR_SPEC))]);
static POD_MONITOR_SPEC: Definition = Definition(&[("podMetricsEndpoints", by("port"))]);
static PROMETHEUS_RULE: Definition = Definition(&[METADATA, ("spec", map(&PROMETHEUS_RULE_SPEC))]);
static PROMETHEUS_RULE_SPEC: Definition = Definition(&[("groups", by("name"))]);
static PROMETHEUS: Definition = Definition(&[METADATA, ("spec", map(&PROMETHEUS_SPEC))]);
static PROMETHEUS_SPEC: Definition = Definition(&[
    ("containers", by_of("name", &CONTAINER)),
    ("dnsConfig", map(&DNS_CONFIG)),
    ("hostAliases", by("ip")),
    ("imagePullSecrets", by("name")),
    ("initContainers", by_of("name", &CONTAINER)),
    ("scrapeClasses", by("name")),
    ("volumeMounts", by("mountPath")),
    ("volumes", by_of("name", &VOLUME)),
]);
static ALERTMANAGER: Definition = Definition(&[METADATA, ("spec", map(&ALERTMANAGER_SPEC))]);
static ALERTMANAGER_SPEC: Definition = Definition(&[
    ("containers", by_of("name", &CONTAINER)),
    ("dnsConfig", map(&DNS_CONFIG)),
    ("hostAliases", by("ip")),
    ("imagePullSecrets", by("name")),
    ("initContainers", by_of("name", &CONTAINER)),
    ("volumeMounts", by("mountPath")),
    ("volumes", by_of("name", &VOLUME)),
]);
static DNS_CONFIG: Definition = Definition(&[("options", by("name"))]);

// external-secrets/external-secrets, apis/externalsecrets/v1: each entry of data is a key of the Secret.
static EXTERNAL_SECRET: Definition = Definition(&[METADATA, ("spec", map(&EXTERNAL_SECRET_SPEC))]);
static EXTERNAL_SECRET_SPEC: Definition = Definition(&[("data", by("secretKey"))]);
static CLUSTER_EXTERNAL_SECRET: Definition = Definition(&[METADATA, ("spec", map(&CLUSTER_EXTERNAL_SECRET_SPEC))]);
static CLUSTER_EXTERNAL_SECRET_SPEC: Definition = Definition(&[("externalSecretSpec", map(&EXTERNAL_SECRET_SPEC))]);

// istio/api, networking/v1/*.proto: routes, subsets, ports and servers have names (those of routes and servers are optional).
static VIRTUAL_SERVICE: Definition = Definition(&[METADATA, ("spec", map(&VIRTUAL_SERVICE_SPEC))]);
static VIRTUAL_SERVICE_SPEC: Definition = Definition(&[("http", by("name"))]);
static DESTINATION_RULE: Definition = Definition(&[METADATA, ("spec", map(&DESTINATION_RULE_SPEC))]);
static DESTINATION_RULE_SPEC: Definition = Definition(&[("subsets", by("name"))]);
static SERVICE_ENTRY: Definition = Definition(&[METADATA, ("spec", map(&SERVICE_ENTRY_SPEC))]);
static SERVICE_ENTRY_SPEC: Definition = Definition(&[("ports", by("name"))]);
static ISTIO_GATEWAY: Definition = Definition(&[METADATA, ("spec", map(&ISTIO_GATEWAY_SPEC))]);
static ISTIO_GATEWAY_SPEC: Definition = Definition(&[("servers", by("name"))]);

// kubernetes-sigs/gateway-api, apis/v1/gateway_types.go: listMapKey on listeners.
static GATEWAY: Definition = Definition(&[METADATA, ("spec", map(&GATEWAY_SPEC))]);
static GATEWAY_SPEC: Definition = Definition(&[("listeners", by("name"))]);

// kedacore/keda, apis/keda/v1alpha1: triggers may have names; a ScaledJob holds the spec of a Job.
static SCALED_OBJECT: Definition = Definition(&[METADATA, ("spec", map(&SCALED_OBJECT_SPEC))]);
static SCALED_OBJECT_SPEC: Definition = Definition(&[("triggers", by("name"))]);
static SCALED_JOB: Definition = Definition(&[METADATA, ("spec", map(&SCALED_JOB_SPEC))]);
static SCALED_JOB_SPEC: Definition = Definition(&[("jobTargetRef", map(&JOB_SPEC)), ("triggers", by("name"))]);
static JOB_SPEC: Definition = Definition(&[("template", map(&POD_TEMPLATE_SPEC))]);

// googleforgames/agones, pkg/apis/agones/v1: a pod template, and ports with names.
static GAME_SERVER: Definition = Definition(&[METADATA, ("spec", map(&GAME_SERVER_SPEC))]);
static GAME_SERVER_SPEC: Definition = Definition(&[("ports", by("name")), ("template", map(&POD_TEMPLATE_SPEC))]);
static GAME_SERVERS: Definition = Definition(&[METADATA, ("spec", map(&GAME_SERVERS_SPEC))]);
static GAME_SERVERS_SPEC: Definition = Definition(&[("template", map(&GAME_SERVER_TEMPLATE))]);
static GAME_SERVER_TEMPLATE: Definition = Definition(&[METADATA, ("spec", map(&GAME_SERVER_SPEC))]);

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    /// The types, as they stand in the match above.
    const TYPES: [(&str, &[&str]); 26] = [
        ("argoproj.io", &["Rollout"]),
        ("argoproj.io", &["AnalysisTemplate", "ClusterAnalysisTemplate"]),
        ("argoproj.io", &["AnalysisRun"]),
        ("argoproj.io", &["Experiment"]),
        ("argoproj.io", &["Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate"]),
        ("argoproj.io", &["CronWorkflow"]),
        ("argoproj.io", &["Application"]),
        ("argoproj.io", &["AppProject"]),
        ("monitoring.coreos.com", &["ServiceMonitor"]),
        ("monitoring.coreos.com", &["PodMonitor"]),
        ("monitoring.coreos.com", &["PrometheusRule"]),
        ("monitoring.coreos.com", &["Prometheus", "PrometheusAgent"]),
        ("monitoring.coreos.com", &["Alertmanager", "ThanosRuler"]),
        ("external-secrets.io", &["ExternalSecret"]),
        ("external-secrets.io", &["ClusterExternalSecret"]),
        ("networking.istio.io", &["VirtualService"]),
        ("networking.istio.io", &["DestinationRule"]),
        ("networking.istio.io", &["ServiceEntry"]),
        ("networking.istio.io", &["Gateway"]),
        ("gateway.networking.k8s.io", &["Gateway"]),
        ("keda.sh", &["ScaledObject"]),
        ("keda.sh", &["ScaledJob"]),
        ("serving.knative.dev", &["Service", "Configuration"]),
        ("apps.kruise.io", &["CloneSet", "DaemonSet", "StatefulSet"]),
        ("agones.dev", &["GameServer"]),
        ("agones.dev", &["GameServerSet", "Fleet"]),
    ];

    /// Lists the lists of a definition, a pod template as a whole.
    fn lists(definition: &'static Definition, path: &str, found: &mut Vec<String>) {
        if std::ptr::eq(definition, &POD_TEMPLATE_SPEC) {
            found.push(format!("`{path}`: a pod template"));
            return;
        }
        if std::ptr::eq(definition, &CONTAINER) || std::ptr::eq(definition, &VOLUME) {
            return;
        }
        for (name, schema) in Schema::Mapping(definition).fields() {
            let path = if path.is_empty() { (*name).to_owned() } else { format!("{path}.{name}") };
            match schema {
                Schema::Mapping(inner) => lists(inner, &path, found),
                Schema::Identified { key, items } => {
                    found.push(format!("`{path}` by `{key}`"));
                    items.iter().for_each(|items| lists(items, &format!("{path}[]"), found));
                }
                Schema::List { .. } | Schema::Custom(_) => {}
            }
        }
    }

    #[test]
    fn the_page_shows_the_catalogue() {
        let mut rows = String::from("| group | kind | lists |\n|---|---|---|\n");
        for (group, kinds) in TYPES {
            let of_kind = |kind: &&str| {
                let Schema::Mapping(definition) = of_type(group, kind) else { panic!("{kind} is no mapping") };
                let mut found = Vec::new();
                lists(definition, "", &mut found);
                found.join("<br>")
            };
            let found: Vec<String> = kinds.iter().map(of_kind).collect();
            assert!(found.iter().all(|lists| !lists.is_empty() && lists == &found[0]), "{group} {kinds:?}");
            let _ = writeln!(rows, "| {group} | {} | {} |", kinds.join(", "), found[0]);
        }
        let page = include_str!("../../docs/lists.md");
        let table = page.split("<!-- CATALOGUE -->\n").nth(1).and_then(|rest| rest.split("<!-- END -->").next());
        assert_eq!(table, Some(rows.as_str()), "docs/lists.md is to show:\n{rows}");
    }
}
