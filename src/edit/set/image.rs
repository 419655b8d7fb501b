//! `set image`.

use crate::edit::file::File;
use crate::edit::{Result, Work, legacy, usage};
use crate::sorting::Sorting;
use crate::transform::images::split;
use crate::yaml::edit::Value;

/// Stands for what is there already.
pub(in crate::edit) const KEEP: &str = "*";

/// Returns the names of the entries that arguments are about.
pub(in crate::edit) fn names(args: &[String]) -> Vec<String> {
    args.iter().filter_map(|arg| parse(arg)).map(|image| image.name).collect()
}

/// What an argument says.
pub(in crate::edit) struct Image {
    pub(in crate::edit) name: String,
    pub(in crate::edit) new_name: String,
    pub(in crate::edit) new_tag: String,
    pub(in crate::edit) digest: String,
}

/// Like the reference, keeps one entry of each name and sorts them by name.
pub(in crate::edit) fn run(work: &mut Work<'_, '_>, args: &[String]) -> Result<Option<File>> {
    if args.is_empty() {
        return Err(usage("no image is given").help(FORMS));
    }
    let mut images: Vec<Image> = Vec::new();
    for arg in args {
        let image = parse(arg).ok_or_else(|| usage(format!("`{arg}` does not say what to set")).help(FORMS))?;
        images.retain(|other| other.name != image.name);
        images.push(image);
    }
    let mut file = work.open()?;
    let mut items: Vec<Value> = Vec::new();
    for mut item in legacy::items(&file, "images", "imageTags") {
        let name = item.text_of("name").to_owned();
        if let Some(there) = items.iter_mut().find(|other| other.text_of("name") == name) {
            keep(there, &item);
            continue;
        }
        if let Some(index) = images.iter().position(|image| image.name == name) {
            let old = item.clone();
            let Image { new_name, new_tag, digest, .. } = images.remove(index);
            item.set_text("newName", &new_name);
            item.set_text("newTag", &new_tag);
            item.remove("tagSuffix");
            item.set_text("digest", &digest);
            keep(&mut item, &old);
        }
        items.push(item);
    }
    items.extend(images.iter().map(|image| {
        let fields = [
            ("name", &image.name),
            ("newName", &image.new_name),
            ("newTag", &image.new_tag),
            ("digest", &image.digest),
        ];
        Value::texts(&fields.map(|(key, text)| (key, text.as_str())))
    }));
    let nothing = Value::texts(&[]);
    items.iter_mut().for_each(|item| keep(item, &nothing));
    items.put_in_order(|a, b| a.text_of("name").cmp(b.text_of("name")));
    legacy::set_items(&mut file, "images", "imageTags", items);
    Ok(Some(file))
}

pub(in crate::edit) const FORMS: &str = "write `name=new:tag`, `name=new@digest`, `name=new:tag@digest`, `name=new`, `name:tag`, \
                     `name:tag@digest` or `name@digest`; `*` keeps what is there";

/// Puts what was there in the place of asterisks.
fn keep(item: &mut Value, old: &Value) {
    for key in ["newName", "newTag", "digest"] {
        if item.text_of(key) == KEEP {
            item.set_text(key, old.text_of(key));
        }
    }
}

pub(in crate::edit) fn parse(arg: &str) -> Option<Image> {
    let (key, value) = arg.split_once('=').unwrap_or(("", arg));
    let (name, tag, digest) = split(value);
    if name == arg {
        return None;
    }
    let (name, new_name) = if key.is_empty() { (name, "") } else { (key, name) };
    let [name, new_name, new_tag, digest] = [name, new_name, tag, digest].map(str::to_owned);
    Some(Image { name, new_name, new_tag, digest })
}
