//! Images as OCI layouts (image-spec 1.1), written without a container engine: one layer, one manifest for each processor.

use crate::archive::{self, Files};
use crate::shell::{self, Result};
use serde_json::{Value, json};
use std::path::Path;

/// What is the same on all processors.
#[derive(Default)]
pub struct Config {
    /// `NAME=value`.
    pub variables: Vec<String>,
    pub user: String,
    pub entry_point: Vec<String>,
    /// Of `org.opencontainers.image`, without that prefix.
    pub labels: Vec<(String, String)>,
}

/// One processor's image.
pub struct Image {
    /// In Go's words: `amd64`, `arm64`.
    pub processor: &'static str,
    pub files: Files,
}

/// Writes a layout with one image for all processors, under a tag.
pub fn write(directory: &Path, tag: &str, config: &Config, images: &[Image], seconds: u64) -> Result<()> {
    let _ = std::fs::remove_dir_all(directory);
    let mut manifests = Vec::new();
    for image in images {
        manifests.push(manifest(directory, config, image, seconds)?);
    }
    let mut top = match <[Value; 1]>::try_from(manifests) {
        // What knows no lists of images, such as umoci, can unpack a single one.
        Ok([manifest]) => manifest,
        Err(manifests) => {
            let media = "application/vnd.oci.image.index.v1+json";
            blob(directory, media, &to_bytes(&json!({"schemaVersion": 2, "mediaType": media, "manifests": manifests})))?
        }
    };
    top["annotations"] = json!({"org.opencontainers.image.ref.name": tag});
    let media = "application/vnd.oci.image.index.v1+json";
    let index = json!({"schemaVersion": 2, "mediaType": media, "manifests": [top]});
    shell::write(&directory.join("index.json"), to_bytes(&index))?;
    shell::write(&directory.join("oci-layout"), to_bytes(&json!({"imageLayoutVersion": "1.0.0"})))
}

fn manifest(directory: &Path, config: &Config, image: &Image, seconds: u64) -> Result<Value> {
    let tar = image.files.tar(seconds)?;
    let platform = json!({"architecture": image.processor, "os": "linux"});
    let created = archive::time(seconds, "%Y-%m-%dT%H:%M:%SZ")?;
    let labels: serde_json::Map<String, Value> =
        config.labels.iter().map(|(name, value)| (format!("org.opencontainers.image.{name}"), json!(value))).collect();
    let about = json!({
        "created": created,
        "architecture": image.processor,
        "os": "linux",
        "config": {
            "User": config.user,
            "Env": config.variables,
            "Entrypoint": config.entry_point,
            "Labels": labels,
        },
        "rootfs": {"type": "layers", "diff_ids": [format!("sha256:{}", archive::sha256(&tar))]},
        "history": [{"created": created, "created_by": "cargo xtask image"}],
    });
    let layer = blob(directory, "application/vnd.oci.image.layer.v1.tar+gzip", &archive::gzip(&tar)?)?;
    let about = blob(directory, "application/vnd.oci.image.config.v1+json", &to_bytes(&about))?;
    let media = "application/vnd.oci.image.manifest.v1+json";
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": media,
        "config": about,
        "layers": [layer],
        "annotations": labels,
    });
    let mut manifest = blob(directory, media, &to_bytes(&manifest))?;
    manifest["platform"] = platform;
    Ok(manifest)
}

/// Writes a blob under its digest and returns its descriptor.
fn blob(directory: &Path, media: &str, content: &[u8]) -> Result<Value> {
    let digest = archive::sha256(content);
    shell::write(&directory.join("blobs/sha256").join(&digest), content)?;
    Ok(json!({"mediaType": media, "digest": format!("sha256:{digest}"), "size": content.len()}))
}

fn to_bytes(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}
