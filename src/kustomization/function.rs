//! What the annotation `config.kubernetes.io/function` asks for, as typed data.

use crate::kustomization::PlacedText;

/// A function: a container, or a program.
#[derive(Clone, Debug, Default)]
pub struct FunctionSpec {
    /// `container`
    pub container: ContainerSpec,
    /// `exec`
    pub exec: ExecSpec,
}

/// `exec`
#[derive(Clone, Debug, Default)]
pub struct ExecSpec {
    /// `path`
    pub path: Option<PlacedText>,
    /// `args`
    pub args: Vec<PlacedText>,
    /// `envs`: `NAME=VALUE`.
    pub envs: Vec<PlacedText>,
}

/// `container`
#[derive(Clone, Debug, Default)]
pub struct ContainerSpec {
    /// `image`
    pub image: Option<PlacedText>,
    /// `network`
    pub network: bool,
    /// `mounts`
    pub mounts: Vec<Mount>,
    /// `envs`: `NAME=VALUE`, or the name of a variable that is passed on.
    pub envs: Vec<PlacedText>,
}

/// An entry of `mounts`. Empty where nothing was said.
#[derive(Clone, Debug, Default)]
pub struct Mount {
    /// `type`
    pub kind: String,
    /// `src`
    pub source: Option<PlacedText>,
    /// `dst`
    pub target: String,
    /// `rw`
    pub is_writable: bool,
}
