package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
)

// other is a plugin that differs from ours in its command alone.
const other = `apiVersion: argoproj.io/v1alpha1
kind: ConfigManagementPlugin
metadata:
  name: %s
spec:
  generate:
    command: %s
`

// latency measures requests from Argo CD's call for manifests to its answer, and prints a line per figure, tab-separated: what, how,
// and milliseconds: least, median, 95 of 100. Plugins take turns, so that what the machine does beside it meets all of them.
func latency(r *rig) error {
	if r.rustomize == "" || r.kustomize == "" {
		return errors.New("--rustomize and --kustomize say which programs")
	}
	if err := r.usual(); err != nil {
		return err
	}
	usual := filepath.Join(r.work, "usual")
	for name, command := range map[string]string{"kustomize": "[kustomize, build, .]", "nothing": "[/bin/true]"} {
		if _, err := r.serve(usual, fmt.Sprintf(other, name, command)); err != nil {
			return err
		}
	}
	small, err := r.small()
	if err != nil {
		return err
	}
	monorepo, err := r.monorepo(2000)
	if err != nil {
		return err
	}
	plugins := []string{"nothing", pluginName, "kustomize"}
	for _, set := range []struct {
		what  string
		a     application
		hands int
		runs  int
	}{
		{"small repository", application{tree: small, path: "overlays/staging"}, 1, r.runs},
		{"small repository, 4 at once", application{tree: small, path: "overlays/staging"}, 4, r.runs / 2},
		{"2,000 files", application{tree: monorepo, path: "teams/7/overlays/plain"}, 1, r.runs / 5},
		{"2,000 files, exact paths", application{tree: monorepo, path: "teams/7/overlays/plain", paths: ".;../../base"}, 1, r.runs / 2},
	} {
		set.a.name = "shop"
		measured := map[string][]float64{}
		for range 3 { // Warm, and does it work?
			for _, plugin := range plugins {
				if _, err := r.timed(set.a, plugin); err != nil {
					return err
				}
			}
		}
		var differences []float64
		for number := range max(set.runs, 6) {
			round := map[string]float64{}
			for i := range plugins {
				// What comes next meets what the one before left to clean up.
				plugin := plugins[(i+number)%len(plugins)]
				took, err := r.atOnce(set.a, plugin, set.hands)
				if err != nil {
					return err
				}
				measured[plugin] = append(measured[plugin], took...)
				round[plugin] = slices.Min(took)
			}
			differences = append(differences, round[pluginName]-round["nothing"])
		}
		for _, plugin := range plugins {
			line(set.what, plugin, measured[plugin])
		}
		line(set.what, "above nothing", differences)
	}
	if err := r.builtIn(small); err != nil {
		return err
	}
	return r.process(small)
}

// line prints a figure.
func line(what, how string, milliseconds []float64) {
	sorted := slices.Clone(milliseconds)
	slices.Sort(sorted)
	at := func(part float64) float64 { return sorted[int(part*float64(len(sorted)-1))] }
	fmt.Printf("%s\t%s\t%.2f\t%.2f\t%.2f\n", what, how, sorted[0], at(0.5), at(0.95))
}

// timed renders once and returns milliseconds.
func (r *rig) timed(a application, plugin string) (float64, error) {
	a.plugin = &v1alpha1.ApplicationSourcePlugin{Name: plugin}
	begin := time.Now()
	done := r.render(a)
	return float64(time.Since(begin).Microseconds()) / 1000, done.err
}

// atOnce renders several times at once and returns what each took.
func (r *rig) atOnce(a application, plugin string, hands int) ([]float64, error) {
	took, faults := make([]float64, hands), make([]error, hands)
	var group sync.WaitGroup
	for i := range hands {
		group.Add(1)
		go func() {
			defer group.Done()
			took[i], faults[i] = r.timed(a, plugin)
		}()
	}
	group.Wait()
	return took, errors.Join(faults...)
}

// builtIn measures the built-in support, without overrides and with eight; the copy of the tree is not counted.
func (r *rig) builtIn(tree string) error {
	eight := &block{}
	all(func(b *block) { b.NamePrefix, b.NameSuffix, b.Namespace = "a-", "-b", "c" }, image("nginx:2"), label("a", "b"),
		annotation("a", "b"), patch(v1alpha1.KustomizePatch{Patch: operations, Target: selector("Deployment", "")}))(eight)
	for name, wanted := range map[string]*block{"built-in": {}, "built-in, 7 overrides": eight} {
		var took []float64
		for range max(r.runs/5, 5) {
			copied, err := r.checkout(tree)
			if err != nil {
				return err
			}
			a := application{name: "shop", path: "overlays/staging"}.byBuiltIn(wanted.DeepCopy())
			begin := time.Now()
			done := renderAt(copied, a)
			took = append(took, float64(time.Since(begin).Microseconds())/1000)
			if done.err != nil {
				return done.err
			}
			_ = os.RemoveAll(copied)
		}
		line("small repository", name, took)
	}
	var took []float64
	for range max(r.runs/2, 5) {
		a := application{name: "shop", tree: tree, path: "overlays/staging"}.byPlugin(parameters(eight))
		begin := time.Now()
		if done := r.render(a); done.err != nil {
			return done.err
		}
		took = append(took, float64(time.Since(begin).Microseconds())/1000)
	}
	line("small repository", "rustomize, 7 overrides", took)
	return nil
}

// process measures the program without a server: how long it takes to start and to render, and its memory.
func (r *rig) process(small string) error {
	var idle, start, render []float64
	for range max(r.runs*2, 10) {
		for _, one := range []struct {
			into    *[]float64
			program string
			words   []string
		}{
			{&idle, "/bin/true", nil},
			{&start, r.rustomize, []string{"version"}},
			{&render, r.rustomize, []string{"argocd", "generate"}},
		} {
			command := exec.Command(one.program, one.words...)
			command.Dir = filepath.Join(small, "overlays/staging")
			command.Env = append(os.Environ(), "ARGOCD_APP_SOURCE_PATH=overlays/staging")
			begin := time.Now()
			if err := command.Run(); err != nil {
				return err
			}
			*one.into = append(*one.into, float64(time.Since(begin).Microseconds())/1000)
		}
	}
	line("process", "/bin/true", idle)
	line("process", "rustomize version", start)
	line("process", "rustomize argocd generate, small", render)
	large, err := r.large(5000)
	if err != nil {
		return err
	}
	var seconds, mebibytes []float64
	for range 5 {
		used, err := r.direct(large, "overlays/large", "")
		if err != nil || used.status != 0 {
			return fmt.Errorf("5,000 resources: %w %s", err, used.said)
		}
		seconds = append(seconds, used.seconds*1000)
		mebibytes = append(mebibytes, used.mebibytes)
	}
	line("process", "rustomize argocd generate, 5,000 resources", seconds)
	line("memory, MiB", "rustomize argocd generate, 5,000 resources", mebibytes)
	return nil
}

// small makes a repository of seven files.
func (r *rig) small() (string, error) {
	files := map[string]string{"README.md": "A small repository.\n", "base/service.yaml": service,
		"base/kustomization.yaml":             "resources: [service.yaml, web.yaml, settings.yaml]\n",
		"base/settings.yaml":                  "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  level: info\n",
		"overlays/staging/kustomization.yaml": "namePrefix: staging-\nnamespace: staging\nresources: [../../base]\npatches: [{path: replicas.yaml}]\n",
		"overlays/staging/replicas.yaml":      "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 2\n",
	}
	web, err := os.ReadFile(filepath.Join(r.repository(), "base", "web.yaml"))
	if err != nil {
		return "", err
	}
	// The Deployment alone.
	files["base/web.yaml"], _, _ = strings.Cut(string(web), "---\n")
	return r.tree(files)
}
