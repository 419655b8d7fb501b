//! Which lists of which types a strategic merge patch merges, and by which keys.
//!
//! The facts are those of kustomize v5.8.2 (Kubernetes v1.21.2 and its own `Kustomization` type), pruned to the fields that
//! lead to a merged list: everywhere else mappings merge and lists are replaced. `*List` types are left out, since their
//! `items` are replaced like any other list. How lists merge is `patch::keyed_list`.

use super::openapi::Custom;
use crate::resource::Gvk;
use std::borrow::Cow;

/// What is known about a node: the mapping or the list of a type.
#[derive(Clone, Copy, Debug)]
pub enum Schema<'s> {
    /// A schema of the user's own.
    Custom(Custom<'s>),
    /// A mapping with fields that lead to merged lists.
    Mapping(&'static Definition),
    /// A list that is merged.
    List {
        /// The fields that identify an item; none for a list of scalars that is merged as a set.
        keys: &'static [&'static str],
        /// The items, where they lead to further merged lists.
        items: Option<&'static Definition>,
    },
    /// A list of a custom resource whose items a field tells apart, see `custom_lists`.
    Identified {
        /// The field.
        key: &'static str,
        /// The items, where they lead to further merged lists.
        items: Option<&'static Definition>,
    },
}

/// What tells the items of a list apart.
#[derive(Clone, Debug)]
pub struct Identity<'s> {
    /// The fields, and what an item has that does not set them; none for scalars, which are told apart by themselves.
    pub keys: Vec<(&'s str, Option<&'s str>)>,
}

/// The fields of a mapping that lead to merged lists.
#[derive(Debug)]
pub struct Definition(pub(super) &'static [(&'static str, Schema<'static>)]);

impl<'s> Schema<'s> {
    /// Returns what is known about a field of a mapping.
    pub fn field(self, name: &str) -> Option<Schema<'s>> {
        match self {
            // The longest definition has seven fields.
            Schema::Mapping(Definition(fields)) => {
                fields.iter().find(|(field, _)| *field == name).map(|&(_, schema)| schema)
            }
            Schema::Custom(custom) => custom.field(name),
            Schema::List { .. } | Schema::Identified { .. } => None,
        }
    }

    /// Returns a number that tells a built-in type from the others; 0 for all that is not built in.
    pub(crate) fn address(self) -> usize {
        match self {
            Schema::Mapping(definition) => std::ptr::from_ref(definition).addr(),
            Schema::Custom(_) | Schema::List { .. } | Schema::Identified { .. } => 0,
        }
    }

    /// Returns the fields of a mapping that lead to merged lists, where they are built in.
    pub(super) fn fields(self) -> &'static [(&'static str, Schema<'static>)] {
        match self {
            Schema::Mapping(Definition(fields)) => fields,
            Schema::Custom(_) | Schema::List { .. } | Schema::Identified { .. } => &[],
        }
    }

    /// Returns what is known about the items of a list.
    pub fn items(self) -> Option<Schema<'s>> {
        match self {
            Schema::List { items, .. } | Schema::Identified { items, .. } => items.map(Schema::Mapping),
            Schema::Custom(custom) => custom.items(),
            Schema::Mapping(_) => None,
        }
    }

    /// Returns the keys a list is merged by, empty for a list of scalars; `None` where lists are replaced.
    pub fn merge_keys(self) -> Option<Cow<'s, [&'s str]>> {
        match self {
            Schema::List { keys, .. } => Some(Cow::Borrowed(keys)),
            Schema::Identified { key, .. } => Some(Cow::Owned(vec![key])),
            Schema::Custom(custom) => custom.merge_keys().map(Cow::Owned),
            Schema::Mapping(_) => None,
        }
    }

    /// Returns how the items of a list are told apart that is merged only where they can be; `None` for lists that are
    /// merged as the reference does.
    pub fn identity(self) -> Option<Identity<'s>> {
        match self {
            Schema::Identified { key, .. } => Some(Identity { keys: vec![(key, None)] }),
            Schema::Custom(custom) => custom.identity(),
            Schema::List { .. } | Schema::Mapping(_) => None,
        }
    }
}

/// Returns what is known about a type.
pub fn of_type(gvk: &Gvk) -> Option<Schema<'static>> {
    definition(&gvk.group, &gvk.version, &gvk.kind).map(Schema::Mapping)
}

/// Returns what is known under the name of a built-in definition, such as `io.k8s.api.core.v1.PodSpec`; names without
/// merged lists are left out.
pub(crate) fn of_definition(name: &str) -> Option<Schema<'static>> {
    let (rest, kind) = name.rsplit_once('.')?;
    let (rest, version) = rest.rsplit_once('.')?;
    let package = rest.rsplit('.').next()?;
    let definition = match (package, version, kind) {
        ("meta", "v1", "ObjectMeta") => &OBJECT_META,
        ("apps", "v1", "DaemonSetSpec" | "DeploymentSpec" | "ReplicaSetSpec" | "StatefulSetSpec")
        | ("batch", "v1", "JobSpec")
        | ("core", "v1", "ReplicationControllerSpec") => &WORKLOAD_SPEC,
        ("apps", "v1", "DaemonSetStatus" | "DeploymentStatus" | "ReplicaSetStatus" | "StatefulSetStatus")
        | ("batch", "v1", "JobStatus")
        | (
            "core",
            "v1",
            "NamespaceStatus" | "PersistentVolumeClaimStatus" | "ReplicationControllerStatus" | "ServiceStatus",
        )
        | ("policy", "v1" | "v1beta1", "PodDisruptionBudgetStatus")
        | ("apiregistration", "v1" | "v1beta1", "APIServiceStatus") => &CONDITIONS,
        ("batch", "v1" | "v1beta1", "CronJobSpec") => &CRON_JOB_SPEC,
        ("batch", "v1" | "v1beta1", "JobTemplateSpec") => &JOB_TEMPLATE,
        ("core", "v1", "Container") => &CONTAINER,
        ("core", "v1", "EphemeralContainer") => &EPHEMERAL_CONTAINER,
        ("core", "v1", "EphemeralVolumeSource") => &EPHEMERAL_VOLUME,
        ("core", "v1", "NodeSpec") => &NODE_SPEC,
        ("core", "v1", "NodeStatus") => &NODE_STATUS,
        ("core", "v1", "PersistentVolumeClaimTemplate") => &OBJECT,
        ("core", "v1", "PodSpec") => &POD_SPEC,
        ("core", "v1", "PodStatus") => &POD_STATUS,
        ("core", "v1", "PodTemplateSpec") => &POD_TEMPLATE_SPEC,
        ("core", "v1", "ServiceSpec") => &SERVICE_SPEC,
        ("core", "v1", "Volume") => &VOLUME,
        ("storage", "v1" | "v1beta1", "CSINodeSpec") => &CSI_NODE_SPEC,
        ("apps" | "autoscaling" | "batch" | "extensions" | "policy", ..) => definition(package, version, kind)?,
        ("core", ..) => definition("", version, kind)?,
        ("rbac", ..) => definition("rbac.authorization.k8s.io", version, kind)?,
        ("flowcontrol", ..) => definition("flowcontrol.apiserver.k8s.io", version, kind)?,
        _ => definition(&format!("{package}.k8s.io"), version, kind)?,
    };
    let is_named_so = ["io.k8s.api.", "io.k8s.apimachinery.pkg.apis.", "io.k8s.apiextensions-apiserver.pkg.apis."]
        .into_iter()
        .chain(["io.k8s.kube-aggregator.pkg.apis."])
        .any(|prefix| rest.strip_prefix(prefix) == Some(package));
    is_named_so.then_some(Schema::Mapping(definition))
}

fn definition(group: &str, version: &str, kind: &str) -> Option<&'static Definition> {
    let definition = match (group, version) {
        ("", "v1") => match kind {
            "ComponentStatus" => &COMPONENT_STATUS,
            "Namespace" | "PersistentVolumeClaim" => &OBJECT_WITH_CONDITIONS,
            "Node" => &NODE,
            "Pod" => &POD,
            "PodTemplate" => &POD_TEMPLATE,
            "ReplicationController" => &WORKLOAD,
            "Service" => &SERVICE,
            "ServiceAccount" => &SERVICE_ACCOUNT,
            "Binding" | "ConfigMap" | "Endpoints" | "Event" | "LimitRange" | "PersistentVolume" | "ResourceQuota"
            | "Secret" => &OBJECT,
            _ => return None,
        },
        ("admissionregistration.k8s.io", "v1" | "v1beta1") => match kind {
            "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration" => &WEBHOOK_CONFIGURATION,
            _ => return None,
        },
        ("apiextensions.k8s.io", "v1" | "v1beta1") => match kind {
            "CustomResourceDefinition" => &OBJECT,
            _ => return None,
        },
        ("apiregistration.k8s.io", "v1" | "v1beta1") => match kind {
            "APIService" => &OBJECT_WITH_CONDITIONS,
            _ => return None,
        },
        ("apps", "v1") => match kind {
            "ControllerRevision" => &OBJECT,
            "DaemonSet" | "Deployment" | "ReplicaSet" | "StatefulSet" => &WORKLOAD,
            _ => return None,
        },
        ("authentication.k8s.io", "v1") => match kind {
            "TokenRequest" | "TokenReview" => &OBJECT,
            _ => return None,
        },
        ("authentication.k8s.io", "v1beta1") => match kind {
            "TokenReview" => &OBJECT,
            _ => return None,
        },
        ("authorization.k8s.io", "v1" | "v1beta1") => match kind {
            "LocalSubjectAccessReview"
            | "SelfSubjectAccessReview"
            | "SelfSubjectRulesReview"
            | "SubjectAccessReview" => &OBJECT,
            _ => return None,
        },
        ("autoscaling", "v1") => match kind {
            "HorizontalPodAutoscaler" | "Scale" => &OBJECT,
            _ => return None,
        },
        ("autoscaling", "v2beta1" | "v2beta2") => match kind {
            "HorizontalPodAutoscaler" => &OBJECT,
            _ => return None,
        },
        ("batch", "v1") => match kind {
            "CronJob" => &CRON_JOB,
            "Job" => &WORKLOAD,
            _ => return None,
        },
        ("batch", "v1beta1") => match kind {
            "CronJob" => &CRON_JOB,
            _ => return None,
        },
        ("certificates.k8s.io", "v1" | "v1beta1") => match kind {
            "CertificateSigningRequest" => &OBJECT,
            _ => return None,
        },
        ("coordination.k8s.io", "v1" | "v1beta1") => match kind {
            "Lease" => &OBJECT,
            _ => return None,
        },
        ("discovery.k8s.io", "v1" | "v1beta1") => match kind {
            "EndpointSlice" => &OBJECT,
            _ => return None,
        },
        ("events.k8s.io", "v1" | "v1beta1") => match kind {
            "Event" => &OBJECT,
            _ => return None,
        },
        ("extensions", "v1beta1") => match kind {
            "Ingress" => &OBJECT,
            _ => return None,
        },
        ("flowcontrol.apiserver.k8s.io", "v1beta1") => match kind {
            "FlowSchema" | "PriorityLevelConfiguration" => &OBJECT,
            _ => return None,
        },
        ("kustomize.config.k8s.io", "v1beta1") => match kind {
            "Kustomization" => &KUSTOMIZATION,
            _ => return None,
        },
        ("networking.k8s.io", "v1") => match kind {
            "Ingress" | "IngressClass" | "NetworkPolicy" => &OBJECT,
            _ => return None,
        },
        ("networking.k8s.io", "v1beta1") => match kind {
            "Ingress" | "IngressClass" => &OBJECT,
            _ => return None,
        },
        ("node.k8s.io", "v1" | "v1beta1") => match kind {
            "RuntimeClass" => &OBJECT,
            _ => return None,
        },
        ("policy", "v1") => match kind {
            "PodDisruptionBudget" => &OBJECT_WITH_CONDITIONS,
            _ => return None,
        },
        ("policy", "v1beta1") => match kind {
            "Eviction" | "PodSecurityPolicy" => &OBJECT,
            "PodDisruptionBudget" => &OBJECT_WITH_CONDITIONS,
            _ => return None,
        },
        ("rbac.authorization.k8s.io", "v1" | "v1beta1") => match kind {
            "ClusterRole" | "ClusterRoleBinding" | "Role" | "RoleBinding" => &OBJECT,
            _ => return None,
        },
        ("scheduling.k8s.io", "v1" | "v1beta1") => match kind {
            "PriorityClass" => &OBJECT,
            _ => return None,
        },
        ("storage.k8s.io", "v1") => match kind {
            "CSIDriver" | "StorageClass" | "VolumeAttachment" => &OBJECT,
            "CSINode" => &CSI_NODE,
            _ => return None,
        },
        ("storage.k8s.io", "v1beta1") => match kind {
            "CSIDriver" | "CSIStorageCapacity" | "StorageClass" | "VolumeAttachment" => &OBJECT,
            "CSINode" => &CSI_NODE,
            _ => return None,
        },
        _ => return None,
    };
    Some(definition)
}

// ---- definitions --------------------------------------------------------------------------------------------------------

const fn map(definition: &'static Definition) -> Schema<'static> {
    Schema::Mapping(definition)
}

const fn list(keys: &'static [&'static str]) -> Schema<'static> {
    Schema::List { keys, items: None }
}

const fn list_of(keys: &'static [&'static str], items: &'static Definition) -> Schema<'static> {
    Schema::List { keys, items: Some(items) }
}

pub(super) static OBJECT_META: Definition =
    Definition(&[("finalizers", list(&[])), ("ownerReferences", list(&["uid"]))]);
static CONDITIONS: Definition = Definition(&[("conditions", list(&["type"]))]);

pub(super) static OBJECT: Definition = Definition(&[("metadata", map(&OBJECT_META))]);
static OBJECT_WITH_CONDITIONS: Definition =
    Definition(&[("metadata", map(&OBJECT_META)), ("status", map(&CONDITIONS))]);

static COMPONENT_STATUS: Definition = Definition(&[("conditions", list(&["type"])), ("metadata", map(&OBJECT_META))]);

static CRON_JOB: Definition = Definition(&[("metadata", map(&OBJECT_META)), ("spec", map(&CRON_JOB_SPEC))]);
static CRON_JOB_SPEC: Definition = Definition(&[("jobTemplate", map(&JOB_TEMPLATE))]);
static JOB_TEMPLATE: Definition = Definition(&[("metadata", map(&OBJECT_META)), ("spec", map(&WORKLOAD_SPEC))]);

static CSI_NODE: Definition = Definition(&[("metadata", map(&OBJECT_META)), ("spec", map(&CSI_NODE_SPEC))]);
static CSI_NODE_SPEC: Definition = Definition(&[("drivers", list(&["name"]))]);

static KUSTOMIZATION: Definition =
    Definition(&[("configMapGenerator", list(&["name"])), ("secretGenerator", list(&["name"]))]);

static NODE: Definition =
    Definition(&[("metadata", map(&OBJECT_META)), ("spec", map(&NODE_SPEC)), ("status", map(&NODE_STATUS))]);
static NODE_SPEC: Definition = Definition(&[("podCIDRs", list(&[]))]);
static NODE_STATUS: Definition = Definition(&[("addresses", list(&["type"])), ("conditions", list(&["type"]))]);

static POD: Definition =
    Definition(&[("metadata", map(&OBJECT_META)), ("spec", map(&POD_SPEC)), ("status", map(&POD_STATUS))]);
static POD_STATUS: Definition = Definition(&[("conditions", list(&["type"])), ("podIPs", list(&["ip"]))]);
static POD_SPEC: Definition = Definition(&[
    ("containers", list_of(&["name"], &CONTAINER)),
    ("ephemeralContainers", list_of(&["name"], &EPHEMERAL_CONTAINER)),
    ("hostAliases", list(&["ip"])),
    ("imagePullSecrets", list(&["name"])),
    ("initContainers", list_of(&["name"], &CONTAINER)),
    ("topologySpreadConstraints", list(&["topologyKey", "whenUnsatisfiable"])),
    ("volumes", list_of(&["name"], &VOLUME)),
]);
pub(super) static CONTAINER: Definition = Definition(&[
    ("env", list(&["name"])),
    ("ports", list(&["containerPort", "protocol"])),
    ("volumeDevices", list(&["devicePath"])),
    ("volumeMounts", list(&["mountPath"])),
]);
static EPHEMERAL_CONTAINER: Definition = Definition(&[
    ("env", list(&["name"])),
    ("volumeDevices", list(&["devicePath"])),
    ("volumeMounts", list(&["mountPath"])),
]);
pub(super) static VOLUME: Definition = Definition(&[("ephemeral", map(&EPHEMERAL_VOLUME))]);
static EPHEMERAL_VOLUME: Definition = Definition(&[("volumeClaimTemplate", map(&OBJECT))]);

static POD_TEMPLATE: Definition = Definition(&[("metadata", map(&OBJECT_META)), ("template", map(&POD_TEMPLATE_SPEC))]);
pub(super) static POD_TEMPLATE_SPEC: Definition =
    Definition(&[("metadata", map(&OBJECT_META)), ("spec", map(&POD_SPEC))]);

static SERVICE: Definition =
    Definition(&[("metadata", map(&OBJECT_META)), ("spec", map(&SERVICE_SPEC)), ("status", map(&CONDITIONS))]);
static SERVICE_SPEC: Definition = Definition(&[("ports", list(&["port", "protocol"]))]);

static SERVICE_ACCOUNT: Definition = Definition(&[("metadata", map(&OBJECT_META)), ("secrets", list(&["name"]))]);

static WEBHOOK_CONFIGURATION: Definition =
    Definition(&[("metadata", map(&OBJECT_META)), ("webhooks", list(&["name"]))]);

/// Deployment and its like, with a pod template in the spec.
pub(super) static WORKLOAD: Definition =
    Definition(&[("metadata", map(&OBJECT_META)), ("spec", map(&WORKLOAD_SPEC)), ("status", map(&CONDITIONS))]);
static WORKLOAD_SPEC: Definition = Definition(&[("template", map(&POD_TEMPLATE_SPEC))]);

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(api_version: &str, kind: &str, path: &[&str]) -> Option<Vec<&'static str>> {
        let schema = of_type(&Gvk::new(api_version, kind))?;
        let step = |schema: Schema<'static>, name: &&str| match *name {
            "[]" => schema.items(),
            name => schema.field(name),
        };
        path.iter().try_fold(schema, step)?.merge_keys().map(Cow::into_owned)
    }

    /// Expected keys are those with which the reference merges such lists.
    #[test]
    fn finds_the_keys_of_merged_lists() {
        let pod = ["spec", "template", "spec"];
        let containers = [&pod[..], &["containers"]].concat();
        let ports = [&containers[..], &["[]", "ports"]].concat();
        assert_eq!(keys("apps/v1", "Deployment", &containers), Some(vec!["name"]));
        assert_eq!(keys("apps/v1", "StatefulSet", &ports), Some(vec!["containerPort", "protocol"]));
        assert_eq!(keys("v1", "Service", &["spec", "ports"]), Some(vec!["port", "protocol"]));
        assert_eq!(keys("v1", "ConfigMap", &["metadata", "finalizers"]), Some(vec![]));
        assert_eq!(
            keys("batch/v1", "CronJob", &["spec", "jobTemplate", "spec", "template", "spec", "volumes"]),
            Some(vec!["name"])
        );
    }

    #[test]
    fn knows_nothing_of_other_lists_and_types() {
        assert_eq!(keys("apps/v1", "Deployment", &["spec", "template", "spec", "tolerations"]), None);
        assert_eq!(keys("apps/v1beta1", "Deployment", &["spec", "template", "spec", "containers"]), None);
        assert_eq!(keys("autoscaling/v2", "HorizontalPodAutoscaler", &["metadata", "finalizers"]), None);
    }
}
