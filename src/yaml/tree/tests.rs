use super::*;
use crate::provenance::DirectiveId;

const STAMP: Stamp = Stamp { by: DirectiveId(0), place: None };

fn map_with(tree: &mut Tree, pairs: &[(&str, &str)]) -> NodeId {
    let map = tree.new_mapping(&STAMP);
    for (key, value) in pairs {
        let value = tree.new_string(value, &STAMP);
        tree.set_entry(map, key, value, &STAMP);
    }
    map
}

fn shown(tree: &Tree, map: NodeId) -> Vec<(&str, &str)> {
    tree.entries(map).map(|(key, value)| (tree.text(key), tree.text(value))).collect()
}

#[test]
fn entries_keep_their_order_through_writes_and_removals() {
    let mut tree = Tree::new();
    let map = map_with(&mut tree, &[("a", "1"), ("b", "2"), ("c", "3")]);
    let new = tree.new_string("9", &STAMP);
    tree.set_entry(map, "c", new, &STAMP);
    assert!(tree.remove_entry(map, "a"));
    assert!(!tree.remove_entry(map, "a"));
    let new = tree.new_string("4", &STAMP);
    tree.set_entry(map, "d", new, &STAMP);
    assert_eq!(shown(&tree, map), [("b", "2"), ("c", "9"), ("d", "4")]);
    assert!(tree.remove_entry(map, "d"));
    let new = tree.new_string("5", &STAMP);
    tree.set_entry(map, "e", new, &STAMP);
    assert_eq!(shown(&tree, map), [("b", "2"), ("c", "9"), ("e", "5")]);
}

#[test]
fn shared_scalars_are_written_together_and_stay_so_in_a_copy_of_the_tree() {
    let mut tree = Tree::new();
    let nodes: Vec<NodeId> = ["x", "x", "x"].iter().map(|text| tree.new_string(text, &STAMP)).collect();
    let alone = tree.new_string("x", &STAMP);
    tree.share(nodes[1], nodes[0]);
    tree.share(nodes[2], nodes[0]);
    let mut copy = tree.clone();
    copy.set_text(nodes[1], "y", Tag::Str, &STAMP);
    assert!(nodes.iter().all(|&node| copy.text(node) == "y" && tree.text(node) == "x"));
    assert_eq!(copy.text(alone), "x");
}

#[test]
fn a_write_remembers_what_it_replaced() {
    let mut tree = Tree::new();
    let node = tree.new_string("old", &STAMP);
    let before = tree.origin(node);
    let later = Stamp { by: DirectiveId(7), place: None };
    tree.set_text(node, "new", Tag::Str, &later);
    let entry = tree.origin_entry(tree.origin(node)).expect("written");
    assert_eq!((entry.by, entry.replaced), (DirectiveId(7), Some(before)));
}

#[test]
fn copies_and_extracts_hold_the_same_data() {
    let mut tree = Tree::new();
    let inner = map_with(&mut tree, &[("k", "v")]);
    let root = tree.root();
    tree.set_entry(root, "inner", inner, &STAMP);
    let within = tree.copy_within(inner);
    tree.set_entry(root, "twin", within, &STAMP);
    let extract = tree.extract(within);
    let mut other = Tree::new();
    let copy = other.copy_from(&tree, inner, &STAMP);
    assert_eq!(shown(&extract, extract.root()), [("k", "v")]);
    assert_eq!(shown(&other, copy), [("k", "v")]);
    let changed = tree.get(within, "k").expect("copied");
    tree.set_text(changed, "w", Tag::Str, &STAMP);
    assert_eq!(shown(&tree, inner), [("k", "v")]);
}
