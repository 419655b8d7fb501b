package main

import (
	"fmt"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

type block = v1alpha1.ApplicationSourceKustomize

const digest = "sha256:24a0c4b4a4c0eb97a1aabb8e29f18e917d05abfe1b7a7c07857230879ce7d3d3"

// override is one thing that an Application may say about a kustomization.
type override struct {
	// The field of `spec.source.kustomize` that it is about.
	field string
	// What it is, for the name of the case.
	name string
	set  func(*block)
	// Both are to refuse it on the overlay `plain`.
	isRefused bool
}

// field describes what the built-in support offers, and where the plugin has it.
type field struct{ name, parameter, note string }

// fields are all fields of the built-in's block, in the order of Argo CD's documentation.
var fields = []field{
	{"namePrefix", "`name-prefix`", ""},
	{"nameSuffix", "`name-suffix`", ""},
	{"namespace", "`namespace`", ""},
	{"images", "`images`", "`$ARGOCD_APP_…` is substituted"},
	{"replicas", "`replicas`", ""},
	{"commonLabels", "`common-labels`", "`$ARGOCD_APP_…` is substituted"},
	{"forceCommonLabels", "`label-options`: `force`", ""},
	{"labelWithoutSelector", "`label-options`: `without-selector`", ""},
	{"labelIncludeTemplates", "`label-options`: `include-templates`", ""},
	{"commonAnnotations", "`common-annotations`", ""},
	{"forceCommonAnnotations", "`annotation-options`: `force`", ""},
	{"commonAnnotationsEnvsubst", "`annotation-options`: `envsubst`", ""},
	{"patches", "`patches`", ""},
	{"components", "`components`", ""},
	{"ignoreMissingComponents", "`ignore-missing-components`", ""},
	{"kubeVersion", "`kube-version`", "only charts ask for it"},
	{"apiVersions", "`api-versions`", "only charts ask for it"},
}

func image(texts ...string) func(*block) {
	return func(b *block) {
		for _, text := range texts {
			b.Images = append(b.Images, v1alpha1.KustomizeImage(text))
		}
	}
}

func replica(name string, count intstr.IntOrString) func(*block) {
	return func(b *block) { b.Replicas = append(b.Replicas, v1alpha1.KustomizeReplica{Name: name, Count: count}) }
}

func label(pairs ...string) func(*block) {
	return func(b *block) { b.CommonLabels = pairsOf(pairs) }
}

func annotation(pairs ...string) func(*block) {
	return func(b *block) { b.CommonAnnotations = pairsOf(pairs) }
}

func pairsOf(words []string) map[string]string {
	pairs := map[string]string{}
	for i := 0; i+1 < len(words); i += 2 {
		pairs[words[i]] = words[i+1]
	}
	return pairs
}

func patch(patches ...v1alpha1.KustomizePatch) func(*block) {
	return func(b *block) { b.Patches = append(b.Patches, patches...) }
}

func selector(kind, name string) *v1alpha1.KustomizeSelector {
	return &v1alpha1.KustomizeSelector{KustomizeResId: v1alpha1.KustomizeResId{
		KustomizeGvk: v1alpha1.KustomizeGvk{Kind: kind}, Name: name}}
}

func components(names ...string) func(*block) {
	return func(b *block) { b.Components = append(b.Components, names...) }
}

// all sets several things.
func all(parts ...func(*block)) func(*block) {
	return func(b *block) {
		for _, part := range parts {
			part(b)
		}
	}
}

func force(b *block)           { b.ForceCommonLabels = true }
func withoutSelector(b *block) { b.LabelWithoutSelector = true }
func templates(b *block)       { b.LabelIncludeTemplates = true }
func forceAnnotations(b *block) {
	b.ForceCommonAnnotations = true
}
func envsubst(b *block)      { b.CommonAnnotationsEnvsubst = true }
func ignoreMissing(b *block) { b.IgnoreMissingComponents = true }

const (
	strategic = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
      - name: web
        env:
        - name: ADDED
          value: "true"
`
	operations = `- op: replace
  path: /spec/replicas
  value: 7
`
)

// catalogue is every override that is tested alone, on each overlay of the repository. Random combinations draw from it too.
var catalogue = []override{
	{"namePrefix", "usual", func(b *block) { b.NamePrefix = "team-" }, false},
	{"namePrefix", "digits", func(b *block) { b.NamePrefix = "1" }, false},
	{"namePrefix", "like a flag", func(b *block) { b.NamePrefix = "--force" }, false},
	{"namePrefix", "true", func(b *block) { b.NamePrefix = "true" }, false},
	{"namePrefix", "colon and hash", func(b *block) { b.NamePrefix = "a: #b" }, false},
	{"nameSuffix", "usual", func(b *block) { b.NameSuffix = "-v2" }, false},
	{"nameSuffix", "number", func(b *block) { b.NameSuffix = "010" }, false},
	{"nameSuffix", "beyond ASCII", func(b *block) { b.NameSuffix = "-ü" }, false},
	{"namespace", "usual", func(b *block) { b.Namespace = "shop" }, false},
	{"namespace", "number", func(b *block) { b.Namespace = "42" }, false},
	{"namespace", "capitals", func(b *block) { b.Namespace = "Not_A_Name" }, false},
	{"images", "tag", image("nginx:1.27"), false},
	{"images", "digest", image("nginx@" + digest), false},
	{"images", "tag and digest", image("nginx:1.27@" + digest), false},
	{"images", "new name", image("nginx=registry.example/nginx"), false},
	{"images", "new name and tag", image("nginx=registry.example:5000/nginx:1.27"), false},
	{"images", "new name and digest", image("postgres=registry.example/postgres@" + digest), false},
	{"images", "several", image("nginx:1.27", "busybox:2", "registry.example/team/migrate:3"), false},
	{"images", "same twice", image("nginx:1.27", "nginx:1.28"), false},
	{"images", "port in the name", image("registry.example:5000/team/proxy:2"), false},
	{"images", "not in the tree", image("absent:1"), false},
	{"images", "revision", image("nginx:$ARGOCD_APP_REVISION_SHORT"), false},
	{"images", "name of the application", image("nginx=registry.example/${ARGOCD_APP_NAME}:v1"), false},
	{"images", "unknown variable", image("nginx:a${NOT_SET}b"), false},
	{"images", "two dollars", image("nginx:$$HOME"), false},
	{"images", "star", image("nginx=*:v2"), false},
	{"images", "numeric tag", image("nginx:010"), false},
	{"images", "neither tag nor name", image("nginx"), true},
	{"images", "empty", image(""), true},
	{"replicas", "usual", replica("web", intstr.FromInt32(5)), false},
	{"replicas", "none", replica("web", intstr.FromInt32(0)), false},
	{"replicas", "text", replica("store", intstr.FromString("3")), false},
	{"replicas", "leading zeros", replica("store", intstr.FromString("007")), false},
	{"replicas", "plus", replica("store", intstr.FromString("+2")), false},
	{"replicas", "negative", replica("web", intstr.FromInt32(-1)), false},
	{"replicas", "no number", replica("web", intstr.FromString("many")), true},
	{"replicas", "no such object", replica("absent", intstr.FromInt32(1)), true},
	{"replicas", "two", all(replica("web", intstr.FromInt32(1)), replica("store", intstr.FromInt32(2))), false},
	{"commonLabels", "usual", label("cost-centre", "c42"), false},
	{"commonLabels", "several", label("cost-centre", "c42", "example.com/part", "shop"), false},
	{"commonLabels", "number", label("release", "10"), false},
	{"commonLabels", "truth", label("enabled", "yes"), false},
	{"commonLabels", "application", label("application", "$ARGOCD_APP_NAME"), false},
	{"commonLabels", "revision in braces", label("revision", "r-${ARGOCD_APP_REVISION_SHORT_8}"), false},
	{"commonLabels", "unknown variable", label("nothing", "${NOT_SET}"), false},
	{"commonLabels", "empty value", label("empty", ""), false},
	{"commonLabels", "colon in the value", label("times", "12:30"), false},
	{"commonLabels", "comma in the value", label("list", "a,b"), false},
	{"commonLabels", "there already", label("team", "mine"), false},
	{"commonLabels", "no name of a label", label("not a name!", "a"), false},
	{"forceCommonLabels", "there already", all(label("team", "mine"), force), false},
	{"forceCommonLabels", "new", all(label("cost-centre", "c42"), force), false},
	{"labelWithoutSelector", "usual", all(label("cost-centre", "c42"), withoutSelector), false},
	{"labelWithoutSelector", "forced", all(label("team", "mine"), force, withoutSelector), false},
	{"labelWithoutSelector", "there already", all(label("team", "mine"), withoutSelector), false},
	{"labelIncludeTemplates", "usual", all(label("cost-centre", "c42"), withoutSelector, templates), false},
	{"labelIncludeTemplates", "with selectors", all(label("cost-centre", "c42"), templates), true},
	{"commonAnnotations", "usual", annotation("example.com/contact", "team@example.com"), false},
	{"commonAnnotations", "not substituted", annotation("example.com/app", "$ARGOCD_APP_NAME"), false},
	{"commonAnnotations", "address", annotation("example.com/link", "https://example.com/a?b=c"), false},
	{"commonAnnotations", "truth and number", annotation("a", "true", "b", "1e3"), false},
	{"commonAnnotations", "comma", annotation("list", "a,b"), false},
	{"commonAnnotations", "quotes", annotation("quoted", `"a" 'b'`), false},
	{"commonAnnotations", "empty value", annotation("empty", ""), false},
	{"commonAnnotations", "lines", annotation("text", "one\ntwo\n"), false},
	{"commonAnnotations", "there already", annotation("owner", "me"), false},
	{"forceCommonAnnotations", "there already", all(annotation("owner", "me"), forceAnnotations), false},
	{"commonAnnotationsEnvsubst", "usual", all(annotation("example.com/app", "$ARGOCD_APP_NAME"), envsubst), false},
	{"commonAnnotationsEnvsubst", "several", all(annotation("a", "${ARGOCD_APP_REVISION}", "b", "$$c $NOT_SET"), envsubst), false},
	{"patches", "strategic", patch(v1alpha1.KustomizePatch{Patch: strategic}), false},
	{"patches", "operations", patch(v1alpha1.KustomizePatch{Patch: operations, Target: selector("Deployment", "")}), false},
	{"patches", "pattern", patch(v1alpha1.KustomizePatch{Patch: operations, Target: selector("Deployment|StatefulSet", ".*e.*")}), false},
	{"patches", "by label", patch(v1alpha1.KustomizePatch{Patch: operations,
		Target: &v1alpha1.KustomizeSelector{LabelSelector: "app=web"}}), false},
	{"patches", "file", patch(v1alpha1.KustomizePatch{Path: "limits.yaml"}), false},
	{"patches", "deletion", patch(v1alpha1.KustomizePatch{
		Patch: "$patch: delete\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: edge\n"}), false},
	{"patches", "new name", patch(v1alpha1.KustomizePatch{Target: selector("Service", "web"),
		Patch:   "- op: replace\n  path: /metadata/name\n  value: renamed\n",
		Options: map[string]bool{"allowNameChange": true}}), false},
	{"patches", "two", patch(v1alpha1.KustomizePatch{Patch: strategic},
		v1alpha1.KustomizePatch{Patch: operations, Target: selector("Deployment", "web")}), false},
	{"patches", "no target", patch(v1alpha1.KustomizePatch{Patch: "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: absent\n"}), true},
	{"patches", "no YAML", patch(v1alpha1.KustomizePatch{Patch: "a: [", Target: selector("Deployment", "")}), true},
	{"patches", "no such field", patch(v1alpha1.KustomizePatch{Target: selector("Service", ""),
		Patch: "- op: remove\n  path: /spec/absent\n"}), true},
	{"patches", "no such file", patch(v1alpha1.KustomizePatch{Path: "absent.yaml"}), true},
	{"patches", "neither file nor text", patch(v1alpha1.KustomizePatch{Target: selector("Service", "")}), true},
	{"patches", "values to be quoted", patch(v1alpha1.KustomizePatch{
		Patch: "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  annotations:\n    a: \"yes\"\n    b: \"0x1F\"\n    c: |\n      two\n      lines\n"}), false},
	{"components", "one", components("../../components/debug"), false},
	{"components", "two", components("../../components/debug", "../../components/labels"), false},
	{"components", "same twice", components("../../components/labels", "../../components/labels"), false},
	{"components", "there already", components("../../components/metrics"), false},
	{"components", "missing", components("../../components/absent"), true},
	{"components", "no component", components("../../base"), true},
	{"components", "outside", components("../../../../elsewhere"), true},
	{"ignoreMissingComponents", "one of two", all(components("../../components/absent", "../../components/debug"), ignoreMissing), false},
	{"ignoreMissingComponents", "all", all(components("../../components/absent", "nothing"), ignoreMissing), false},
	{"ignoreMissingComponents", "none missing", all(components("../../components/labels"), ignoreMissing), false},
	{"ignoreMissingComponents", "outside", all(components("../../../../elsewhere"), ignoreMissing), false},
	{"ignoreMissingComponents", "nothing to add", ignoreMissing, false},
	{"kubeVersion", "usual", func(b *block) { b.KubeVersion = "1.31.2" }, false},
	{"apiVersions", "usual", func(b *block) { b.APIVersions = []string{"monitoring.coreos.com/v1/ServiceMonitor"} }, false},
}

// paths are the overlays of the repository.
var paths = []string{"overlays/plain", "overlays/labelled", "overlays/numbers", "overlays/kustomization-yml",
	"overlays/no-extension", "overlays/fields"}

// overrides compares each override alone: by the built-in support, by parameters, and by the one parameter with the block.
func overrides(r *rig, c *report) error {
	var cases []func()
	for _, override := range catalogue {
		for _, path := range paths {
			name := fmt.Sprintf("overrides %s, %s, %s", override.field, override.name, path)
			if !c.wants(name) {
				continue
			}
			cases = append(cases, func() { c.check(name, r.override(override, path)) })
		}
	}
	together(cases)
	return nil
}

func (r *rig) override(override override, path string) error {
	wanted := &block{}
	override.set(wanted)
	theirs, err := r.sameWith(application{name: "shop", tree: r.repository(), path: path}, wanted)
	if err != nil {
		return err
	}
	if isRefused := theirs.err != nil; path == paths[0] && isRefused != override.isRefused {
		return fmt.Errorf("the case is not what it says it is: %v", theirs.err)
	}
	return nil
}

// sameWith compares the built-in support with both spellings of the plugin.
func (r *rig) sameWith(a application, wanted *block) (rendering, error) {
	theirs := r.render(a.byBuiltIn(wanted.DeepCopy()))
	if words := theirs.differs(r.render(a.byPlugin(parameters(wanted)))); words != "" {
		return theirs, fmt.Errorf("by parameters: %s\n    %s", words, asJSON(wanted))
	}
	if words := theirs.differs(r.render(a.byPlugin(whole(wanted)))); words != "" {
		return theirs, fmt.Errorf("by the parameter kustomize: %s\n    %s", words, asJSON(wanted))
	}
	return theirs, nil
}
