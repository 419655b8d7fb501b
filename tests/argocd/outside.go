package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
)

// marker stands in each file that no render may read.
const marker = "belongs-to-another-tenant"

// outside is about files beside the tree of a request. Argo CD keeps all requests below one directory and runs all plugins as one
// user, so that nothing else stands between one tenant's render and another's files.
func outside(r *rig, c *report) error {
	if r.sockets != "" { // Where that server keeps requests is not known.
		return nil
	}
	neighbour := filepath.Join(r.servers[0].requests, "neighbour")
	for path, content := range map[string]string{
		"kustomization.yaml":           "resources: [secret.yaml]\n",
		"component/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncommonAnnotations: {a: " + marker + "}\n",
		"secret.yaml":                  "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: secret\ndata:\n  value: " + marker + "\n",
		"patch.yaml":                   "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  annotations:\n    a: " + marker + "\n",
		"operations.yaml":              "- op: add\n  path: /metadata/annotations\n  value: {a: " + marker + "}\n",
		"values.env":                   "VALUE=" + marker + "\n",
		"replacement.yaml":             "source: {kind: Service, name: web}\ntargets: [{select: {kind: Service}, fieldPaths: [metadata.name]}]\n",
		"schema.json":                  `{"definitions": {"` + marker + `": {}}}`,
		"configuration.yaml":           "namePrefix: [{path: " + marker + ", create: true}]\n",
		"transformer.yaml": "apiVersion: builtin\nkind: AnnotationsTransformer\nmetadata: {name: a}\nannotations: {a: " + marker +
			"}\nfieldSpecs: [{path: metadata/annotations, create: true}]\n",
		"chart/Chart.yaml": "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
	} {
		if err := write(filepath.Join(neighbour, path), content); err != nil {
			return err
		}
	}
	// From where an Application is, and by its place in the file system.
	for _, way := range []string{"../../../neighbour", neighbour, "../../../../_cmp_server/neighbour"} {
		for name, field := range map[string]string{
			"a resource":               "resources: [%s/secret.yaml]",
			"a base":                   "resources: [%s]",
			"a former base":            "bases: [%s]",
			"a component":              "components: [%s/component]",
			"a patch":                  "patches: [{path: %s/patch.yaml}]",
			"a patch with a target":    "patches: [{path: %s/operations.yaml, target: {kind: Service}}]",
			"a strategic patch":        "patchesStrategicMerge: [%s/patch.yaml]",
			"a JSON patch":             "patchesJson6902: [{path: %s/operations.yaml, target: {version: v1, kind: Service, name: web}}]",
			"a file of a ConfigMap":    "configMapGenerator: [{name: a, files: [%s/secret.yaml]}]",
			"a key of a ConfigMap":     "configMapGenerator: [{name: a, files: [key=%s/secret.yaml]}]",
			"variables of a ConfigMap": "configMapGenerator: [{name: a, envs: [%s/values.env]}]",
			"variables of a Secret":    "secretGenerator: [{name: a, env: %s/values.env}]",
			"a file of a Secret":       "secretGenerator: [{name: a, files: [%s/values.env]}]",
			"a replacement":            "replacements: [{path: %s/replacement.yaml}]",
			"a schema":                 "openapi: {path: %s/schema.json}",
			"a configuration":          "configurations: [%s/configuration.yaml]",
			"a CRD":                    "crds: [%s/schema.json]",
			"a generator":              "generators: [%s/transformer.yaml]",
			"a transformer":            "transformers: [%s/transformer.yaml]",
			"a validator":              "validators: [%s/transformer.yaml]",
			"a chart's home":           "helmGlobals: {chartHome: %s}\nhelmCharts: [{name: chart}]",
			"a chart's values":         "helmCharts: [{name: chart, valuesFile: %s/secret.yaml}]",
		} {
			c.run(fmt.Sprintf("outside %s by %s", name, strings.ReplaceAll(way, r.work, "…")), func() error {
				kustomization := "resources: [service.yaml]\n" + fmt.Sprintf(field, way) + "\n"
				if strings.HasPrefix(field, "resources") {
					kustomization = fmt.Sprintf(field, way) + "\n"
				}
				tree, err := r.tree(map[string]string{"overlays/a/kustomization.yaml": kustomization, "overlays/a/service.yaml": service})
				if err != nil {
					return err
				}
				return r.keepsOut(application{name: "a", tree: tree, path: "overlays/a"}.byPlugin(nil))
			})
		}
	}
	// By parameters.
	plain := application{name: "shop", tree: r.repository(), path: "overlays/plain"}
	for _, way := range []string{"../../../neighbour", neighbour} {
		for name, given := range map[string]parameter{
			"a component":           array("components", way+"/component"),
			"a patch":               array("patches", "path: "+way+"/patch.yaml"),
			"a patch with a target": array("patches", "path: "+way+"/operations.yaml\ntarget: {kind: Service}"),
			"an overlay":            text("overlay", way),
			"a whole block":         text("kustomize", "components: ["+way+"/component]"),
		} {
			c.run(fmt.Sprintf("outside %s as a parameter by %s", name, strings.ReplaceAll(way, r.work, "…")), func() error {
				return r.keepsOut(plain.byPlugin(v1alpha1.ApplicationSourcePluginParameters{given}))
			})
		}
	}
	return links(r, c, neighbour)
}

const service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n"

// links is about symbolic links: those that stay inside work as for the built-in support, the others lead nowhere.
func links(r *rig, c *report, neighbour string) error {
	for name, points := range map[string]string{
		"to a file of another":    neighbour + "/secret.yaml",
		"to a file of the system": "/etc/hostname",
		"to a process":            "/proc/self/environ",
		"up and out":              "../../../neighbour/secret.yaml",
		"to itself":               "linked.yaml",
		"to nothing":              "absent.yaml",
	} {
		c.run("outside a link "+name, func() error {
			tree, err := r.tree(map[string]string{"overlays/a/kustomization.yaml": "configMapGenerator: [{name: a, files: [linked.yaml]}]\n"})
			if err != nil {
				return err
			}
			if err := os.Symlink(points, filepath.Join(tree, "overlays/a/linked.yaml")); err != nil {
				return err
			}
			return r.keepsOut(application{name: "a", tree: tree, path: "overlays/a"}.byPlugin(nil))
		})
	}
	for name, link := range map[string][2]string{
		"a file beside it":            {"overlays/a/linked.yaml", "service.yaml"},
		"a file of another directory": {"overlays/a/linked.yaml", "../../base/service.yaml"},
		"a directory":                 {"overlays/a/linked", "../../base"},
		"the application":             {"overlays/b", "a"},
	} {
		c.run("outside a link that stays inside, "+name, func() error {
			resource := strings.TrimPrefix(link[0], "overlays/a/")
			if link[0] == "overlays/b" {
				resource = "service.yaml"
			}
			tree, err := r.tree(map[string]string{
				"overlays/a/kustomization.yaml": "namePrefix: a-\nresources: [" + resource + "]\n", "overlays/a/service.yaml": service,
				"base/kustomization.yaml": "resources: [service.yaml]\n", "base/service.yaml": service})
			if err != nil {
				return err
			}
			if err := os.Symlink(link[1], filepath.Join(tree, link[0])); err != nil {
				return err
			}
			path := "overlays/a"
			if link[0] == "overlays/b" {
				path = link[0]
			}
			_, err = r.sameByBoth(application{name: "a", tree: tree, path: path})
			return err
		})
	}
	return nil
}

// tree makes a repository of files.
func (r *rig) tree(files map[string]string) (string, error) {
	tree, err := os.MkdirTemp(r.work, "tree-")
	if err != nil {
		return "", err
	}
	for path, content := range files {
		if err := write(filepath.Join(tree, path), content); err != nil {
			return "", err
		}
	}
	return tree, nil
}

// keepsOut says whether an Application is refused without a word of what another's file holds.
func (r *rig) keepsOut(a application) error {
	done := r.render(a)
	if done.err == nil {
		return fmt.Errorf("it renders: %s", strings.Join(done.manifests, "\n"))
	}
	if strings.Contains(done.err.Error(), marker) {
		return fmt.Errorf("it tells: %w", done.err)
	}
	return nil
}
