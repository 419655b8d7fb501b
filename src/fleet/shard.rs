//! One of several equal parts of a fleet: the same on every machine, without a word between them.
//!
//! Targets are put in an order in which those that include the same kustomizations stand together, and the order is cut
//! into pieces of equal cost. So a base is needed by few parts, all parts cost the same, and together they are the whole.

use super::graph::{Graph, NodeId};
use crate::sorting::Sorting;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;

/// Which part: `index` of `count`, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// From 0 to `count` - 1.
    pub index: usize,
    /// At least 1.
    pub count: usize,
}

/// A cut may be this much of a part (as a divisor) away from where it is due, if groups stay whole by it.
const TOLERANCE: u64 = 10;

impl std::str::FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let wanted = || "use INDEX/COUNT, such as 0/4".to_owned();
        let (index, count) = text.split_once('/').ok_or_else(wanted)?;
        let number = |text: &str| match text.bytes().all(|byte| byte.is_ascii_digit()) {
            true => text.parse::<usize>().map_err(|_| wanted()),
            false => Err(wanted()),
        };
        let shard = Shard { index: number(index)?, count: number(count)? };
        match shard.index < shard.count {
            true => Ok(shard),
            false if shard.count == 0 => Err("there is no part of nothing".to_owned()),
            false => Err(format!("the parts of {count} are numbered from 0 to {}", shard.count - 1)),
        }
    }
}

/// Returns the part that each target belongs to.
pub fn assign(graph: &Graph, targets: &[NodeId], count: usize) -> Vec<usize> {
    let count = count.max(1);
    let closures: Vec<Vec<NodeId>> = targets.iter().map(|&target| graph.closure(target)).collect();
    let mut users: FxHashMap<NodeId, usize> = FxHashMap::default();
    for &node in closures.iter().flatten() {
        *users.entry(node).or_default() += 1;
    }
    // What most targets include comes first: a group is split by what is rare in it before it is split itself.
    let mut groups: Vec<(Vec<NodeId>, usize)> = Vec::with_capacity(targets.len());
    for (position, closure) in closures.iter().enumerate() {
        let mut shared: Vec<NodeId> = closure.iter().copied().filter(|node| users.get(node) > Some(&1)).collect();
        shared.put_in_order_of(|&node| (Reverse(users.get(&node).copied()), graph.directory(node)));
        groups.push((shared, position));
    }
    let name = |nodes: &[NodeId]| -> Vec<&str> { nodes.iter().map(|&node| &**graph.directory(node)).collect() };
    groups.put_in_order_of_made(|(shared, position)| {
        (name(shared).into_iter().map(str::to_owned).collect::<Vec<_>>(), *position)
    });
    let cost = |position: usize| -> u64 {
        let nodes = closures.get(position).into_iter().flatten();
        nodes.map(|&node| 1 + graph.n_files(node) as u64).sum()
    };
    let costs: Vec<u64> = groups.iter().map(|&(_, position)| cost(position)).collect();
    let is_border: Vec<bool> = (0..groups.len())
        .map(|at| {
            at > 0 && groups.get(at - 1).map(|group| group.0.first()) != groups.get(at).map(|group| group.0.first())
        })
        .collect();
    let mut parts = vec![0; targets.len()];
    for (part, range) in cut(&costs, &is_border, count).into_iter().enumerate() {
        for (_, position) in groups.get(range).unwrap_or_default() {
            if let Some(place) = parts.get_mut(*position) {
                *place = part;
            }
        }
    }
    parts
}

/// Cuts a list into ranges of equal cost, at borders of groups where one is near.
fn cut(costs: &[u64], is_border: &[bool], count: usize) -> Vec<std::ops::Range<usize>> {
    let total: u64 = costs.iter().sum();
    // The cost of all before each position.
    let mut before = Vec::with_capacity(costs.len() + 1);
    let mut sum = 0;
    before.push(0);
    for cost in costs {
        sum += cost;
        before.push(sum);
    }
    let near = total / count as u64 / TOLERANCE;
    let mut ranges = Vec::with_capacity(count);
    let mut start = 0;
    for part in 1..=count {
        let due = (u128::from(total) * part as u128 / count as u128) as u64;
        let exact = before.partition_point(|&cost| cost < due).clamp(start, costs.len());
        let distance = |at: usize| before.get(at).map_or(u64::MAX, |cost| cost.abs_diff(due));
        let window =
            before.partition_point(|&cost| cost + near < due)..before.partition_point(|&cost| cost <= due + near);
        let borders = window.filter(|&at| at >= start && is_border.get(at) == Some(&true));
        let end = if part == count { costs.len() } else { borders.min_by_key(|&at| distance(at)).unwrap_or(exact) };
        ranges.push(start..end);
        start = end;
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::Memory;
    use crate::session::Session;

    fn fleet(bases: &[(&str, usize)]) -> Memory {
        let mut memory = Memory::new();
        for (base, n_overlays) in bases {
            memory.set(&format!("/w/{base}/base/kustomization.yaml"), "resources: []\n");
            for overlay in 0..*n_overlays {
                let path = format!("/w/{base}/overlays/{overlay:03}/kustomization.yaml");
                memory.set(&path, "resources: [../../base]\n");
            }
        }
        memory
    }

    fn parts(memory: &Memory, count: usize) -> Vec<(String, usize)> {
        let session = Session::new(memory, "/w");
        let found = super::super::discover(&session, "/w").expect("a tree");
        let parts = assign(&found.graph, &found.targets, count);
        found.targets.iter().map(|&target| found.graph.directory(target).to_string()).zip(parts).collect()
    }

    #[test]
    fn parts_are_equal_and_keep_groups_together() {
        let memory = fleet(&[("a", 30), ("b", 31), ("c", 29), ("d", 30)]);
        for (path, part) in parts(&memory, 4) {
            assert_eq!(path.as_bytes()[3], b'a' + part as u8, "{path} in {part}");
        }
        for count in 1..20 {
            let mut sizes = vec![0; count];
            for (_, part) in parts(&memory, count) {
                sizes[part] += 1;
            }
            let (least, most) = (sizes.iter().min().expect("one"), sizes.iter().max().expect("one"));
            assert!(*most as f64 <= 120.0 / count as f64 * 1.25 + 1.0 && *least > 0, "{count}: {sizes:?}");
        }
    }

    #[test]
    fn more_parts_than_targets() {
        let memory = fleet(&[("a", 2)]);
        let mut all: Vec<usize> = parts(&memory, 7).into_iter().map(|(_, part)| part).collect();
        all.dedup();
        assert_eq!(all.len(), 2);
    }

    #[test]
    fn what_is_a_part() {
        for (text, wanted) in [("0/1", Some((0, 1))), ("3/4", Some((3, 4))), ("007/8", Some((7, 8)))] {
            let found = text.parse::<Shard>().ok().map(|shard| (shard.index, shard.count));
            assert_eq!(found, wanted, "{text}");
        }
        for text in ["", "1", "4/4", "0/0", "-1/2", "+1/2", "1/", "/2", "1/2/3", "a/b"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}
