use crate::{Action, Command, Memory, ObjectStatus, Options, build, edit};

fn files() -> Memory {
    let mut files = Memory::new();
    files.set("/base/kustomization.yaml", "resources: [web.yaml, token.yaml]\n");
    let web = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 1\n";
    files.set("/base/web.yaml", web);
    let token = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: token\nstringData:\n  value: swordfish\n";
    files.set("/base/token.yaml", token);
    let over = "resources: [../base]\n# as many as the shop needs\nreplicas:\n- name: web\n  count: 3\n";
    files.set("/over/kustomization.yaml", over);
    files
}

fn options() -> Options {
    Options { keep_history: true, ..Options::default() }
}

#[test]
fn a_build_gives_text_objects_and_inputs() {
    let rendered = build(&files(), "/over", &Options::default()).expect("it builds");
    let names: Vec<_> = rendered.objects().map(|object| format!("{}/{}", object.kind, object.name)).collect();
    assert_eq!(names, ["Secret/token", "Deployment/web"]);
    let texts: Vec<_> = rendered.objects().map(|object| object.text).collect();
    assert_eq!(texts.join("---\n"), rendered.text());
    let inputs: Vec<_> = rendered.inputs().collect();
    let read = ["/base/kustomization.yaml", "/base/token.yaml", "/base/web.yaml", "/over/kustomization.yaml"];
    assert_eq!(inputs, read);
    assert_eq!(rendered.into_text().matches("replicas: 3").count(), 1);
}

#[test]
fn faults_have_places_that_are_relative_to_what_is_built() {
    let mut files = files();
    files.set("/over/kustomization.yaml", "resources: [../base]\nnamePrefex: a-\n");
    let failure = build(&files, "/over", &Options::default()).expect_err("an unknown field");
    let [fault] = failure.diagnostics.as_slice() else { panic!("{failure}") };
    assert_eq!(
        (fault.code.as_str(), fault.labels[0].location.to_string().as_str()),
        ("unknown-field", "kustomization.yaml:2:1")
    );
    assert!(failure.to_string().starts_with("error[unknown-field]: "), "{failure}");
    let options = Options { relative_to: Some("/".to_owned()), ..Options::default() };
    let failure = build(&files, "/over", &options).expect_err("an unknown field");
    assert_eq!(failure.diagnostics[0].labels[0].location.path, "over/kustomization.yaml");
}

#[test]
fn a_value_is_explained_where_history_is_kept() {
    let rendered = build(&files(), "/over", &options()).expect("it builds");
    let explained = rendered.explain("Deployment/web", "spec.replicas").expect("there is such a field");
    assert_eq!((explained.object.as_str(), explained.value.as_deref()), ("Deployment.apps/web", Some("3")));
    let [read, set] = explained.steps.as_slice() else { panic!("{explained}") };
    assert_eq!((read.action, read.directive.as_deref(), read.value.as_deref()), (Action::Read, None, Some("1")));
    assert_eq!((set.action, set.directive.as_deref()), (Action::Set, Some("replicas[0]")));
    assert_eq!(set.location.as_ref().map(ToString::to_string).as_deref(), Some("kustomization.yaml:5:10"));
    assert!(explained.to_string().contains("../base/web.yaml:6:13"), "{explained}");

    let unknown = rendered.explain("Deployment/wep", "spec.replicas").expect_err("no such object");
    assert!(unknown.to_string().contains("Deployment/web"), "{unknown}");
    let without = build(&files(), "/over", &Options::default()).expect("it builds");
    assert!(without.explain("Deployment/web", "spec.replicas").is_err());
}

#[test]
fn values_of_secrets_are_in_the_text_alone() {
    let rendered = build(&files(), "/over", &options()).expect("it builds");
    assert!(rendered.text().contains("swordfish"));
    let explained = rendered.explain("Secret/token", "stringData.value").expect("there is such a field");
    assert!(explained.is_hidden && !format!("{explained}{explained:?}").contains("swordfish"));
    let mut changed = files();
    let token = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: token\nstringData:\n  value: octopus\n";
    changed.set("/base/token.yaml", token);
    let diff = rendered.diff(&build(&changed, "/over", &options()).expect("it builds"));
    let words = format!("{diff}{diff:?}");
    assert!(!diff.is_empty() && !words.contains("swordfish") && !words.contains("octopus"), "{words}");
}

#[test]
fn builds_are_compared_by_what_they_mean() {
    let (base, over) = (build(&files(), "/base", &options()), build(&files(), "/over", &options()));
    let (base, over) = (base.expect("it builds"), over.expect("it builds"));
    assert!(base.diff(&base).is_empty());
    let diff = base.diff(&over);
    let [object] = diff.objects.as_slice() else { panic!("{diff}") };
    assert_eq!((object.status, object.new.as_deref()), (ObjectStatus::Changed, Some("Deployment.apps/web")));
    let field = &object.fields[0];
    assert_eq!(
        (field.path.as_str(), field.old.as_deref(), field.new.as_deref()),
        ("spec.replicas", Some("1"), Some("3"))
    );
    assert!(diff.to_string().contains("-  replicas: 1\n+  replicas: 3\n"), "{diff}");
    assert_eq!(diff.n_equal, 1);
}

#[test]
fn an_edit_is_planned_and_comments_stay() {
    let files = files();
    let edited = edit(&files, "/over", &Command::SetReplicas(vec!["web=5".to_owned()])).expect("it can be done");
    let [file] = edited.files.as_slice() else { panic!("one file changes") };
    assert_eq!(file.path, "/over/kustomization.yaml");
    assert_eq!(file.new, file.old.replace("count: 3", "count: 5"));
    let same = edit(&files, "/over", &Command::SetReplicas(vec!["web=3".to_owned()])).expect("it can be done");
    assert!(same.files.is_empty());
    assert!(edit(&files, "/nowhere", &Command::SetReplicas(vec!["web=3".to_owned()])).is_err());
}

#[cfg(feature = "validate")]
#[test]
fn objects_are_checked() {
    let mut files = files();
    let web = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicaz: 1\n";
    files.set("/base/web.yaml", web);
    let rendered = build(&files, "/over", &Options::default()).expect("it builds");
    let found = rendered.validate(crate::Release::parse("1.31"));
    assert!(found.iter().any(|found| found.to_string().contains("../base/web.yaml:6:")), "{found:?}");
}
