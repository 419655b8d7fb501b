//! The charts of a kustomization, which helm renders and whose objects are added like generated ones.
//!
//! What is asked of helm, and what it answers, is `helm`.

use super::{Accumulator, Errors, configured, single};
use crate::accumulated::Gathered;
use crate::diagnostic::{Code, Report};
use crate::generate;
use crate::helm;
use crate::history::Recorder;
use crate::kustomization::Kustomization;
use crate::loader::Root;
use crate::object_origin::ObjectOrigin;
use crate::provenance::{Stamp, Touched};
use crate::resmap::ResMap;
use crate::resource::MadeBy;
use std::sync::Arc;

impl<'fs> Accumulator<'_, 'fs> {
    /// Checks `helmCharts` before anything is made.
    pub(super) fn check_charts(
        &mut self,
        root: &Arc<Root>,
        file: &Kustomization,
        gathered: &mut Gathered,
    ) -> Result<(), Errors> {
        let namespace = self.helm_namespace.clone();
        let mut context = self.chart_context(root, gathered);
        let mut report = Report::default();
        for entry in &file.helm_charts {
            let chart = report.keep(helm::check(entry, &file.helm_globals, namespace.as_deref(), &mut context));
            if let Some(chart) = chart {
                helm::share_api_versions(&chart, context.session);
            }
            if report.diagnostics.iter().any(|error| error.code == Code::HelmDisabled) {
                break;
            }
        }
        if report.has_errors() { Err(report.diagnostics) } else { Ok(()) }
    }

    /// Renders `helmCharts`, which were checked before.
    pub(super) fn charts(
        &mut self,
        root: &Arc<Root>,
        file: &Kustomization,
        origin: Option<&Arc<ObjectOrigin>>,
        resources: &mut ResMap,
        gathered: &mut Gathered,
    ) -> Result<(), Errors> {
        let is_recording = self.session.is_recording;
        let namespace = self.helm_namespace.clone();
        for (index, entry) in file.helm_charts.iter().enumerate() {
            let mut context = self.chart_context(root, gathered);
            let chart = helm::check(entry, &file.helm_globals, namespace.as_deref(), &mut context).map_err(single)?;
            let by = context.session.directive("helmCharts", Some(index), entry.place);
            let made = helm::inflate(&chart, &mut context)?;
            let n_made = made.len() as u32;
            let stamp = Stamp { by, place: Some(entry.place) };
            let mut recorder = Recorder::new(is_recording, resources, None);
            for resource in made {
                let mut resource = Arc::unwrap_or_clone(resource);
                if let Some(origin) = origin {
                    let kind = "HelmChartInflationGenerator";
                    resource.made_by = MadeBy::Generator(configured(origin, file, kind));
                }
                generate::absorb_at(resources, resource, entry.place, &stamp).map_err(single)?;
            }
            recorder.record(resources, Some(by), &mut gathered.removed);
            gathered.touched.insert(by, Touched { by, resources: n_made, fields: 0 });
        }
        Ok(())
    }

    fn chart_context<'c>(&'c mut self, root: &'c Arc<Root>, gathered: &'c mut Gathered) -> helm::Context<'c, 'fs> {
        helm::Context {
            session: &mut *self.session,
            root,
            restrictions: self.restrictions,
            plugins: self.plugins,
            inputs: &mut gathered.inputs,
        }
    }
}
