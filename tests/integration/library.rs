//! The library as a program sees it: the examples of examples/library are run.

#[path = "../../examples/library/promote.rs"]
mod promote;
#[path = "../../examples/library/render.rs"]
mod render;

use std::path::Path;

#[test]
fn the_disk_is_rendered() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).to_string_lossy().replace('\\', "/");
    let (text, words) =
        render::render(&format!("{project}/examples/micropay/overlays/development"), &project).expect("it builds");
    let expected =
        std::fs::read_to_string(format!("{project}/examples/micropay/expected/development.yaml")).expect("a file");
    assert_eq!(text, expected);
    assert_eq!(words, Vec::<String>::new());
    let failure = render::render(&format!("{project}/examples"), &project).expect_err("no kustomization");
    assert!(failure.to_string().starts_with("error[no-kustomization]: "), "{failure}");
}

#[test]
fn an_image_is_promoted() {
    let field = "spec.template.spec.containers.web.image";
    let promoted = promote::promote(&promote::shop(), "/shop/staging", "/shop/production", "Deployment/web", field);
    let [file, diff] = promoted.expect("it can be done");
    assert!(file.contains("newTag: 1.5.0"), "{file}");
    assert!(diff.contains("image: shop/web:1.4.2\n") && diff.contains("image: shop/web:1.5.0\n"), "{diff}");
}
