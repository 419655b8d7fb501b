package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/reposerver/apiclient"
	"github.com/argoproj/argo-cd/v3/reposerver/repository"
	"k8s.io/apimachinery/pkg/api/resource"
)

const (
	revision   = "5b0c1f6e8d9a4b7c3e2f1a0b9c8d7e6f5a4b3c2d"
	pluginName = "rustomize"
	deadline   = 120 * time.Second
)

// application is what an Application says, as far as rendering is concerned.
type application struct {
	name string
	// The repository, and the directory of the Application in it.
	tree, path string
	kustomize  *v1alpha1.ApplicationSourceKustomize
	plugin     *v1alpha1.ApplicationSourcePlugin
	// The annotation `argocd.argoproj.io/manifest-generate-paths`.
	paths      string
	exclusions []string
}

// byBuiltIn returns the Application with overrides for the built-in support.
func (a application) byBuiltIn(block *v1alpha1.ApplicationSourceKustomize) application {
	a.kustomize = block
	if a.kustomize == nil {
		a.kustomize = &v1alpha1.ApplicationSourceKustomize{}
	}
	return a
}

// byPlugin returns the Application with parameters for the plugin.
func (a application) byPlugin(parameters v1alpha1.ApplicationSourcePluginParameters) application {
	a.plugin = &v1alpha1.ApplicationSourcePlugin{Name: pluginName, Parameters: parameters}
	return a
}

// rendering is what Argo CD has in the end: an object per manifest, as JSON, or why there is none.
type rendering struct {
	manifests []string
	source    string
	err       error
}

// render does what the repo-server does for an Application. The tree is copied where the built-in support will write into it.
func (r *rig) render(a application) rendering {
	tree := a.tree
	if a.plugin == nil {
		copied, err := r.checkout(a.tree)
		if err != nil {
			return rendering{err: err}
		}
		defer os.RemoveAll(copied)
		tree = copied
	}
	return renderAt(tree, a)
}

func renderAt(tree string, a application) rendering {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	request := &apiclient.ManifestRequest{
		Repo:        &v1alpha1.Repository{Repo: "https://git.example/fleet.git"},
		Revision:    revision,
		AppLabelKey: "app.kubernetes.io/instance",
		AppName:     a.name,
		Namespace:   "destination",
		ProjectName: "default",
		ApplicationSource: &v1alpha1.ApplicationSource{
			RepoURL:        "https://git.example/fleet.git",
			Path:           a.path,
			TargetRevision: "main",
			Kustomize:      a.kustomize,
			Plugin:         a.plugin,
		},
		KubeVersion:                     "1.33.0",
		ApiVersions:                     []string{"apps/v1/Deployment", "v1/Service"},
		TrackingMethod:                  "annotation",
		AnnotationManifestGeneratePaths: a.paths,
	}
	response, err := repository.GenerateManifests(ctx, filepath.Join(tree, a.path), tree, revision, request, false,
		nil, resource.MustParse("0"), nil,
		repository.WithCMPTarExcludedGlobs(a.exclusions),
		repository.WithCMPUseManifestGeneratePaths(a.paths != ""))
	if err != nil {
		return rendering{err: err}
	}
	return rendering{manifests: response.Manifests, source: response.SourceType}
}

// differs says how two renderings are not the same, or nothing. Two failures are the same: the reference's words are not ours.
func (r rendering) differs(other rendering) string {
	switch {
	case r.err != nil && other.err != nil:
		return ""
	case r.err != nil:
		return fmt.Sprintf("fails here and not there: %v", r.err)
	case other.err != nil:
		return fmt.Sprintf("fails there and not here: %v", other.err)
	case len(r.manifests) != len(other.manifests):
		return fmt.Sprintf("%d objects and %d", len(r.manifests), len(other.manifests))
	}
	for i, manifest := range r.manifests {
		if manifest != other.manifests[i] {
			return fmt.Sprintf("object %d:\n    %s\n    %s", i, manifest, other.manifests[i])
		}
	}
	return ""
}

// parameters spells the built-in's block as parameters of the plugin.
func parameters(block *v1alpha1.ApplicationSourceKustomize) v1alpha1.ApplicationSourcePluginParameters {
	var all v1alpha1.ApplicationSourcePluginParameters
	text := func(name, value string) {
		if value != "" {
			all = append(all, v1alpha1.ApplicationSourcePluginParameter{Name: name, String_: &value})
		}
	}
	array := func(name string, values []string) {
		if len(values) > 0 {
			all = append(all, v1alpha1.ApplicationSourcePluginParameter{
				Name: name, OptionalArray: &v1alpha1.OptionalArray{Array: values}})
		}
	}
	mapping := func(name string, values map[string]string) {
		if len(values) > 0 {
			all = append(all, v1alpha1.ApplicationSourcePluginParameter{
				Name: name, OptionalMap: &v1alpha1.OptionalMap{Map: values}})
		}
	}
	options := func(name string, words map[string]bool) {
		var set []string
		for _, word := range []string{"force", "without-selector", "include-templates", "envsubst"} {
			if words[word] {
				set = append(set, word)
			}
		}
		array(name, set)
	}
	text("name-prefix", block.NamePrefix)
	text("name-suffix", block.NameSuffix)
	text("namespace", block.Namespace)
	var images []string
	for _, image := range block.Images {
		images = append(images, string(image))
	}
	array("images", images)
	replicas := map[string]string{}
	for _, replica := range block.Replicas {
		replicas[replica.Name] = replica.Count.String()
	}
	mapping("replicas", replicas)
	mapping("common-labels", block.CommonLabels)
	options("label-options", map[string]bool{"force": block.ForceCommonLabels,
		"without-selector": block.LabelWithoutSelector, "include-templates": block.LabelIncludeTemplates})
	mapping("common-annotations", block.CommonAnnotations)
	options("annotation-options",
		map[string]bool{"force": block.ForceCommonAnnotations, "envsubst": block.CommonAnnotationsEnvsubst})
	var patches []string
	for _, patch := range block.Patches {
		patches = append(patches, asJSON(patch))
	}
	array("patches", patches)
	array("components", block.Components)
	if block.IgnoreMissingComponents {
		text("ignore-missing-components", "true")
	}
	text("kube-version", block.KubeVersion)
	array("api-versions", block.APIVersions)
	return all
}

// whole spells the block as the one parameter that holds all of it.
func whole(block *v1alpha1.ApplicationSourceKustomize) v1alpha1.ApplicationSourcePluginParameters {
	text := asJSON(block)
	return v1alpha1.ApplicationSourcePluginParameters{{Name: "kustomize", String_: &text}}
}

func asJSON(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // Types of Argo CD that are made to be written as JSON.
	}
	return string(text)
}
