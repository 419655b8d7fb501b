//! Random overlays: a tree of kustomizations over random objects, most of which build.
//!
//! The generator remembers what each level holds, so that patches find targets and names refer to something; now and
//! then it does the wrong thing on purpose. What a field may hold is in `fields` and `patches`.

use super::random::Random;
use super::resource::{self, Resource};
use super::yaml::{Content, Style, Yaml};
use super::{config, fields, helm, odd, patches, plugins, replacements, vars};
use std::collections::{BTreeMap, BTreeSet};

/// A case: a tree of files and the arguments after `build`.
#[derive(Clone, Debug, Default)]
pub struct Case {
    pub files: BTreeMap<String, Content>,
    /// Symbolic links and what they point to.
    pub links: BTreeMap<String, String>,
    /// After `build`: the root, then flags.
    pub args: Vec<String>,
    /// Environment variables of both programs; `{tree}` stands for the directory that holds the tree.
    pub env: Vec<(String, String)>,
    /// The fields that it uses.
    pub tags: BTreeSet<&'static str>,
    /// Kustomizations from the root to the deepest base.
    pub levels: usize,
}

pub struct Generator {
    pub random: Random,
    pub case: Case,
    /// Kinds and names given out: most objects of a case are different ones.
    used: BTreeSet<(String, String)>,
    n_directories: usize,
    n_files: usize,
    /// How much of what may be there is there, in percent: with too much in one tree nothing builds.
    density: usize,
}

/// One kustomization in the making.
pub struct Level {
    pub directory: String,
    pub is_component: bool,
    pub fields: Vec<(String, Yaml)>,
}

impl Level {
    pub fn add(&mut self, field: &str, value: Yaml) {
        self.fields.push((field.to_owned(), value));
    }
}

pub fn case(seed: u64) -> Case {
    let mut generator = Generator {
        random: Random::new(seed),
        case: Case::default(),
        used: BTreeSet::new(),
        n_directories: 0,
        n_files: 0,
        density: 100,
    };
    generator.density = [25, 35, 45, 45, 60, 80, 100][generator.random.below(7)];
    let depth = [1, 1, 1, 1, 2, 2, 2, 2, 3, 4][generator.random.below(10)];
    generator.case.levels = depth;
    let directory = generator.new_directory(None);
    generator.level(&directory, depth - 1);
    generator.case.args.insert(0, directory);
    odd::flags(&mut generator);
    if generator.case.tags.contains("load restrictor") && generator.random.chance(75) {
        generator.case.args.push("--load-restrictor=LoadRestrictionsNone".to_owned());
    }
    generator.case
}

impl Generator {
    pub fn tag(&mut self, tag: &'static str) {
        self.case.tags.insert(tag);
    }

    /// True so many times in a hundred, and less often in a sparse case.
    pub fn likely(&mut self, percent: usize) -> bool {
        self.random.below(10_000) < percent * self.density
    }

    /// Adds a flag once.
    pub fn flag(&mut self, flag: impl Into<String>) {
        let flag = flag.into();
        if !self.case.args.contains(&flag) {
            self.case.args.push(flag);
        }
    }

    /// Whether a name is new; afterwards it is not.
    pub fn claim(&mut self, kind: &str, name: &str) -> bool {
        self.used.insert((kind.to_owned(), name.to_owned()))
    }

    pub fn new_directory(&mut self, above: Option<&str>) -> String {
        self.n_directories += 1;
        match above {
            Some(above) => format!("{above}/d{}", self.n_directories),
            None => format!("d{}", self.n_directories),
        }
    }

    fn new_file(&mut self, stem: &str, extension: &str) -> String {
        self.n_files += 1;
        format!("{stem}{}.{extension}", self.n_files)
    }

    /// Writes a file beside a kustomization and returns the way to it.
    pub fn file(&mut self, level: &Level, stem: &str, extension: &str, content: Content) -> String {
        let mut name = self.new_file(stem, extension);
        if self.random.chance(10) {
            name = format!("sub/{name}");
        }
        self.case.files.insert(format!("{}/{name}", level.directory), content);
        if self.random.chance(5) { format!("./{name}") } else { name }
    }

    pub fn style(&mut self) -> Style {
        Style {
            indents_lists: self.random.chance(40),
            comments: self.random.chance(25),
            crlf: self.random.chance(5),
            start_marker: self.random.chance(10),
            json: false,
        }
    }

    /// Makes a kustomization with everything below it and returns what it holds.
    fn level(&mut self, directory: &str, depth: usize) -> Vec<Resource> {
        let mut level = Level { directory: directory.to_owned(), is_component: false, fields: Vec::new() };
        let mut scope = Vec::new();
        let mut entries = Vec::new();
        let mut bases = Vec::new();
        if depth > 0 {
            let n_bases = if self.random.chance(75) { 1 } else { 2 };
            let is_deprecated = self.random.chance(15);
            for number in 0..n_bases {
                let above = self.random.chance(15).then_some(directory);
                let base = self.new_directory(above);
                let way = if above.is_some() { self.relative(&base) } else { self.way(directory, &base) };
                scope.extend(self.level(&base, if number == 0 { depth - 1 } else { 0 }));
                if is_deprecated {
                    bases.push(way)
                } else {
                    entries.push(way)
                }
                self.tag(if is_deprecated { "bases" } else { "resources: directory" });
            }
        }
        self.resources(&level, &mut scope, &mut entries, if depth == 0 { (1, 5) } else { (0, 2) });
        if !entries.is_empty() || self.random.chance(20) {
            level.add("resources", Yaml::list(entries));
        }
        if !bases.is_empty() {
            level.add("bases", Yaml::list(bases));
        }
        fields::generators(self, &mut level, &mut scope);
        self.components(&mut level, &mut scope);
        self.directives(&mut level, &mut scope);
        self.write(level);
        scope
    }

    fn components(&mut self, level: &mut Level, scope: &mut Vec<Resource>) {
        if !self.likely(26) {
            return;
        }
        let mut ways = Vec::new();
        for _ in 0..self.random.between(1, 2) {
            let directory = self.new_directory(None);
            ways.push(self.way(&level.directory, &directory));
            let mut component = Level { directory, is_component: true, fields: Vec::new() };
            let mut entries = Vec::new();
            if self.random.chance(50) {
                self.resources(&component, scope, &mut entries, (1, 2));
                component.add("resources", Yaml::list(entries));
            }
            fields::generators(self, &mut component, scope);
            self.directives(&mut component, scope);
            if component.fields.is_empty() {
                component.add("namePrefix", Yaml::scalar("c-"));
            }
            self.write(component);
        }
        self.tag("components");
        level.add("components", Yaml::list(ways));
    }

    /// Adds everything that changes what a level holds.
    fn directives(&mut self, level: &mut Level, scope: &mut Vec<Resource>) {
        patches::add(self, level, scope);
        replacements::add(self, level, scope);
        vars::add(self, level, scope);
        config::add(self, level);
        plugins::add(self, level, scope);
        helm::add(self, level, scope);
        fields::transformers(self, level, scope);
        if !level.is_component {
            fields::root_only(self, level);
        }
    }

    /// Makes objects, in files of one or several documents, lists, or JSON.
    fn resources(
        &mut self,
        level: &Level,
        scope: &mut Vec<Resource>,
        entries: &mut Vec<String>,
        (low, high): (usize, usize),
    ) {
        for _ in 0..self.random.between(low, high) {
            let n_documents = if self.random.chance(25) { self.random.between(2, 4) } else { 1 };
            let documents: Vec<Yaml> = (0..n_documents).map(|_| self.object(scope)).collect();
            let mut style = self.style();
            self.tag("resources: file");
            let (documents, extension) = match self.random.below(100) {
                0..=9 => {
                    self.tag("resources: List");
                    let kind = if self.random.chance(80) { "List" } else { "ConfigMapList" };
                    let list = Yaml::map([
                        ("apiVersion", Yaml::scalar("v1")),
                        ("kind", Yaml::scalar(kind)),
                        ("items", Yaml::List(documents)),
                    ]);
                    (vec![list], "yaml")
                }
                10..=16 if n_documents == 1 => {
                    self.tag("resources: JSON");
                    style = Style { json: true, ..Style::default() };
                    (documents, "json")
                }
                _ => (documents, "yaml"),
            };
            if documents.len() > 1 {
                self.tag("resources: several documents");
            }
            let content = Content::Documents(documents, style);
            if self.random.chance(3) {
                entries.push(odd::linked(self, level, extension, content));
            } else if self.random.chance(1) {
                self.tag("load restrictor");
                let name = self.new_file("outside", extension);
                self.case.files.insert(format!("shared/{name}"), content);
                entries.push(self.way(&level.directory, &format!("shared/{name}")));
            } else {
                entries.push(self.file(level, "r", extension, content));
            }
        }
    }

    fn object(&mut self, scope: &mut Vec<Resource>) -> Yaml {
        if self.random.chance(9) {
            return odd::object(self, scope);
        }
        let kind = resource::pick_kind(&mut self.random);
        let name = self.name(kind.kind, resource::pool(kind.kind));
        let (resource, yaml) = resource::make(&mut self.random, kind, &name);
        scope.push(resource);
        yaml
    }

    /// Gives out a name from a pool; a second object of a kind gets another one, nearly always.
    pub fn name(&mut self, kind: &str, pool: &[&'static str]) -> String {
        let mut name = self.random.word(pool).to_owned();
        while !self.used.insert((kind.to_owned(), name.clone())) && !self.random.chance(1) {
            name = format!("{name}{}", self.random.below(10));
        }
        name
    }

    /// The way from one directory to another; both are written from the top of the case.
    pub fn way(&self, from: &str, to: &str) -> String {
        format!("{}{to}", "../".repeat(from.split('/').count()))
    }

    fn relative(&self, directory: &str) -> String {
        directory.rsplit('/').next().unwrap_or(directory).to_owned()
    }

    fn write(&mut self, mut level: Level) {
        if level.is_component {
            level.fields.insert(0, ("kind".to_owned(), Yaml::scalar("Component")));
            level.fields.insert(0, ("apiVersion".to_owned(), Yaml::scalar("kustomize.config.k8s.io/v1alpha1")));
        } else if self.random.chance(50) {
            level.fields.insert(0, ("kind".to_owned(), Yaml::scalar("Kustomization")));
            level.fields.insert(0, ("apiVersion".to_owned(), Yaml::scalar("kustomize.config.k8s.io/v1beta1")));
        }
        if level.fields.is_empty() {
            level.add("resources", Yaml::List(Vec::new()));
        }
        if self.random.chance(20) {
            level.fields.reverse();
        }
        let name = match self.random.below(20) {
            0 => "kustomization.yml",
            1 => "Kustomization",
            _ => "kustomization.yaml",
        };
        let style = self.style();
        let documents = odd::kustomization(self, level.fields);
        self.case.files.insert(format!("{}/{name}", level.directory), Content::Documents(documents, style));
    }
}
