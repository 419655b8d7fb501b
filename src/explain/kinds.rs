//! What people call kinds: as kubectl does, in any case, in the plural or in short.

/// kubectl's short names, sorted.
const SHORT: [(&str, &str); 26] = [
    ("cj", "CronJob"),
    ("cm", "ConfigMap"),
    ("crd", "CustomResourceDefinition"),
    ("crds", "CustomResourceDefinition"),
    ("deploy", "Deployment"),
    ("ds", "DaemonSet"),
    ("ep", "Endpoints"),
    ("es", "ExternalSecret"),
    ("gw", "Gateway"),
    ("hpa", "HorizontalPodAutoscaler"),
    ("ing", "Ingress"),
    ("limits", "LimitRange"),
    ("netpol", "NetworkPolicy"),
    ("ns", "Namespace"),
    ("pc", "PriorityClass"),
    ("pdb", "PodDisruptionBudget"),
    ("po", "Pod"),
    ("pv", "PersistentVolume"),
    ("pvc", "PersistentVolumeClaim"),
    ("quota", "ResourceQuota"),
    ("rs", "ReplicaSet"),
    ("sa", "ServiceAccount"),
    ("sc", "StorageClass"),
    ("sts", "StatefulSet"),
    ("svc", "Service"),
    ("vs", "VirtualService"),
];

/// Returns whether a word means a kind.
pub(super) fn is_called(kind: &str, word: &str) -> bool {
    if kind.eq_ignore_ascii_case(word) {
        return true;
    }
    let word = word.to_ascii_lowercase();
    if let Ok(found) = SHORT.binary_search_by(|(short, _)| (*short).cmp(&word)) {
        return SHORT.get(found).is_some_and(|(_, of)| *of == kind);
    }
    let is_plural = |end: &str, instead: &str| {
        word.strip_suffix(end).is_some_and(|start| kind.eq_ignore_ascii_case(&format!("{start}{instead}")))
    };
    is_plural("s", "") || is_plural("es", "") || is_plural("ies", "y")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_called_as_by_kubectl() {
        assert!(SHORT.is_sorted());
        for (kind, word) in [
            ("Deployment", "deployment"),
            ("Deployment", "Deployments"),
            ("Deployment", "deploy"),
            ("Ingress", "ingresses"),
            ("NetworkPolicy", "networkpolicies"),
            ("Service", "svc"),
            ("Endpoints", "endpoints"),
        ] {
            assert!(is_called(kind, word), "{kind} {word}");
        }
        assert!(!is_called("Deployment", "deploymen") && !is_called("DeployMent2", "deploy") && !is_called("Pod", ""));
    }
}
