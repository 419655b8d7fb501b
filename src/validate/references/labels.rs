//! Labels and what selects them.

use crate::yaml::resolve::is_null;
use crate::yaml::tree::{NodeId, Tree};

/// Labels, or the pairs that a selector wants.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Labels<'t>(pub(super) Vec<(&'t str, &'t str)>);

impl<'t> Labels<'t> {
    /// Reads a mapping of texts; none if something else stands there.
    pub(super) fn of(tree: &'t Tree, node: Option<NodeId>) -> Labels<'t> {
        let entries = node.into_iter().flat_map(|node| tree.entries(node));
        Labels(entries.map(|(key, value)| (tree.text(key), tree.text(value))).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes away what controllers add to pods while a cluster runs.
    pub(super) fn without_added(mut self) -> Labels<'t> {
        const ADDED: [&str; 6] = [
            "apps.kubernetes.io/pod-index",
            "controller-revision-hash",
            "controller-uid",
            "job-name",
            "pod-template-hash",
            "statefulset.kubernetes.io/pod-name",
        ];
        self.0.retain(|(key, _)| !ADDED.contains(key) && !key.starts_with("batch.kubernetes.io/"));
        self
    }

    pub(super) fn get(&self, key: &str) -> Option<&'t str> {
        self.0.iter().find(|(name, _)| *name == key).map(|(_, value)| *value)
    }

    /// Returns the only pair that is not among some labels, if these nearly have it or have all others.
    pub(super) fn differ_in_one(&self, labels: &Labels<'_>) -> Option<(&'t str, &'t str)> {
        let mut others = self.0.iter().filter(|(key, value)| labels.get(key) != Some(*value));
        let &(key, value) = others.next()?;
        let is_close = others.next().is_none()
            && match labels.get(key) {
                Some(other) => other.starts_with(value) || value.starts_with(other) || super::is_misspelt(value, other),
                None => self.0.len() > 1,
            };
        is_close.then_some((key, value))
    }

    /// Returns whether all pairs are among some labels.
    pub(super) fn select(&self, labels: &Labels<'_>) -> bool {
        self.0.iter().all(|(key, value)| labels.get(key) == Some(*value))
    }
}

/// A label selector: `matchLabels` and `matchExpressions`.
pub(super) struct Selector<'t> {
    pub(super) pairs: Labels<'t>,
    expressions: Vec<Expression<'t>>,
}

struct Expression<'t> {
    key: &'t str,
    operator: &'t str,
    values: Vec<&'t str>,
}

impl<'t> Selector<'t> {
    pub(super) fn of(tree: &'t Tree, node: NodeId) -> Selector<'t> {
        let text = |node: NodeId, key: &str| tree.get(node, key).map(|node| tree.text(node)).unwrap_or_default();
        let expressions = tree.get(node, "matchExpressions").into_iter().flat_map(|list| tree.items(list));
        let expression = |node: NodeId| {
            let values = tree.get(node, "values").into_iter().flat_map(|list| tree.items(list));
            let values = values.map(|value| tree.text(value)).collect();
            Expression { key: text(node, "key"), operator: text(node, "operator"), values }
        };
        Selector {
            pairs: Labels::of(tree, tree.get(node, "matchLabels").filter(|&node| !is_null(tree, node))),
            expressions: expressions.map(expression).collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pairs.is_empty() && self.expressions.is_empty()
    }

    /// Returns whether labels are selected. What is not understood selects everything.
    pub(super) fn selects(&self, labels: &Labels<'_>) -> bool {
        self.pairs.select(labels)
            && self.expressions.iter().all(|expression| {
                let value = labels.get(expression.key);
                match expression.operator {
                    "In" => value.is_some_and(|value| expression.values.contains(&value)),
                    "NotIn" => value.is_none_or(|value| !expression.values.contains(&value)),
                    "Exists" => value.is_some(),
                    "DoesNotExist" => value.is_none(),
                    _ => true,
                }
            })
    }
}
