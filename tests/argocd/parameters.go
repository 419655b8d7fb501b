package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
)

type parameter = v1alpha1.ApplicationSourcePluginParameter

func text(name, value string) parameter { return parameter{Name: name, String_: &value} }

func array(name string, values ...string) parameter {
	return parameter{Name: name, OptionalArray: &v1alpha1.OptionalArray{Array: values}}
}

func mapping(name string, pairs ...string) parameter {
	return parameter{Name: name, OptionalMap: &v1alpha1.OptionalMap{Map: pairsOf(pairs)}}
}

// parametersOnly is about what the built-in support does not have: other ways to say the same, and what is no parameter.
func parametersOnly(r *rig, c *report) error {
	plain := application{name: "shop", tree: r.repository(), path: "overlays/plain"}
	top := application{name: "shop", tree: r.repository(), path: "."}
	same := func(name string, expected *block, given application) {
		c.run("parameters "+name, func() error {
			theirs := r.render(plain.byBuiltIn(expected))
			if theirs.err != nil {
				return theirs.err
			}
			if words := theirs.differs(r.render(given)); words != "" {
				return errors.New(words)
			}
			return nil
		})
	}
	refused := func(name, words string, given application) {
		c.run("parameters "+name, func() error { return fails(r, given, words) })
	}
	with := func(a application, all ...parameter) application {
		return a.byPlugin(v1alpha1.ApplicationSourcePluginParameters(all))
	}
	variables := func(a application, pairs ...string) application {
		a = a.byPlugin(nil)
		for i := 0; i+1 < len(pairs); i += 2 {
			a.plugin.Env = append(a.plugin.Env, &v1alpha1.EnvEntry{Name: pairs[i], Value: pairs[i+1]})
		}
		return a
	}
	tagged := &block{Images: v1alpha1.KustomizeImages{"nginx:1.27"}}

	same("none", nil, with(plain))
	same("an empty list", nil, plain.byPlugin(v1alpha1.ApplicationSourcePluginParameters{}))
	same("without values", nil, with(plain, parameter{Name: "images"}, parameter{Name: "namespace"}, parameter{Name: "replicas"},
		parameter{Name: "kustomize"}, parameter{Name: "overlay"}))
	same("empty values", nil, with(plain, array("images"), text("namespace", ""), mapping("replicas"), text("kustomize", "")))
	same("overlay", nil, with(top, text("overlay", "overlays/plain")))
	same("overlay and an override", tagged, with(top, text("overlay", "overlays/plain"), array("images", "nginx:1.27")))
	same("a block as YAML", tagged, with(plain, text("kustomize", "images:\n- nginx:1.27\n")))
	same("a parameter wins over the block", tagged,
		with(plain, text("kustomize", "images: ['nginx:0']\n"), array("images", "nginx:1.27")))
	same("a patch as YAML", &block{Patches: v1alpha1.KustomizePatches{{Patch: operations, Target: selector("Deployment", "")}}},
		with(plain, array("patches", "target:\n  kind: Deployment\npatch: |\n  "+strings.ReplaceAll(strings.TrimSuffix(operations, "\n"), "\n", "\n  ")+"\n")))
	same("a variable", &block{Namespace: "shop"}, variables(plain, "RUSTOMIZE_NAMESPACE", "shop"))
	same("a variable as YAML", tagged, variables(plain, "RUSTOMIZE_IMAGES", "['nginx:1.27']"))
	same("a variable of another tool", nil, variables(plain, "OTHER", "x"))
	same("a variable with the application", &block{NamePrefix: "shop-"}, variables(plain, "RUSTOMIZE_NAME_PREFIX", "$ARGOCD_APP_NAME-"))
	same("a variable cannot allow", nil, variables(plain, "ALLOW", "empty,helm,network"))

	refused("unknown", "`image`", with(plain, array("image", "nginx:1.27")))
	refused("of the wrong form", "`images`", with(plain, text("images", "nginx:1.27")))
	refused("twice", "`namespace`", with(plain, text("namespace", "a"), text("namespace", "b")))
	refused("an unknown option", "`label-options`", with(plain, array("label-options", "without-selectors")))
	refused("an unknown field of the block", "namePrefx", with(plain, text("kustomize", "namePrefx: a")))
	refused("no block", "`kustomize`", with(plain, text("kustomize", "- a")))
	refused("a flag as an image", "`--help`", with(plain, array("images", "--help")))
	refused("overlay that is not there", "overlays/absent", with(top, text("overlay", "overlays/absent")))
	for _, overlay := range []string{"..", "../plain", "/etc", "overlays/../..", "overlays/plain/../../.."} {
		refused("overlay "+overlay, "`overlay`", with(top, text("overlay", overlay)))
	}

	// Overrides in the repository: what Image Updater writes.
	c.run("parameters .argocd-source.yaml", func() error {
		tree, err := r.checkout(r.repository())
		if err != nil {
			return err
		}
		source := filepath.Join(tree, plain.path, ".argocd-source-shop.yaml")
		if err := write(source, "plugin:\n  parameters:\n  - name: images\n    array: ['nginx:1.27']\n"); err != nil {
			return err
		}
		ours := r.render(application{name: "shop", tree: tree, path: plain.path}.byPlugin(nil))
		if words := r.render(plain.byBuiltIn(tagged)).differs(ours); words != "" || ours.err != nil {
			return fmt.Errorf("%s %w", words, ours.err)
		}
		return nil
	})
	return nil
}

// fails says whether an Application is refused with certain words, the same ones twice.
func fails(r *rig, a application, words string) error {
	first, second := r.render(a), r.render(a)
	switch {
	case first.err == nil:
		return fmt.Errorf("it renders %d objects", len(first.manifests))
	case second.err == nil || second.err.Error() != first.err.Error():
		return fmt.Errorf("a second attempt says something else:\n    %w\n    %w", first.err, second.err)
	case strings.Contains(first.err.Error(), "_cmp_server") || strings.Contains(first.err.Error(), r.work):
		return fmt.Errorf("it names a place that is another one each time: %w", first.err)
	}
	_, said, isOurs := strings.Cut(first.err.Error(), "`rustomize argocd generate` failed exit status 1: ")
	if !isOurs {
		return fmt.Errorf("it does not end as a refusal does: %w", first.err)
	}
	if line, _, _ := strings.Cut(said, "\n"); !strings.Contains(line, words) {
		return fmt.Errorf("its first line does not say `%s`:\n    %s", words, said)
	}
	return nil
}
