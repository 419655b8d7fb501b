//! Where two braces belong to a kind's own language, and where they are what a template engine left behind.
//!
//! Controllers fill in templates of their own: Argo CD those of an ApplicationSet, Prometheus those of alerts, external-secrets
//! those of a Secret. Kubernetes' own kinds have no such language, but for a few fields that hold anything (`content::FREE`).

/// What two braces in the fields of a kind mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Braces {
    /// Nothing: they are left over.
    None,
    /// They are the kind's own, below these fields.
    Below(&'static [&'static str]),
    /// Nobody knows; only what Helm alone understands is left over.
    Unknown,
}

/// A group, its kinds (none: all of them) and the fields with templates.
type Entry = (&'static str, &'static [&'static str], &'static [&'static str]);

const ALL: &[&str] = &[];
const SPEC: &[&str] = &["spec"];

/// Kinds with a language of their own, sorted by group. A group that ends like one of them (`bootstrap.cluster.x-k8s.io`) has it, too.
const OWN: &[Entry] = &[
    ("addons.cluster.x-k8s.io", ALL, SPEC),
    ("apiextensions.crossplane.io", ALL, SPEC),
    ("apps.open-cluster-management.io", ALL, SPEC),
    (
        "argoproj.io",
        &[
            "AnalysisRun",
            "AnalysisTemplate",
            "ApplicationSet",
            "ClusterAnalysisTemplate",
            "ClusterWorkflowTemplate",
            "CronWorkflow",
            "EventSource",
            "Experiment",
            "Sensor",
            "Workflow",
            "WorkflowEventBinding",
            "WorkflowTaskSet",
            "WorkflowTemplate",
        ],
        SPEC,
    ),
    (
        "argoproj.io",
        &["Application"],
        &[
            "spec.source.helm",
            "spec.sources.helm",
            "spec.source.plugin",
            "spec.sources.plugin",
            "spec.source.kustomize.patches",
            "spec.sources.kustomize.patches",
        ],
    ),
    ("argoproj.io", &["Rollout"], &["spec.strategy.canary", "spec.strategy.blueGreen"]),
    ("chaos-mesh.org", ALL, SPEC),
    ("cluster.x-k8s.io", ALL, SPEC),
    ("core.oam.dev", ALL, SPEC),
    ("external-secrets.io", &["ClusterSecretStore", "SecretStore"], &["spec.provider.webhook"]),
    (
        "external-secrets.io",
        &["ExternalSecret"],
        &["spec.target.template", "spec.target.manifest", "spec.dataFrom.rewrite", "spec.data.remoteRef"],
    ),
    (
        "external-secrets.io",
        &["ClusterExternalSecret"],
        &[
            "spec.externalSecretSpec.target.template",
            "spec.externalSecretSpec.target.manifest",
            "spec.externalSecretSpec.dataFrom.rewrite",
            "spec.externalSecretSpec.data.remoteRef",
        ],
    ),
    ("external-secrets.io", &["PushSecret"], &["spec.template", "spec.data"]),
    ("external-secrets.io", &["ClusterPushSecret"], &["spec.pushSecretSpec.template", "spec.pushSecretSpec.data"]),
    ("fluxcd.controlplane.io", ALL, SPEC),
    ("generators.external-secrets.io", ALL, SPEC),
    ("grafana.integreatly.org", ALL, SPEC),
    ("helm.cattle.io", ALL, SPEC),
    ("helm.toolkit.fluxcd.io", ALL, &["spec.values", "spec.postRenderers"]),
    ("image.toolkit.fluxcd.io", &["ImageUpdateAutomation"], SPEC),
    ("kyverno.io", ALL, SPEC),
    ("logging.banzaicloud.io", ALL, SPEC),
    ("loki.grafana.com", ALL, SPEC),
    ("monitoring.coreos.com", &["AlertmanagerConfig", "PrometheusRule"], SPEC),
    ("opentelemetry.io", ALL, SPEC),
    ("operator.victoriametrics.com", ALL, SPEC),
    ("policies.kyverno.io", ALL, SPEC),
    ("policy.open-cluster-management.io", ALL, SPEC),
    ("secrets.hashicorp.com", ALL, SPEC),
    ("serving.kserve.io", ALL, SPEC),
    ("spire.spiffe.io", ALL, SPEC),
    ("tekton.dev", ALL, SPEC),
    ("templates.gatekeeper.sh", ALL, SPEC),
];

/// Kinds that are known to have none, sorted by group.
const WITHOUT: &[(&str, &[&str])] = &[
    ("agones.dev", ALL),
    ("apps.kruise.io", ALL),
    ("argoproj.io", &["AppProject"]),
    ("autoscaling.agones.dev", ALL),
    ("autoscaling.k8s.io", ALL),
    ("bitnami.com", &["SealedSecret"]),
    ("cert-manager.io", ALL),
    ("gateway.networking.k8s.io", ALL),
    ("keda.sh", ALL),
    ("kustomize.toolkit.fluxcd.io", ALL),
    ("monitoring.coreos.com", &["PodMonitor", "Probe", "Prometheus", "PrometheusAgent", "ServiceMonitor"]),
    (
        "networking.istio.io",
        &["DestinationRule", "Gateway", "ServiceEntry", "Sidecar", "VirtualService", "WorkloadEntry"],
    ),
    ("policy.networking.k8s.io", ALL),
    ("security.istio.io", ALL),
    ("serving.knative.dev", ALL),
    ("snapshot.storage.k8s.io", ALL),
    ("source.toolkit.fluxcd.io", ALL),
];

/// Returns what braces mean in objects of a custom kind.
pub(super) fn of_custom_kind(group: &str, kind: &str) -> Braces {
    let is_in = |of: &str| group.strip_suffix(of).is_some_and(|start| start.is_empty() || start.ends_with('.'));
    let is_of = |kinds: &[&str]| kinds.is_empty() || kinds.contains(&kind);
    if let Some((.., fields)) = OWN.iter().find(|(of, kinds, _)| is_in(of) && is_of(kinds)) {
        return Braces::Below(fields);
    }
    match WITHOUT.iter().any(|(of, kinds)| *of == group && is_of(kinds)) {
        true => Braces::None,
        false => Braces::Unknown,
    }
}

/// Returns whether only Helm understands what stands between the braces.
pub(super) fn is_of_helm(part: &str) -> bool {
    const OBJECTS: [&str; 6] = [".Values", ".Release.", ".Chart.", ".Capabilities.", ".Files.", ".Template."];
    const FUNCTIONS: [&str; 5] = ["include", "tpl", "toYaml", "nindent", "lookup"];
    let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphanumeric() && c != '_' && c != '.');
    let stands = |word: &str, is_whole: bool| {
        part.match_indices(word).any(|(at, _)| {
            let before = part.get(..at).and_then(|text| text.chars().next_back());
            let behind = part.get(at + word.len()..).and_then(|text| text.chars().next());
            // `$.Values` is the same, `secrets.Values` is not.
            is_edge(before) && (!is_whole || is_edge(behind))
        })
    };
    OBJECTS.iter().any(|object| stands(object, false)) || FUNCTIONS.iter().any(|function| stands(function, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(OWN.is_sorted_by_key(|(group, ..)| *group));
        assert!(WITHOUT.is_sorted_by_key(|(group, _)| *group));
    }

    #[test]
    fn no_kind_is_in_both() {
        for (group, kinds) in WITHOUT {
            for kind in kinds.iter().chain(&["Any"]) {
                let is_own = OWN.iter().any(|(of, own, _)| of == group && (own.is_empty() || own.contains(kind)));
                assert!(!is_own, "{group} {kind}");
            }
        }
    }

    #[test]
    fn groups_are_those_of_a_family() {
        assert_eq!(of_custom_kind("bootstrap.cluster.x-k8s.io", "KubeadmConfig"), Braces::Below(SPEC));
        assert_eq!(of_custom_kind("mycluster.x-k8s.io", "KubeadmConfig"), Braces::Unknown);
        assert_eq!(of_custom_kind("keda.sh", "ScaledJob"), Braces::None);
    }

    #[test]
    fn words_of_helm_are_known() {
        for part in [
            "{{ .Values.image }}",
            "{{- include \"web.name\" . }}",
            "{{ $.Values.a }}",
            "{{ .Release.Name }}",
            "{{.Chart.Name}}",
            "{{ toYaml . | nindent 4 }}",
        ] {
            assert!(is_of_helm(part), "{part}");
        }
        for part in [
            "{{ .environment }}",
            "{{ $labels.pod }}",
            "{{ .Data.data.x }}",
            "{{ .included }}",
            "{{values}}",
            "{{ .Secrets.Values }}",
        ] {
            assert!(!is_of_helm(part), "{part}");
        }
    }
}
