//! Which kinds are cluster-scoped, and which are known at all.

/// Returns whether a type is known to be cluster-scoped; everything unknown is namespaced, whatever its name suggests.
pub fn is_cluster_scoped(group: &str, version: &str, kind: &str) -> bool {
    let versions: &[&str] = match (group, kind) {
        ("", "ComponentStatus" | "Namespace" | "Node" | "NodeProxyOptions" | "PersistentVolume") => &["v1"],
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy" | "ValidatingAdmissionPolicyBinding") => &["v1"],
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration") => {
            &["v1", "v1beta1"]
        }
        ("apiextensions.k8s.io", "CustomResourceDefinition") => &["v1", "v1beta1"],
        ("apiregistration.k8s.io", "APIService") => &["v1", "v1beta1"],
        ("certificates.k8s.io", "CertificateSigningRequest") => &["v1", "v1beta1"],
        ("flowcontrol.apiserver.k8s.io", "FlowSchema" | "PriorityLevelConfiguration") => &["v1beta1"],
        ("networking.k8s.io", "IngressClass") => &["v1", "v1beta1"],
        ("node.k8s.io", "RuntimeClass") => &["v1", "v1beta1"],
        ("policy", "PodSecurityPolicy") => &["v1beta1"],
        ("rbac.authorization.k8s.io", "ClusterRole" | "ClusterRoleBinding") => &["v1", "v1beta1"],
        ("scheduling.k8s.io", "PriorityClass") => &["v1", "v1beta1"],
        ("storage.k8s.io", "CSIDriver" | "CSINode" | "StorageClass" | "VolumeAttachment") => &["v1", "v1beta1"],
        _ => return false,
    };
    versions.contains(&version)
}

/// Returns whether the scope of a type is known without a schema (upstream `precomputedIsNamespaceScoped`).
pub fn is_known(group: &str, version: &str, kind: &str) -> bool {
    let versions: &[&str] = match (group, kind) {
        ("", "ConfigMap" | "Endpoints" | "Event" | "LimitRange" | "PersistentVolumeClaim" | "Pod") => &["v1"],
        ("", "PodAttachOptions" | "PodExecOptions" | "PodPortForwardOptions" | "PodProxyOptions") => &["v1"],
        ("", "PodTemplate" | "ReplicationController" | "ResourceQuota" | "Secret" | "Service") => &["v1"],
        ("", "ServiceAccount" | "ServiceProxyOptions") => &["v1"],
        ("apps", "ControllerRevision" | "DaemonSet" | "Deployment" | "ReplicaSet" | "StatefulSet") => &["v1"],
        ("autoscaling", "HorizontalPodAutoscaler") => &["v1", "v2beta1", "v2beta2"],
        ("autoscaling", "Scale") => &["v1"],
        ("batch", "CronJob") => &["v1", "v1beta1"],
        ("batch", "Job") => &["v1"],
        ("coordination.k8s.io", "Lease") => &["v1", "v1beta1"],
        ("discovery.k8s.io", "EndpointSlice") => &["v1", "v1beta1"],
        ("events.k8s.io", "Event") => &["v1", "v1beta1"],
        ("extensions", "Ingress") => &["v1beta1"],
        ("networking.k8s.io", "Ingress") => &["v1", "v1beta1"],
        ("networking.k8s.io", "NetworkPolicy") => &["v1"],
        ("policy", "PodDisruptionBudget") => &["v1", "v1beta1"],
        ("rbac.authorization.k8s.io", "Role" | "RoleBinding") => &["v1", "v1beta1"],
        ("storage.k8s.io", "CSIStorageCapacity") => &["v1beta1"],
        _ => &[],
    };
    versions.contains(&version) || is_cluster_scoped(group, version, kind)
}

#[cfg(test)]
mod tests {
    use super::is_cluster_scoped;

    #[test]
    fn judges_by_group_version_and_kind() {
        for (group, version, kind, expected) in [
            ("", "v1", "Namespace", true),
            ("", "v2", "Namespace", false),
            ("example.com", "v1", "Namespace", false),
            ("rbac.authorization.k8s.io", "v1", "ClusterRole", true),
            ("rbac.authorization.k8s.io", "v1alpha1", "ClusterRole", false),
            ("rbac.authorization.k8s.io", "v1", "Role", false),
            ("policy", "v1beta1", "PodSecurityPolicy", true),
            ("example.com", "v1", "ClusterFoo", false),
        ] {
            assert_eq!(is_cluster_scoped(group, version, kind), expected, "{group}/{version} {kind}");
        }
    }
}
