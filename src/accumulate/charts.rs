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

impl Accumulator<'_, '_> {
    /// `helmCharts`: all are checked before the first one is asked for.
    pub(super) fn charts(
        &mut self,
        root: &Arc<Root>,
        file: &Kustomization,
        origin: Option<&Arc<ObjectOrigin>>,
        resources: &mut ResMap,
        gathered: &mut Gathered,
    ) -> Result<(), Errors> {
        let is_recording = self.session.is_recording;
        let (plugins, restrictions) = (self.plugins, self.restrictions);
        let namespace = self.helm_namespace.clone();
        let inputs = &mut gathered.inputs;
        let mut context = helm::Context { session: &mut *self.session, root, restrictions, plugins, inputs };
        let mut report = Report::default();
        let mut charts = Vec::with_capacity(file.helm_charts.len());
        for entry in &file.helm_charts {
            charts.extend(report.keep(helm::check(entry, &file.helm_globals, namespace.as_deref(), &mut context)));
            if report.diagnostics.iter().any(|error| error.code == Code::HelmDisabled) {
                break;
            }
        }
        if report.has_errors() {
            return Err(report.diagnostics);
        }
        helm::share_api_versions(&mut charts, &mut self.helm_api_versions);
        for (index, (chart, entry)) in charts.iter().zip(&file.helm_charts).enumerate() {
            let by = context.session.directive("helmCharts", Some(index), entry.place);
            let made = helm::inflate(chart, &mut context)?;
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
}
