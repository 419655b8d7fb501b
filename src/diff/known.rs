//! What is known of fields beyond their merge keys: quantities, durations, defaults, and lists whose order says nothing.
//!
//! The tables are for built-in types and a few widespread ones; docs/diff.md lists them. What stands in no table is compared
//! as it is written.

use crate::resource::Gvk;

/// One step of the way to a field, without the position in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// The value under a key.
    Key(&'a str),
    /// Some item of a list.
    Item,
}

/// What is known of a type.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'g> {
    gvk: &'g Gvk,
    is_built_in: bool,
    /// Where the specification of pods stands.
    pod: &'static [&'static str],
}

/// A pattern of keys; `[]` is an item of a list, `*` any key.
type Pattern = &'static str;

/// Where quantities stand: kind (`Pod` for all that hold one, below the specification of the pod; `*` for all) and pattern.
const QUANTITIES: [(&str, Pattern); 22] = [
    ("Pod", "containers.[].resources.limits.*"),
    ("Pod", "containers.[].resources.requests.*"),
    ("Pod", "initContainers.[].resources.limits.*"),
    ("Pod", "initContainers.[].resources.requests.*"),
    ("Pod", "containers.[].env.[].valueFrom.resourceFieldRef.divisor"),
    ("Pod", "initContainers.[].env.[].valueFrom.resourceFieldRef.divisor"),
    ("Pod", "overhead.*"),
    ("Pod", "resources.limits.*"),
    ("Pod", "resources.requests.*"),
    ("Pod", "volumes.[].emptyDir.sizeLimit"),
    ("Pod", "volumes.[].ephemeral.volumeClaimTemplate.spec.resources.requests.*"),
    ("PersistentVolumeClaim", "spec.resources.requests.*"),
    ("PersistentVolumeClaim", "spec.resources.limits.*"),
    ("StatefulSet", "spec.volumeClaimTemplates.[].spec.resources.requests.*"),
    ("PersistentVolume", "spec.capacity.*"),
    ("ResourceQuota", "spec.hard.*"),
    ("LimitRange", "spec.limits.[].*.*"),
    ("RuntimeClass", "overhead.podFixed.*"),
    ("HorizontalPodAutoscaler", "spec.metrics.[].*.target.averageValue"),
    ("HorizontalPodAutoscaler", "spec.metrics.[].*.target.value"),
    ("*", "spec.resources.limits.*"),
    ("*", "spec.resources.requests.*"),
];

/// Where the schemas of widespread custom resources say `metav1.Duration`: group, kind, pattern.
const DURATIONS: [(&str, &str, Pattern); 12] = [
    ("cert-manager.io", "Certificate", "spec.duration"),
    ("cert-manager.io", "Certificate", "spec.renewBefore"),
    ("external-secrets.io", "*", "spec.refreshInterval"),
    ("kustomize.toolkit.fluxcd.io", "*", "spec.interval"),
    ("kustomize.toolkit.fluxcd.io", "*", "spec.retryInterval"),
    ("kustomize.toolkit.fluxcd.io", "*", "spec.timeout"),
    ("helm.toolkit.fluxcd.io", "*", "spec.interval"),
    ("helm.toolkit.fluxcd.io", "*", "spec.timeout"),
    ("source.toolkit.fluxcd.io", "*", "spec.interval"),
    ("source.toolkit.fluxcd.io", "*", "spec.timeout"),
    ("image.toolkit.fluxcd.io", "*", "spec.interval"),
    ("notification.toolkit.fluxcd.io", "*", "spec.interval"),
];

/// What a field of a built-in type is if it is left out. Left out of the table on purpose: `replicas`, which belongs to
/// others once it is left out, and what depends on other fields.
const DEFAULTS: [(&str, Pattern, &str); 58] = [
    ("Pod", "containers.[].ports.[].protocol", "TCP"),
    ("Pod", "initContainers.[].ports.[].protocol", "TCP"),
    ("Pod", "*.[].terminationMessagePath", "/dev/termination-log"),
    ("Pod", "*.[].terminationMessagePolicy", "File"),
    ("Pod", "*.[].stdin", "false"),
    ("Pod", "*.[].stdinOnce", "false"),
    ("Pod", "*.[].tty", "false"),
    ("Pod", "*.[].volumeMounts.[].readOnly", "false"),
    ("Pod", "*.[].env.[].valueFrom.fieldRef.apiVersion", "v1"),
    ("Pod", "*.[].*.initialDelaySeconds", "0"),
    ("Pod", "*.[].*.timeoutSeconds", "1"),
    ("Pod", "*.[].*.periodSeconds", "10"),
    ("Pod", "*.[].*.successThreshold", "1"),
    ("Pod", "*.[].*.failureThreshold", "3"),
    ("Pod", "*.[].*.httpGet.scheme", "HTTP"),
    ("Pod", "*.[].lifecycle.*.httpGet.scheme", "HTTP"),
    ("Pod", "dnsPolicy", "ClusterFirst"),
    ("Pod", "enableServiceLinks", "true"),
    ("Pod", "hostIPC", "false"),
    ("Pod", "hostNetwork", "false"),
    ("Pod", "hostPID", "false"),
    ("Pod", "restartPolicy", "Always"),
    ("Pod", "schedulerName", "default-scheduler"),
    ("Pod", "shareProcessNamespace", "false"),
    ("Pod", "terminationGracePeriodSeconds", "30"),
    ("Pod", "volumes.[].configMap.defaultMode", "420"),
    ("Pod", "volumes.[].configMap.optional", "false"),
    ("Pod", "volumes.[].downwardAPI.defaultMode", "420"),
    ("Pod", "volumes.[].projected.defaultMode", "420"),
    ("Pod", "volumes.[].secret.defaultMode", "420"),
    ("Pod", "volumes.[].secret.optional", "false"),
    ("Pod", "volumes.[].persistentVolumeClaim.readOnly", "false"),
    ("Pod", "volumes.[].hostPath.type", ""),
    ("Service", "spec.ports.[].protocol", "TCP"),
    ("Service", "spec.sessionAffinity", "None"),
    ("Service", "spec.type", "ClusterIP"),
    ("Service", "spec.publishNotReadyAddresses", "false"),
    ("Deployment", "spec.minReadySeconds", "0"),
    ("Deployment", "spec.paused", "false"),
    ("Deployment", "spec.progressDeadlineSeconds", "600"),
    ("Deployment", "spec.revisionHistoryLimit", "10"),
    ("DaemonSet", "spec.revisionHistoryLimit", "10"),
    ("StatefulSet", "spec.podManagementPolicy", "OrderedReady"),
    ("StatefulSet", "spec.revisionHistoryLimit", "10"),
    ("CronJob", "spec.concurrencyPolicy", "Allow"),
    ("CronJob", "spec.failedJobsHistoryLimit", "1"),
    ("CronJob", "spec.successfulJobsHistoryLimit", "3"),
    ("CronJob", "spec.suspend", "false"),
    ("Job", "spec.backoffLimit", "6"),
    ("Job", "spec.completionMode", "NonIndexed"),
    ("Job", "spec.suspend", "false"),
    ("NetworkPolicy", "spec.*.[].ports.[].protocol", "TCP"),
    ("PersistentVolumeClaim", "spec.volumeMode", "Filesystem"),
    ("PersistentVolume", "spec.volumeMode", "Filesystem"),
    ("HorizontalPodAutoscaler", "spec.minReplicas", "1"),
    ("ConfigMap", "immutable", "false"),
    ("Secret", "immutable", "false"),
    ("Secret", "type", "Opaque"),
];

/// Lists whose order says nothing, though the schema has no merge keys for them.
const SETS: [(&str, Pattern); 14] = [
    ("Pod", "*.[].securityContext.capabilities.add"),
    ("Pod", "*.[].securityContext.capabilities.drop"),
    ("Role", "rules"),
    ("Role", "rules.[].*"),
    ("ClusterRole", "rules"),
    ("ClusterRole", "rules.[].*"),
    ("RoleBinding", "subjects"),
    ("ClusterRoleBinding", "subjects"),
    ("NetworkPolicy", "spec.policyTypes"),
    ("PersistentVolume", "spec.accessModes"),
    ("PersistentVolumeClaim", "spec.accessModes"),
    ("StatefulSet", "spec.volumeClaimTemplates.[].spec.accessModes"),
    ("Service", "spec.externalIPs"),
    ("Service", "spec.loadBalancerSourceRanges"),
];

/// Where the specification of pods stands, by kind.
const PODS: [(&str, &[&str]); 10] = [
    ("Pod", &["spec"]),
    ("PodTemplate", &["template", "spec"]),
    ("CronJob", &["spec", "jobTemplate", "spec", "template", "spec"]),
    ("DaemonSet", &["spec", "template", "spec"]),
    ("Deployment", &["spec", "template", "spec"]),
    ("Job", &["spec", "template", "spec"]),
    ("ReplicaSet", &["spec", "template", "spec"]),
    ("ReplicationController", &["spec", "template", "spec"]),
    ("Rollout", &["spec", "template", "spec"]),
    ("StatefulSet", &["spec", "template", "spec"]),
];

/// Returns where the specification of pods stands in objects of a kind; nothing for kinds that have none.
pub(super) fn pod_spec(kind: &str) -> &'static [&'static str] {
    PODS.iter().find(|(known, _)| *known == kind).map_or(&[], |(_, path)| path)
}

/// Returns whether a group is one of Kubernetes itself.
pub(super) fn is_built_in(group: &str) -> bool {
    matches!(group, "" | "apps" | "autoscaling" | "batch" | "extensions" | "policy") || group.ends_with(".k8s.io")
}

impl<'g> Known<'g> {
    pub(super) fn of(gvk: &'g Gvk) -> Known<'g> {
        let is_built_in = is_built_in(&gvk.group);
        let has_pods = is_built_in || (&*gvk.group == "argoproj.io" && &*gvk.kind == "Rollout");
        Known { gvk, is_built_in, pod: if has_pods { pod_spec(&gvk.kind) } else { &[] } }
    }

    /// Returns whether null says the same as nothing: in fields of built-in types.
    pub(super) fn ignores_null(&self) -> bool {
        self.is_built_in
    }

    pub(super) fn is_quantity(&self, route: &[Part<'_>]) -> bool {
        QUANTITIES.iter().any(|(kind, pattern)| self.is_at(kind, pattern, route))
    }

    pub(super) fn is_duration(&self, route: &[Part<'_>]) -> bool {
        let is_kind = |kind: &str| kind == "*" || *self.gvk.kind == *kind;
        DURATIONS.iter().any(|(group, kind, pattern)| {
            *self.gvk.group == **group && is_kind(kind) && matches(pattern.split('.'), route)
        })
    }

    /// Returns what a field is if it is left out, as text.
    pub(super) fn default(&self, route: &[Part<'_>]) -> Option<&'static str> {
        if !self.is_built_in {
            return None;
        }
        let found = DEFAULTS.iter().find(|(kind, pattern, _)| self.is_at(kind, pattern, route));
        found.map(|&(_, _, value)| value)
    }

    /// Returns whether the order of a list without merge keys says nothing.
    pub(super) fn is_set(&self, route: &[Part<'_>]) -> bool {
        self.is_built_in && SETS.iter().any(|(kind, pattern)| self.is_at(kind, pattern, route))
    }

    /// Returns whether the order of a list with merge keys says something: steps of a start, variables that use others.
    pub(super) fn is_ordered(&self, route: &[Part<'_>]) -> bool {
        matches!(route, [.., Part::Key("initContainers" | "env")])
    }

    pub(super) fn is_service_port(&self, route: &[Part<'_>]) -> bool {
        self.is_built_in && self.is_at("Service", "spec.ports.[].targetPort", route)
    }

    fn is_at(&self, kind: &str, pattern: Pattern, route: &[Part<'_>]) -> bool {
        match kind {
            "Pod" => {
                let Some((head, rest)) = route.split_at_checked(self.pod.len()) else { return false };
                !self.pod.is_empty()
                    && head.iter().zip(self.pod).all(|(part, key)| *part == Part::Key(key))
                    && matches(pattern.split('.'), rest)
            }
            "*" => matches(pattern.split('.'), route),
            kind => *self.gvk.kind == *kind && matches(pattern.split('.'), route),
        }
    }
}

fn matches<'p>(mut pattern: impl Iterator<Item = &'p str>, route: &[Part<'_>]) -> bool {
    let mut route = route.iter();
    loop {
        match (pattern.next(), route.next()) {
            (None, None) => return true,
            (Some("[]"), Some(Part::Item)) => {}
            (Some("*"), Some(Part::Key(_))) => {}
            (Some(wanted), Some(Part::Key(key))) if wanted == *key => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(path: &str) -> Vec<Part<'_>> {
        path.split('.').map(|part| if part == "[]" { Part::Item } else { Part::Key(part) }).collect()
    }

    #[test]
    fn fields_are_known_by_kind_and_path() {
        let deployment = Gvk::new("apps/v1", "Deployment");
        let known = Known::of(&deployment);
        assert!(known.is_quantity(&route("spec.template.spec.containers.[].resources.limits.cpu")));
        assert!(!known.is_quantity(&route("spec.replicas")));
        assert_eq!(known.default(&route("spec.template.spec.containers.[].ports.[].protocol")), Some("TCP"));
        assert_eq!(known.default(&route("spec.template.spec.containers.[].livenessProbe.periodSeconds")), Some("10"));
        assert_eq!(known.default(&route("spec.replicas")), None);
        let other = Gvk::new("example.com/v1", "Deployment");
        assert_eq!(Known::of(&other).default(&route("spec.paused")), None);
        let certificate = Gvk::new("cert-manager.io/v1", "Certificate");
        assert!(Known::of(&certificate).is_duration(&route("spec.duration")));
        assert!(!Known::of(&deployment).is_duration(&route("spec.duration")));
        let role = Gvk::new("rbac.authorization.k8s.io/v1", "Role");
        assert!(Known::of(&role).is_set(&route("rules.[].verbs")));
    }
}
