//! The page as part of the program: its files, compressed, where the program was built with the feature `preview`.

/// A file of the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct File {
    /// Its path below the page's own; the page itself is `index.html`.
    pub(super) path: &'static str,
    /// Compressed by gzip, which every browser understands.
    pub(super) bytes: &'static [u8],
}

impl File {
    /// Returns what the file is, by its name.
    pub(super) fn media_type(&self) -> &'static str {
        match self.path.rsplit('.').next().unwrap_or_default() {
            "html" => "text/html; charset=utf-8",
            "js" | "mjs" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "json" | "map" => "application/json",
            "wasm" => "application/wasm",
            "svg" => "image/svg+xml",
            "png" => "image/png",
            "ico" => "image/x-icon",
            "woff2" => "font/woff2",
            "webmanifest" => "application/manifest+json",
            "txt" => "text/plain; charset=utf-8",
            _ => "application/octet-stream",
        }
    }
}

/// Returns the files of the page, if the program has them.
#[cfg(feature = "preview")]
pub(super) fn embedded() -> Option<&'static [File]> {
    // Written by `cargo xtask preview`: an expression, an array of `File`s.
    const FILES: &[File] = include!(env!("RUSTOMIZE_PAGE", "the page comes first: `cargo xtask preview` builds both"));
    Some(FILES)
}

/// Returns the files of the page, if the program has them.
#[cfg(not(feature = "preview"))]
pub(super) fn embedded() -> Option<&'static [File]> {
    None
}
