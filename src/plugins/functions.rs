//! Functions: containers and programs that read a `ResourceList` and write one.
//!
//! Here it is decided whether a function may run, and how it is called; what it reads and answers is `exchange`. Programs
//! are started by the caller's `Programs`.

use super::{Body, Context, Plugin, exchange, words};
use crate::diagnostic::{Code, Diagnostic, Report, Result, Severity};
use crate::fs;
use crate::kustomization::decode::function::function;
use crate::kustomization::function::{ContainerSpec, ExecSpec, FunctionSpec, Mount};
use crate::kustomization::{InlineText, Placed, PlacedText};
use crate::manifest::LOCAL_CONFIG;
use crate::marks;
use crate::ordered::BTreeMap;
use crate::programs::{Invocation, Output, Piece, ProgramError};
use crate::provenance::{Stamp, Touched};
use crate::resmap::ResMap;
use crate::resource::Resource;
use crate::source::{Place, Source};
use crate::yaml::read;
use crate::yaml::tree::Tree;
use std::sync::Arc;

const ANNOTATIONS: [&str; 2] = ["config.kubernetes.io/function", "config.k8s.io/function"];
/// Names a container alone; older than the others.
const CONTAINER: &str = "config.kubernetes.io/container";

/// The programs that run containers, in the order in which they are tried.
const CONTAINER_PROGRAMS: [&str; 2] = ["docker", "podman"];
/// What they need to know of their surroundings.
const CONTAINER_ENV: [&str; 3] = ["DOCKER_*", "CONTAINER_*", "CONTAINERS_*"];
/// Set in every container.
const CONTAINER_DEFAULTS: [&str; 2] = ["LOG_TO_STDERR=true", "STRUCTURED_RESULTS=true"];

/// Finds what a configuration asks for; `None` if it names no function.
///
/// `place` stands for what has none of its own.
pub(super) fn load(config: &Arc<Resource>, place: Place, context: &mut Context<'_, '_>) -> Result<Option<Body>> {
    let tree = &config.tree;
    let annotations = marks::annotations(tree);
    let get = |key: &str| {
        let value = tree.get(annotations?, key)?;
        (tree.is_scalar(value) && !tree.text(value).is_empty()).then_some(value)
    };
    let spec = if let Some(value) = ANNOTATIONS.iter().find_map(|key| get(key)) {
        let place = tree.place(value).unwrap_or(place);
        let source = context.session.embedded(&InlineText { value: tree.text(value).to_owned(), place, block: None });
        match read::read_first(&source, &context.session.limits)? {
            Some(inner) => decode(&source, &inner)?,
            None => FunctionSpec::default(),
        }
    } else if let Some(value) =
        tree.get_path(tree.root(), &["metadata", "configFn"]).filter(|&node| tree.is_mapping(node))
    {
        let source = Arc::clone(context.session.sources.get(tree.place(value).unwrap_or(place).source));
        decode(&source, &tree.extract(value))?
    } else if let Some(value) = get(CONTAINER) {
        let place = tree.place(value).unwrap_or(place);
        let image = Some(Placed { value: tree.text(value).to_owned(), place });
        FunctionSpec { container: ContainerSpec { image, ..ContainerSpec::default() }, ..FunctionSpec::default() }
    } else {
        return Ok(None);
    };
    spec.container.mounts.iter().try_for_each(|mount| check_mount(mount, place, context))?;
    if let Some(image) = spec.container.image.as_ref().filter(|image| image.value.starts_with('-')) {
        let message = format!("`{}` is no image: docker would take it for a flag", image.value);
        return Err(Diagnostic::error(Code::PluginInvalid, message).at(Some(image.place), ""));
    }
    Ok(Some(Body::Function(spec)))
}

fn decode(source: &Arc<Source>, tree: &Tree) -> Result<FunctionSpec> {
    let mut report = Report::default();
    let spec = function(source, tree, &mut report);
    match report.diagnostics.into_iter().find(|found| found.severity == Severity::Error) {
        Some(error) if error.message.contains("`starlark`") => {
            let help =
                "functions in Starlark cannot be run, by kustomize v5.8.2 neither: make it a program or a container";
            Err(Box::new(Diagnostic { help: vec![help.to_owned()], ..error }))
        }
        Some(error) => Err(Box::new(error).help("a function has `exec: {path: …}` or `container: {image: …}`")),
        None => Ok(spec.unwrap_or_default()),
    }
}

/// Refuses what is not in or below the directory of the kustomization.
fn check_mount(mount: &Mount, place: Place, context: &Context<'_, '_>) -> Result<()> {
    let source = mount.source.as_ref();
    let (text, place) = source.map_or(("", place), |source| (source.value.as_str(), source.place));
    // Docker reads `--mount` as a line of comma-separated values.
    let is_split = |text: &str| text.contains([',', '"', '\n', '\r']);
    if is_split(text) || is_split(&mount.kind) || is_split(&mount.target) {
        let message = "a mount has a comma, a quote or a line break in one of its fields";
        let error = Diagnostic::error(Code::PluginInvalid, message).at(Some(place), "");
        return Err(error.help("docker would take what follows for another setting"));
    }
    if !leaves(text) && !is_outside(&fs::join(&context.root.directory, text), context) {
        return Ok(());
    }
    let message = format!("the mount `{text}` is outside the directory of the kustomization");
    let error = Diagnostic::error(Code::PluginInvalid, message).at(Some(place), "");
    Err(error.help("a mount of a function is relative and stays in or below that directory"))
}

/// Returns whether a path is absolute or leads out of the directory it is relative to; the reference refuses names that
/// begin with two dots, too.
fn leaves(path: &str) -> bool {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.pop().is_none() => return true,
            ".." => {}
            part => parts.push(part),
        }
    }
    path.starts_with('/') || parts.first().is_some_and(|first| first.starts_with(".."))
}

/// Returns whether an absolute path, or what it is a link to, is outside the directory of the kustomization.
fn is_outside(path: &str, context: &Context<'_, '_>) -> bool {
    let is_within = |path: &str| fs::is_within(path, &context.root.directory);
    !is_within(path) || context.session.fs.canonical(path).is_ok_and(|real| !is_within(&real))
}

/// Runs a function for what it generates.
pub(super) fn generate(spec: &FunctionSpec, plugin: &Plugin, context: &mut Context<'_, '_>) -> Result<Vec<Resource>> {
    let stamp = Stamp { by: plugin.by, place: Some(plugin.place) };
    let stdin = exchange::resource_list(&plugin.config, None, &stamp)?;
    let Some(stdout) = run(spec, plugin, None, stdin, context)? else {
        // A function that is not run hands on what it was given, its configuration.
        let mut config = Resource::clone(&plugin.config);
        let tree = config.tree_mut();
        let annotations = marks::annotations_for_writing(tree, &stamp);
        let value = tree.new_string("true", &stamp);
        tree.set_entry(annotations, LOCAL_CONFIG, value, &stamp);
        return exchange::generated(vec![Arc::new(config)], plugin);
    };
    let answered = exchange::answer(plugin, stdout, true, context)?;
    exchange::generated(answered, plugin)
}

/// Runs a function over all objects.
pub(super) fn transform(
    spec: &FunctionSpec,
    plugin: &Plugin,
    resources: &mut ResMap,
    context: &mut Context<'_, '_>,
    report: &mut Report,
) -> Result<Touched> {
    let stamp = Stamp { by: plugin.by, place: Some(plugin.place) };
    // Where there is nothing, the reference does as for a generator.
    let input = Some(&*resources).filter(|resources| !resources.is_empty());
    let stdin = exchange::resource_list(&plugin.config, input, &stamp)?;
    let Some(stdout) = run(spec, plugin, input, stdin, context)? else {
        report.push(not_run(plugin));
        // What the reference passes on was printed and read.
        let passed_on = exchange::passed_on(&plugin.config, input, &stamp)?;
        let answered = exchange::answer(plugin, passed_on.into_bytes(), false, context)?;
        let touched = exchange::update(resources, answered, plugin)?;
        return Ok(Touched { resources: 0, ..touched });
    };
    let answered = exchange::answer(plugin, stdout, true, context)?;
    exchange::update(resources, answered, plugin)
}

fn not_run(plugin: &Plugin) -> Box<Diagnostic> {
    let message = format!("the function `{}` is not run", plugin.config.id.gvk.kind);
    let warning = Diagnostic::warning(Code::PluginDisabled, message).at(Some(plugin.place), "this function");
    warning.help("functions that are programs run with `--enable-exec`")
}

/// Calls a function; `None` if it is a program and those are not enabled, which the reference passes over.
fn run(
    spec: &FunctionSpec,
    plugin: &Plugin,
    given: Option<&ResMap>,
    stdin: String,
    context: &mut Context<'_, '_>,
) -> Result<Option<Vec<u8>>> {
    if let Some(image) = &spec.container.image {
        if spec.container.network && !context.options.network {
            let message = format!("the function `{}` needs the network, which is not enabled", image.value);
            let error = Diagnostic::error(Code::PluginDisabled, message).at(Some(image.place), "");
            return Err(error.help("`--network` enables it"));
        }
        return container(spec, image, plugin, given, stdin, context).map(Some);
    }
    match &spec.exec.path {
        Some(_) if context.options.exec => exec(&spec.exec, plugin, given, stdin, context).map(Some),
        _ => Ok(None),
    }
}

fn exec(
    spec: &ExecSpec,
    plugin: &Plugin,
    given: Option<&ResMap>,
    stdin: String,
    context: &mut Context<'_, '_>,
) -> Result<Vec<u8>> {
    let Some(path) = &spec.path else { return Ok(Vec::new()) };
    let directory = &context.root.directory;
    let mut program = path.value.clone();
    if program.contains('/') {
        program = fs::join(directory, &program);
        if is_outside(&program, context) {
            let message = format!("the function `{}` is outside the directory of its kustomization", path.value);
            let error = Diagnostic::error(Code::PluginInvalid, message).at(Some(path.place), "");
            return Err(error.help("put the program in or below that directory"));
        }
    }
    // What is said on the command line wins; what is not of the form NAME=VALUE is left out.
    let mut env: BTreeMap<&str, &str> = BTreeMap::new();
    for text in spec.envs.iter().map(|text| text.value.as_str()).chain(context.options.env.iter().map(String::as_str)) {
        if let Some((name, value)) = text.split_once('=').filter(|(_, value)| !value.contains('=')) {
            env.insert(name, value);
        }
    }
    let text = |text: &str| Piece::Text(text.to_owned());
    let invocation = Invocation {
        program,
        args: spec.args.iter().map(|arg| text(&arg.value)).collect(),
        env: env.into_iter().map(|(name, value)| (name.to_owned(), text(value))).collect(),
        directory: directory.to_string(),
        stdin: stdin.into_bytes(),
        ..Invocation::default()
    };
    let output = call(&invocation, context);
    finish(output, &path.value, plugin, Some(path.place), given, context)
}

fn container(
    spec: &FunctionSpec,
    image: &PlacedText,
    plugin: &Plugin,
    given: Option<&ResMap>,
    stdin: String,
    context: &mut Context<'_, '_>,
) -> Result<Vec<u8>> {
    let image = &*image.value;
    let options = context.options;
    let directory = &context.root.directory;
    let mut args: Vec<String> =
        ["run", "--rm", "-i", "-a", "STDIN", "-a", "STDOUT", "-a", "STDERR", "--network"].map(str::to_owned).to_vec();
    args.push(if spec.container.network { "host" } else { "none" }.to_owned());
    args.push("--user".to_owned());
    args.push(options.container_user.clone().unwrap_or_else(|| "nobody".to_owned()));
    args.push("--security-opt=no-new-privileges".to_owned());
    let flags: Vec<Mount> = options.mounts.iter().map(|text| mount_of_flag(text, plugin.place)).collect();
    for mount in spec.container.mounts.iter().chain(&flags) {
        let source = mount.source.as_ref().map_or("", |source| &source.value);
        // An absolute one, which only a flag can name, is left as it is.
        let source = if source.starts_with('/') { source.to_owned() } else { fs::join(directory, source) };
        let mode = if mount.is_writable { "" } else { ",readonly" };
        args.push("--mount".to_owned());
        args.push(format!("type={},source={source},target={}{mode}", mount.kind, mount.target));
    }
    let mut values: BTreeMap<&str, &str> = BTreeMap::new();
    let mut exported: Vec<&str> = Vec::new();
    let envs = spec.container.envs.iter().map(|text| text.value.as_str());
    // A function cannot change the defaults, the command line can (upstream `mergeContainerEnv`).
    let envs = envs.chain(CONTAINER_DEFAULTS);
    for text in envs.chain(options.env.iter().map(String::as_str)) {
        match text.split_once('=') {
            Some((name, value)) => drop(values.insert(name, value)),
            None if exported.contains(&text) => {}
            None => exported.push(text),
        }
    }
    for (name, value) in &values {
        args.extend(["-e".to_owned(), format!("{name}={value}")]);
    }
    for name in &exported {
        args.extend(["-e".to_owned(), (*name).to_owned()]);
    }
    args.push(image.to_owned());
    // A name with a star would ask for more variables than one.
    let exported = exported.into_iter().filter(|name| !name.contains('*'));
    let inherited = CONTAINER_ENV.into_iter().chain(exported).map(str::to_owned).collect();
    let mut invocation = Invocation {
        args: args.into_iter().map(Piece::Text).collect(),
        inherited,
        directory: directory.to_string(),
        stdin: stdin.into_bytes(),
        ..Invocation::default()
    };
    let mut output = Err(ProgramError::NotFound);
    for program in CONTAINER_PROGRAMS {
        program.clone_into(&mut invocation.program);
        output = call(&invocation, context);
        if !matches!(output, Err(ProgramError::NotFound)) {
            break;
        }
    }
    if matches!(output, Err(ProgramError::NotFound)) {
        let message =
            format!("the function `{image}` is a container, and there is neither docker nor podman to run it");
        return Err(exchange::failed(plugin, None, message));
    }
    finish(output, image, plugin, None, given, context)
}

/// Reads a value of `--mount` (upstream `StringToStorageMount`).
fn mount_of_flag(text: &str, place: Place) -> Mount {
    let mut mount = Mount::default();
    for (key, value) in text.split(',').filter_map(|option| option.split_once('=')) {
        match key {
            "type" => value.clone_into(&mut mount.kind),
            "src" | "source" => mount.source = Some(Placed { value: value.to_owned(), place }),
            "dst" | "target" => value.clone_into(&mut mount.target),
            "rw" => mount.is_writable = value == "true",
            _ => {}
        }
    }
    mount
}

pub(super) fn call(invocation: &Invocation, context: &Context<'_, '_>) -> std::result::Result<Output, ProgramError> {
    match context.session.programs {
        Some(programs) => programs.run(invocation),
        None => Err(ProgramError::Other("programs cannot be started here".to_owned())),
    }
}

/// Returns what a program wrote, or says why there is nothing. What it says beside is a warning.
pub(super) fn finish(
    output: std::result::Result<Output, ProgramError>,
    program: &str,
    plugin: &Plugin,
    place: Option<Place>,
    given: Option<&ResMap>,
    context: &mut Context<'_, '_>,
) -> Result<Vec<u8>> {
    let words = |stderr: &str| words::without_secrets(stderr, plugin, given);
    let (message, stderr) = match output {
        Ok(output) if output.is_success => {
            let words = words(&output.stderr);
            if !words.is_empty() {
                let warning = Diagnostic::warning(Code::PluginSays, format!("`{program}` says: {words}"));
                let place = place.unwrap_or(plugin.place);
                let mut warning = warning.at(Some(place), "this program");
                if context.session.sources.outermost(place).source != plugin.entry.source {
                    warning.chain.push(plugin.entry);
                }
                context.warnings.push(*warning);
            }
            return Ok(output.stdout);
        }
        Ok(output) => (format!("`{program}` failed: {}", output.status), output.stderr),
        Err(ProgramError::TimeOut { seconds, stderr }) => {
            (format!("`{program}` was stopped after {seconds} s"), stderr)
        }
        Err(ProgramError::TooMuchOutput { bytes, stderr }) => {
            (format!("`{program}` was stopped after {bytes} bytes of output"), stderr)
        }
        Err(error) => (format!("`{program}` cannot be run: {error}"), String::new()),
    };
    let help = match message.contains("cannot be run") {
        true => "check that the program exists and may be executed",
        false => "correct the function, or its configuration",
    };
    let error = exchange::failed(plugin, place, message).help(help);
    let words = words(&stderr);
    Err(if words.is_empty() { error } else { error.note(format!("it says: {words}")) })
}
