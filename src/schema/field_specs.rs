//! The default field specs of the transformers and the default name references, in the order in which they take effect.
//!
//! What they mean and how they are walked is `fieldspec`; `configurations` add to them.

use crate::fieldspec::FieldSpec;
use std::borrow::Cow;

/// A type of resource and the fields of other types that hold its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameReference {
    /// API group; empty for any.
    pub group: Cow<'static, str>,
    /// API version; empty for any.
    pub version: Cow<'static, str>,
    /// Kind; empty for any.
    pub kind: Cow<'static, str>,
    /// The fields.
    pub fields: Cow<'static, [FieldSpec]>,
}

/// A field that is only written where it exists.
const fn field(group: &'static str, version: &'static str, kind: &'static str, path: &'static str) -> FieldSpec {
    FieldSpec {
        group: Cow::Borrowed(group),
        version: Cow::Borrowed(version),
        kind: Cow::Borrowed(kind),
        path: Cow::Borrowed(path),
        create: false,
        place: None,
    }
}

/// A field that is created where it is missing.
const fn creates(group: &'static str, version: &'static str, kind: &'static str, path: &'static str) -> FieldSpec {
    FieldSpec {
        group: Cow::Borrowed(group),
        version: Cow::Borrowed(version),
        kind: Cow::Borrowed(kind),
        path: Cow::Borrowed(path),
        create: true,
        place: None,
    }
}

/// `namePrefix`.
pub const NAME_PREFIX: &[FieldSpec] = &[field("", "", "", "metadata/name")];

/// `nameSuffix`.
pub const NAME_SUFFIX: &[FieldSpec] = &[field("", "", "", "metadata/name")];

/// `namespace`; `metadata/namespace` and subjects are rules of the transformer itself.
pub const NAMESPACE: &[FieldSpec] = &[
    creates("", "", "Namespace", "metadata/name"),
    field(
        "apiextensions.k8s.io",
        "",
        "CustomResourceDefinition",
        "spec/conversion/webhook/clientConfig/service/namespace",
    ),
    creates("apiregistration.k8s.io", "", "APIService", "spec/service/namespace"),
];

/// `commonLabels`, and `labels` with `includeSelectors`.
pub const COMMON_LABELS: &[FieldSpec] = &[
    creates("", "v1", "Service", "spec/selector"),
    field(
        "apps",
        "",
        "Deployment",
        "spec/template/spec/affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
    ),
    field(
        "apps",
        "",
        "Deployment",
        "spec/template/spec/affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
    ),
    field(
        "apps",
        "",
        "Deployment",
        "spec/template/spec/affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
    ),
    field(
        "apps",
        "",
        "Deployment",
        "spec/template/spec/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
    ),
    field("apps", "", "Deployment", "spec/template/spec/topologySpreadConstraints/labelSelector/matchLabels"),
    creates("", "", "Deployment", "spec/template/metadata/labels"),
    creates("", "", "Deployment", "spec/selector/matchLabels"),
    creates("apps", "", "StatefulSet", "spec/selector/matchLabels"),
    field(
        "apps",
        "",
        "StatefulSet",
        "spec/template/spec/affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
    ),
    field(
        "apps",
        "",
        "StatefulSet",
        "spec/template/spec/affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
    ),
    field(
        "apps",
        "",
        "StatefulSet",
        "spec/template/spec/affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
    ),
    field(
        "apps",
        "",
        "StatefulSet",
        "spec/template/spec/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
    ),
    field("apps", "", "StatefulSet", "spec/template/spec/topologySpreadConstraints/labelSelector/matchLabels"),
    creates("apps", "", "StatefulSet", "spec/volumeClaimTemplates[]/metadata/labels"),
    creates("apps", "", "StatefulSet", "spec/template/metadata/labels"),
    creates("batch", "", "CronJob", "spec/jobTemplate/metadata/labels"),
    creates("batch", "", "CronJob", "spec/jobTemplate/spec/template/metadata/labels"),
    field("batch", "", "CronJob", "spec/jobTemplate/spec/selector/matchLabels"),
    field("policy", "", "PodDisruptionBudget", "spec/selector/matchLabels"),
    field("batch", "", "Job", "spec/selector/matchLabels"),
    creates("batch", "", "Job", "spec/template/metadata/labels"),
    field("networking.k8s.io", "", "NetworkPolicy", "spec/egress/to/podSelector/matchLabels"),
    field("networking.k8s.io", "", "NetworkPolicy", "spec/ingress/from/podSelector/matchLabels"),
    field("networking.k8s.io", "", "NetworkPolicy", "spec/podSelector/matchLabels"),
    creates("", "v1", "ReplicationController", "spec/template/metadata/labels"),
    creates("", "v1", "ReplicationController", "spec/selector"),
    creates("", "", "DaemonSet", "spec/template/metadata/labels"),
    creates("", "", "DaemonSet", "spec/selector/matchLabels"),
    creates("", "", "ReplicaSet", "spec/template/metadata/labels"),
    creates("", "", "ReplicaSet", "spec/selector/matchLabels"),
    creates("", "", "", "metadata/labels"),
];

/// Every entry of `labels`.
pub const METADATA_LABELS: &[FieldSpec] = &[creates("", "", "", "metadata/labels")];

/// `labels` with `includeTemplates`.
pub const TEMPLATE_LABELS: &[FieldSpec] = &[
    creates("", "", "Deployment", "spec/template/metadata/labels"),
    creates("apps", "", "StatefulSet", "spec/template/metadata/labels"),
    creates("batch", "", "CronJob", "spec/jobTemplate/metadata/labels"),
    creates("batch", "", "CronJob", "spec/jobTemplate/spec/template/metadata/labels"),
    creates("batch", "", "Job", "spec/template/metadata/labels"),
    creates("", "v1", "ReplicationController", "spec/template/metadata/labels"),
    creates("", "", "DaemonSet", "spec/template/metadata/labels"),
    creates("", "", "ReplicaSet", "spec/template/metadata/labels"),
    creates("", "", "", "metadata/labels"),
];

/// `labels` with `includeVolumeClaimTemplates`.
pub const VOLUME_CLAIM_TEMPLATE_LABELS: &[FieldSpec] =
    &[creates("apps", "", "StatefulSet", "spec/volumeClaimTemplates[]/metadata/labels")];

/// `commonAnnotations`.
pub const COMMON_ANNOTATIONS: &[FieldSpec] = &[
    creates("", "", "Deployment", "spec/template/metadata/annotations"),
    creates("", "", "StatefulSet", "spec/template/metadata/annotations"),
    creates("batch", "", "CronJob", "spec/jobTemplate/metadata/annotations"),
    creates("batch", "", "CronJob", "spec/jobTemplate/spec/template/metadata/annotations"),
    creates("batch", "", "Job", "spec/template/metadata/annotations"),
    creates("", "v1", "ReplicationController", "spec/template/metadata/annotations"),
    creates("", "", "DaemonSet", "spec/template/metadata/annotations"),
    creates("", "", "ReplicaSet", "spec/template/metadata/annotations"),
    creates("", "", "", "metadata/annotations"),
];

/// `images`.
pub const IMAGES: &[FieldSpec] = &[
    creates("", "", "", "spec/containers[]/image"),
    creates("", "", "", "spec/initContainers[]/image"),
    creates("", "", "", "spec/volumes[]/image/reference"),
    creates("", "", "", "spec/template/spec/containers[]/image"),
    creates("", "", "", "spec/template/spec/initContainers[]/image"),
    creates("", "", "", "spec/template/spec/volumes[]/image/reference"),
    creates("", "", "", "spec/jobTemplate/spec/template/spec/volumes[]/image/reference"),
];

/// `replicas`.
pub const REPLICAS: &[FieldSpec] = &[
    creates("", "", "Deployment", "spec/replicas"),
    creates("", "", "StatefulSet", "spec/replicas"),
    creates("", "", "ReplicaSet", "spec/replicas"),
    creates("", "", "ReplicationController", "spec/replicas"),
];

const fn reference(
    group: &'static str,
    version: &'static str,
    kind: &'static str,
    fields: &'static [FieldSpec],
) -> NameReference {
    NameReference {
        group: Cow::Borrowed(group),
        version: Cow::Borrowed(version),
        kind: Cow::Borrowed(kind),
        fields: Cow::Borrowed(fields),
    }
}

/// Which fields hold whose name. The malformed group of `IngressClass` is the reference's: it never matches.
pub const NAME_REFERENCES: &[NameReference] = &[
    reference("storage.k8s.io", "v1", "StorageClass", STORAGE_CLASS),
    reference("", "v1", "ServiceAccount", SERVICE_ACCOUNT),
    reference("rbac.authorization.k8s.io", "", "Role", ROLE),
    reference("rbac.authorization.k8s.io", "", "ClusterRole", CLUSTER_ROLE),
    reference("", "v1", "ConfigMap", CONFIG_MAP),
    reference("", "v1", "Secret", SECRET),
    reference("", "v1", "Service", SERVICE),
    reference("scheduling.k8s.io", "v1", "PriorityClass", PRIORITY_CLASS),
    reference("", "v1", "PersistentVolume", PERSISTENT_VOLUME),
    reference("", "v1", "PersistentVolumeClaim", PERSISTENT_VOLUME_CLAIM),
    reference("", "", "Deployment", DEPLOYMENT),
    reference("", "", "StatefulSet", STATEFUL_SET),
    reference("admissionregistration.k8s.io", "", "ValidatingAdmissionPolicy", VALIDATING_ADMISSION_POLICY),
    reference("networking.k8s.io/v1", "v1", "IngressClass", INGRESS_CLASS),
    reference("", "", "ReplicaSet", REPLICA_SET),
    reference("", "", "ReplicationController", REPLICATION_CONTROLLER),
];

const STORAGE_CLASS: &[FieldSpec] = &[
    field("", "", "PersistentVolume", "spec/storageClassName"),
    field("", "", "PersistentVolumeClaim", "spec/storageClassName"),
    field("", "", "StatefulSet", "spec/volumeClaimTemplates/spec/storageClassName"),
];

const SERVICE_ACCOUNT: &[FieldSpec] = &[
    field("rbac.authorization.k8s.io", "", "RoleBinding", "subjects"),
    field("rbac.authorization.k8s.io", "", "ClusterRoleBinding", "subjects"),
    field("", "", "Pod", "spec/serviceAccountName"),
    field("", "", "StatefulSet", "spec/template/spec/serviceAccountName"),
    field("", "", "Deployment", "spec/template/spec/serviceAccountName"),
    field("", "", "ReplicationController", "spec/template/spec/serviceAccountName"),
    field("", "", "CronJob", "spec/jobTemplate/spec/template/spec/serviceAccountName"),
    field("", "", "Job", "spec/template/spec/serviceAccountName"),
    field("", "", "DaemonSet", "spec/template/spec/serviceAccountName"),
];

const ROLE: &[FieldSpec] = &[field("rbac.authorization.k8s.io", "", "RoleBinding", "roleRef/name")];

const CLUSTER_ROLE: &[FieldSpec] = &[
    field("rbac.authorization.k8s.io", "", "RoleBinding", "roleRef/name"),
    field("rbac.authorization.k8s.io", "", "ClusterRoleBinding", "roleRef/name"),
];

const CONFIG_MAP: &[FieldSpec] = &[
    field("", "v1", "Pod", "spec/volumes/configMap/name"),
    field("", "v1", "Pod", "spec/containers/env/valueFrom/configMapKeyRef/name"),
    field("", "v1", "Pod", "spec/initContainers/env/valueFrom/configMapKeyRef/name"),
    field("", "v1", "Pod", "spec/containers/envFrom/configMapRef/name"),
    field("", "v1", "Pod", "spec/initContainers/envFrom/configMapRef/name"),
    field("", "v1", "Pod", "spec/volumes/projected/sources/configMap/name"),
    field("", "", "PodTemplate", "template/spec/volumes/configMap/name"),
    field("", "", "PodTemplate", "template/spec/containers/env/valueFrom/configMapKeyRef/name"),
    field("", "", "PodTemplate", "template/spec/initContainers/env/valueFrom/configMapKeyRef/name"),
    field("", "", "PodTemplate", "template/spec/containers/envFrom/configMapRef/name"),
    field("", "", "PodTemplate", "template/spec/initContainers/envFrom/configMapRef/name"),
    field("", "", "PodTemplate", "template/spec/volumes/projected/sources/configMap/name"),
    field("", "", "Deployment", "spec/template/spec/volumes/configMap/name"),
    field("", "", "Deployment", "spec/template/spec/containers/env/valueFrom/configMapKeyRef/name"),
    field("", "", "Deployment", "spec/template/spec/initContainers/env/valueFrom/configMapKeyRef/name"),
    field("", "", "Deployment", "spec/template/spec/containers/envFrom/configMapRef/name"),
    field("", "", "Deployment", "spec/template/spec/initContainers/envFrom/configMapRef/name"),
    field("", "", "Deployment", "spec/template/spec/volumes/projected/sources/configMap/name"),
    field("", "", "ReplicaSet", "spec/template/spec/volumes/configMap/name"),
    field("", "", "ReplicaSet", "spec/template/spec/containers/env/valueFrom/configMapKeyRef/name"),
    field("", "", "ReplicaSet", "spec/template/spec/initContainers/env/valueFrom/configMapKeyRef/name"),
    field("", "", "ReplicaSet", "spec/template/spec/containers/envFrom/configMapRef/name"),
    field("", "", "ReplicaSet", "spec/template/spec/initContainers/envFrom/configMapRef/name"),
    field("", "", "ReplicaSet", "spec/template/spec/volumes/projected/sources/configMap/name"),
    field("", "", "DaemonSet", "spec/template/spec/volumes/configMap/name"),
    field("", "", "DaemonSet", "spec/template/spec/containers/env/valueFrom/configMapKeyRef/name"),
    field("", "", "DaemonSet", "spec/template/spec/initContainers/env/valueFrom/configMapKeyRef/name"),
    field("", "", "DaemonSet", "spec/template/spec/containers/envFrom/configMapRef/name"),
    field("", "", "DaemonSet", "spec/template/spec/initContainers/envFrom/configMapRef/name"),
    field("", "", "DaemonSet", "spec/template/spec/volumes/projected/sources/configMap/name"),
    field("", "", "StatefulSet", "spec/template/spec/volumes/configMap/name"),
    field("", "", "StatefulSet", "spec/template/spec/containers/env/valueFrom/configMapKeyRef/name"),
    field("", "", "StatefulSet", "spec/template/spec/initContainers/env/valueFrom/configMapKeyRef/name"),
    field("", "", "StatefulSet", "spec/template/spec/containers/envFrom/configMapRef/name"),
    field("", "", "StatefulSet", "spec/template/spec/initContainers/envFrom/configMapRef/name"),
    field("", "", "StatefulSet", "spec/template/spec/volumes/projected/sources/configMap/name"),
    field("", "", "Job", "spec/template/spec/volumes/configMap/name"),
    field("", "", "Job", "spec/template/spec/containers/env/valueFrom/configMapKeyRef/name"),
    field("", "", "Job", "spec/template/spec/initContainers/env/valueFrom/configMapKeyRef/name"),
    field("", "", "Job", "spec/template/spec/containers/envFrom/configMapRef/name"),
    field("", "", "Job", "spec/template/spec/initContainers/envFrom/configMapRef/name"),
    field("", "", "Job", "spec/template/spec/volumes/projected/sources/configMap/name"),
    field("", "", "CronJob", "spec/jobTemplate/spec/template/spec/volumes/configMap/name"),
    field("", "", "CronJob", "spec/jobTemplate/spec/template/spec/volumes/projected/sources/configMap/name"),
    field("", "", "CronJob", "spec/jobTemplate/spec/template/spec/containers/env/valueFrom/configMapKeyRef/name"),
    field("", "", "CronJob", "spec/jobTemplate/spec/template/spec/initContainers/env/valueFrom/configMapKeyRef/name"),
    field("", "", "CronJob", "spec/jobTemplate/spec/template/spec/containers/envFrom/configMapRef/name"),
    field("", "", "CronJob", "spec/jobTemplate/spec/template/spec/initContainers/envFrom/configMapRef/name"),
    field("", "", "Node", "spec/configSource/configMap"),
    field("", "", "Role", "rules/resourceNames"),
    field("", "", "ClusterRole", "rules/resourceNames"),
    field("", "", "Ingress", "metadata/annotations/nginx.ingress.kubernetes.io\\/fastcgi-params-configmap"),
];

const SECRET: &[FieldSpec] = &[
    field("", "v1", "Pod", "spec/volumes/secret/secretName"),
    field("", "v1", "Pod", "spec/containers/env/valueFrom/secretKeyRef/name"),
    field("", "v1", "Pod", "spec/initContainers/env/valueFrom/secretKeyRef/name"),
    field("", "v1", "Pod", "spec/containers/envFrom/secretRef/name"),
    field("", "v1", "Pod", "spec/initContainers/envFrom/secretRef/name"),
    field("", "v1", "Pod", "spec/imagePullSecrets/name"),
    field("", "v1", "Pod", "spec/volumes/projected/sources/secret/name"),
    field("", "", "PodTemplate", "template/spec/volumes/secret/secretName"),
    field("", "", "PodTemplate", "template/spec/containers/env/valueFrom/secretKeyRef/name"),
    field("", "", "PodTemplate", "template/spec/initContainers/env/valueFrom/secretKeyRef/name"),
    field("", "", "PodTemplate", "template/spec/containers/envFrom/secretRef/name"),
    field("", "", "PodTemplate", "template/spec/initContainers/envFrom/secretRef/name"),
    field("", "", "PodTemplate", "template/spec/imagePullSecrets/name"),
    field("", "", "PodTemplate", "template/spec/volumes/projected/sources/secret/name"),
    field("", "", "Deployment", "spec/template/spec/volumes/secret/secretName"),
    field("", "", "Deployment", "spec/template/spec/containers/env/valueFrom/secretKeyRef/name"),
    field("", "", "Deployment", "spec/template/spec/initContainers/env/valueFrom/secretKeyRef/name"),
    field("", "", "Deployment", "spec/template/spec/containers/envFrom/secretRef/name"),
    field("", "", "Deployment", "spec/template/spec/initContainers/envFrom/secretRef/name"),
    field("", "", "Deployment", "spec/template/spec/imagePullSecrets/name"),
    field("", "", "Deployment", "spec/template/spec/volumes/projected/sources/secret/name"),
    field("", "", "ReplicaSet", "spec/template/spec/volumes/secret/secretName"),
    field("", "", "ReplicaSet", "spec/template/spec/containers/env/valueFrom/secretKeyRef/name"),
    field("", "", "ReplicaSet", "spec/template/spec/initContainers/env/valueFrom/secretKeyRef/name"),
    field("", "", "ReplicaSet", "spec/template/spec/containers/envFrom/secretRef/name"),
    field("", "", "ReplicaSet", "spec/template/spec/initContainers/envFrom/secretRef/name"),
    field("", "", "ReplicaSet", "spec/template/spec/imagePullSecrets/name"),
    field("", "", "ReplicaSet", "spec/template/spec/volumes/projected/sources/secret/name"),
    field("", "", "DaemonSet", "spec/template/spec/volumes/secret/secretName"),
    field("", "", "DaemonSet", "spec/template/spec/containers/env/valueFrom/secretKeyRef/name"),
    field("", "", "DaemonSet", "spec/template/spec/initContainers/env/valueFrom/secretKeyRef/name"),
    field("", "", "DaemonSet", "spec/template/spec/containers/envFrom/secretRef/name"),
    field("", "", "DaemonSet", "spec/template/spec/initContainers/envFrom/secretRef/name"),
    field("", "", "DaemonSet", "spec/template/spec/imagePullSecrets/name"),
    field("", "", "DaemonSet", "spec/template/spec/volumes/projected/sources/secret/name"),
    field("", "", "StatefulSet", "spec/template/spec/volumes/secret/secretName"),
    field("", "", "StatefulSet", "spec/template/spec/containers/env/valueFrom/secretKeyRef/name"),
    field("", "", "StatefulSet", "spec/template/spec/initContainers/env/valueFrom/secretKeyRef/name"),
    field("", "", "StatefulSet", "spec/template/spec/containers/envFrom/secretRef/name"),
    field("", "", "StatefulSet", "spec/template/spec/initContainers/envFrom/secretRef/name"),
    field("", "", "StatefulSet", "spec/template/spec/imagePullSecrets/name"),
    field("", "", "StatefulSet", "spec/template/spec/volumes/projected/sources/secret/name"),
    field("", "", "Job", "spec/template/spec/volumes/secret/secretName"),
    field("", "", "Job", "spec/template/spec/containers/env/valueFrom/secretKeyRef/name"),
    field("", "", "Job", "spec/template/spec/initContainers/env/valueFrom/secretKeyRef/name"),
    field("", "", "Job", "spec/template/spec/containers/envFrom/secretRef/name"),
    field("", "", "Job", "spec/template/spec/initContainers/envFrom/secretRef/name"),
    field("", "", "Job", "spec/template/spec/imagePullSecrets/name"),
    field("", "", "Job", "spec/template/spec/volumes/projected/sources/secret/name"),
    field("", "", "CronJob", "spec/jobTemplate/spec/template/spec/volumes/secret/secretName"),
    field("", "", "CronJob", "spec/jobTemplate/spec/template/spec/volumes/projected/sources/secret/name"),
    field("", "", "CronJob", "spec/jobTemplate/spec/template/spec/containers/env/valueFrom/secretKeyRef/name"),
    field("", "", "CronJob", "spec/jobTemplate/spec/template/spec/initContainers/env/valueFrom/secretKeyRef/name"),
    field("", "", "CronJob", "spec/jobTemplate/spec/template/spec/containers/envFrom/secretRef/name"),
    field("", "", "CronJob", "spec/jobTemplate/spec/template/spec/initContainers/envFrom/secretRef/name"),
    field("", "", "CronJob", "spec/jobTemplate/spec/template/spec/imagePullSecrets/name"),
    field("", "", "Ingress", "spec/tls/secretName"),
    field("", "", "Ingress", "metadata/annotations/ingress.kubernetes.io\\/auth-secret"),
    field("", "", "Ingress", "metadata/annotations/nginx.ingress.kubernetes.io\\/auth-secret"),
    field("", "", "Ingress", "metadata/annotations/nginx.ingress.kubernetes.io\\/auth-tls-secret"),
    field("", "", "Ingress", "spec/tls/secretName"),
    field("", "", "ServiceAccount", "imagePullSecrets/name"),
    field("", "", "StorageClass", "parameters/secretName"),
    field("", "", "StorageClass", "parameters/adminSecretName"),
    field("", "", "StorageClass", "parameters/userSecretName"),
    field("", "", "StorageClass", "parameters/secretRef"),
    field("", "", "Role", "rules/resourceNames"),
    field("", "", "ClusterRole", "rules/resourceNames"),
    field("serving.knative.dev", "v1", "Service", "spec/template/spec/containers/env/valueFrom/secretKeyRef/name"),
    field("", "", "PersistentVolume", "spec/azureFile/secretName"),
];

const SERVICE: &[FieldSpec] = &[
    field("apps", "", "StatefulSet", "spec/serviceName"),
    field("", "", "Ingress", "spec/rules/http/paths/backend/serviceName"),
    field("", "", "Ingress", "spec/backend/serviceName"),
    field("", "", "Ingress", "spec/rules/http/paths/backend/service/name"),
    field("", "", "Ingress", "spec/defaultBackend/service/name"),
    field("apiregistration.k8s.io", "", "APIService", "spec/service/name"),
    field("admissionregistration.k8s.io", "", "ValidatingWebhookConfiguration", "webhooks/clientConfig/service"),
    field("admissionregistration.k8s.io", "", "MutatingWebhookConfiguration", "webhooks/clientConfig/service"),
];

const PRIORITY_CLASS: &[FieldSpec] = &[
    field("", "", "Pod", "spec/priorityClassName"),
    field("", "", "StatefulSet", "spec/template/spec/priorityClassName"),
    field("", "", "Deployment", "spec/template/spec/priorityClassName"),
    field("", "", "ReplicationController", "spec/template/spec/priorityClassName"),
    field("", "", "CronJob", "spec/jobTemplate/spec/template/spec/priorityClassName"),
    field("", "", "Job", "spec/template/spec/priorityClassName"),
    field("", "", "DaemonSet", "spec/template/spec/priorityClassName"),
];

const PERSISTENT_VOLUME: &[FieldSpec] =
    &[field("", "", "PersistentVolumeClaim", "spec/volumeName"), field("", "", "ClusterRole", "rules/resourceNames")];

const PERSISTENT_VOLUME_CLAIM: &[FieldSpec] = &[
    field("", "", "Pod", "spec/volumes/persistentVolumeClaim/claimName"),
    field("", "", "StatefulSet", "spec/template/spec/volumes/persistentVolumeClaim/claimName"),
    field("", "", "Deployment", "spec/template/spec/volumes/persistentVolumeClaim/claimName"),
    field("", "", "ReplicationController", "spec/template/spec/volumes/persistentVolumeClaim/claimName"),
    field("", "", "CronJob", "spec/jobTemplate/spec/template/spec/volumes/persistentVolumeClaim/claimName"),
    field("", "", "Job", "spec/template/spec/volumes/persistentVolumeClaim/claimName"),
    field("", "", "DaemonSet", "spec/template/spec/volumes/persistentVolumeClaim/claimName"),
];

const DEPLOYMENT: &[FieldSpec] = &[field("", "", "HorizontalPodAutoscaler", "spec/scaleTargetRef/name")];

const STATEFUL_SET: &[FieldSpec] = &[field("", "", "HorizontalPodAutoscaler", "spec/scaleTargetRef/name")];

const VALIDATING_ADMISSION_POLICY: &[FieldSpec] =
    &[field("admissionregistration.k8s.io", "", "ValidatingAdmissionPolicyBinding", "spec/policyName")];

const INGRESS_CLASS: &[FieldSpec] = &[field("", "", "Ingress", "spec/ingressClassName")];

const REPLICA_SET: &[FieldSpec] = &[field("", "", "HorizontalPodAutoscaler", "spec/scaleTargetRef/name")];

const REPLICATION_CONTROLLER: &[FieldSpec] = &[field("", "", "HorizontalPodAutoscaler", "spec/scaleTargetRef/name")];

/// Fields in which `vars` are substituted.
pub const VAR_REFERENCES: &[FieldSpec] = &[
    field("", "", "Service", "spec/ports/port"),
    field("", "", "Service", "spec/ports/targetPort"),
    field("", "", "PersistentVolume", "spec/nfs/server"),
    field("", "", "Deployment", "spec/template/spec/initContainers/volumeMounts/mountPath"),
    field("", "", "Deployment", "spec/template/spec/initContainers/env/value"),
    field("", "", "Deployment", "spec/template/spec/initContainers/command"),
    field("", "", "Deployment", "spec/template/spec/initContainers/args"),
    field("", "", "Deployment", "spec/template/spec/containers/volumeMounts/mountPath"),
    field("", "", "Deployment", "spec/template/spec/containers/env/value"),
    field("", "", "Deployment", "spec/template/spec/volumes/nfs/server"),
    field("", "", "Deployment", "spec/template/metadata/annotations"),
    field("", "", "Deployment", "spec/template/spec/containers/command"),
    field("", "", "Deployment", "spec/template/spec/containers/args"),
    field("", "", "StatefulSet", "spec/template/spec/containers/volumeMounts/mountPath"),
    field("", "", "StatefulSet", "spec/template/spec/containers/env/value"),
    field("", "", "StatefulSet", "spec/template/spec/initContainers/args"),
    field("", "", "StatefulSet", "spec/volumeClaimTemplates/spec/nfs/server"),
    field("", "", "StatefulSet", "spec/template/spec/initContainers/command"),
    field("", "", "StatefulSet", "spec/template/spec/containers/command"),
    field("", "", "StatefulSet", "spec/template/spec/containers/args"),
    field("", "", "StatefulSet", "spec/template/spec/initContainers/volumeMounts/mountPath"),
    field("", "", "StatefulSet", "spec/template/spec/initContainers/env/value"),
    field("", "", "CronJob", "spec/jobTemplate/spec/template/spec/initContainers/env/value"),
    field("", "", "CronJob", "spec/jobTemplate/spec/template/spec/initContainers/command"),
    field("", "", "CronJob", "spec/jobTemplate/spec/template/spec/initContainers/args"),
    field("", "", "CronJob", "spec/jobTemplate/spec/template/spec/containers/volumeMounts/mountPath"),
    field("", "", "CronJob", "spec/jobTemplate/spec/template/spec/containers/env/value"),
    field("", "", "CronJob", "spec/jobTemplate/spec/template/spec/containers/command"),
    field("", "", "CronJob", "spec/jobTemplate/spec/template/spec/initContainers/volumeMounts/mountPath"),
    field("", "", "CronJob", "spec/jobTemplate/spec/template/volumes/nfs/server"),
    field("", "", "CronJob", "spec/jobTemplate/spec/template/spec/containers/args"),
    field("", "", "DaemonSet", "spec/template/spec/containers/command"),
    field("", "", "DaemonSet", "spec/template/spec/volumes/nfs/server"),
    field("", "", "DaemonSet", "spec/template/spec/initContainers/volumeMounts/mountPath"),
    field("", "", "DaemonSet", "spec/template/spec/initContainers/env/value"),
    field("", "", "DaemonSet", "spec/template/spec/initContainers/command"),
    field("", "", "DaemonSet", "spec/template/spec/initContainers/args"),
    field("", "", "DaemonSet", "spec/template/spec/containers/volumeMounts/mountPath"),
    field("", "", "DaemonSet", "spec/template/spec/containers/env/value"),
    field("", "", "DaemonSet", "spec/template/spec/containers/args"),
    field("", "", "Ingress", "spec/tls/secretName"),
    field("", "", "Ingress", "spec/tls/hosts"),
    field("", "", "Ingress", "spec/rules/host"),
    field("", "", "Job", "spec/template/spec/initContainers/command"),
    field("", "", "Job", "spec/template/spec/volumes/nfs/server"),
    field("", "", "Job", "spec/template/spec/containers/args"),
    field("", "", "Job", "spec/template/spec/containers/command"),
    field("", "", "Job", "spec/template/spec/containers/env/value"),
    field("", "", "Job", "spec/template/spec/containers/volumeMounts/mountPath"),
    field("", "", "Job", "spec/template/spec/initContainers/args"),
    field("", "", "Job", "spec/template/spec/initContainers/env/value"),
    field("", "", "Job", "spec/template/spec/initContainers/volumeMounts/mountPath"),
    field("", "", "Pod", "spec/containers/volumeMounts/mountPath"),
    field("", "", "Pod", "spec/containers/args"),
    field("", "", "Pod", "spec/initContainers/command"),
    field("", "", "Pod", "spec/initContainers/env/value"),
    field("", "", "Pod", "spec/initContainers/volumeMounts/mountPath"),
    field("", "", "Pod", "spec/volumes/nfs/server"),
    field("", "", "Pod", "spec/initContainers/args"),
    field("", "", "Pod", "spec/containers/env/value"),
    field("", "", "Pod", "spec/containers/command"),
    field("", "", "ReplicaSet", "spec/template/spec/volumes/nfs/server"),
    field("", "", "ReplicaSet", "spec/template/spec/containers/volumeMounts/mountPath"),
    field("", "", "ReplicaSet", "spec/template/spec/containers/env/value"),
    field("", "", "ReplicaSet", "spec/template/spec/containers/command"),
    field("", "", "ReplicaSet", "spec/template/spec/containers/args"),
    field("", "", "ReplicaSet", "spec/template/spec/initContainers/args"),
    field("", "", "ReplicaSet", "spec/template/spec/initContainers/volumeMounts/mountPath"),
    field("", "", "ReplicaSet", "spec/template/spec/initContainers/env/value"),
    field("", "", "ReplicaSet", "spec/template/spec/initContainers/command"),
    field("", "", "", "metadata/labels"),
    field("", "", "", "metadata/annotations"),
];
