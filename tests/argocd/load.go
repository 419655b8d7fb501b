package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
)

const stopSignal = syscall.SIGSTOP

// Memory that the plugin may take for 5,000 resources.
const largeMiB = 60

// load is about size and many requests at once.
func load(r *rig, c *report) error {
	c.run("load: a repository of 2,000 files", func() error {
		tree, err := r.monorepo(2000)
		if err != nil {
			return err
		}
		_, err = r.sameByBoth(application{name: "shop", tree: tree, path: "teams/7/overlays/plain"})
		if err != nil {
			return err
		}
		// Only what the Application reads is sent.
		whole := application{name: "shop", tree: tree, path: "teams/7/overlays/plain"}.byPlugin(nil)
		part := whole
		part.paths = ".;../../base"
		excluding := whole
		excluding.exclusions = []string{"files/*", "*.md"}
		for _, other := range []application{part, excluding} {
			if words := r.render(whole).differs(r.render(other)); words != "" {
				return errors.New(words)
			}
		}
		return nil
	})
	c.run("load: errors of a part of a repository name files of the whole", func() error {
		tree, err := r.monorepo(100)
		if err != nil {
			return err
		}
		if err := write(filepath.Join(tree, "teams/7/overlays/plain/kustomization.yaml"), "resources: [absent.yaml]\n"); err != nil {
			return err
		}
		a := application{name: "shop", tree: tree, path: "teams/7/overlays/plain", paths: ".;../../base"}.byPlugin(nil)
		return fails(r, a, "teams/7/overlays/plain/kustomization.yaml:1:13")
	})
	// The reference takes minutes for 5,000, which is more than Argo CD waits.
	for n, isCompared := range map[int]bool{1000: true, 5000: false} {
		c.run(fmt.Sprintf("load: %d resources", n), func() error {
			tree, err := r.large(n)
			if err != nil {
				return err
			}
			a := application{name: "shop", tree: tree, path: "overlays/large"}
			ours := r.render(a.byPlugin(nil))
			if len(ours.manifests) != n {
				return fmt.Errorf("%d objects: %w", len(ours.manifests), ours.err)
			}
			used, err := r.direct(tree, a.path, "")
			if err != nil {
				return err
			}
			if used.mebibytes > largeMiB {
				return fmt.Errorf("%.0f MiB", used.mebibytes)
			}
			if !isCompared {
				return nil
			}
			if words := r.render(a.byBuiltIn(nil)).differs(ours); words != "" {
				return errors.New(words)
			}
			return nil
		})
	}
	c.run("load: four requests at once", func() error { return r.parallel(4, 10) })
	return nil
}

// monorepo makes a repository of many files, most of which are nobody's.
func (r *rig) monorepo(n int) (string, error) {
	files := map[string]string{}
	for i := range n - 10 {
		files[fmt.Sprintf("files/%d/%d.md", i%50, i)] = strings.Repeat(fmt.Sprintf("line %d of a file that no render reads\n", i), 40)
	}
	tree, err := r.tree(files)
	if err != nil {
		return "", err
	}
	return tree, copyTree(r.repository(), filepath.Join(tree, "teams/7"))
}

// large makes an Application of many resources, in files of a hundred.
func (r *rig) large(n int) (string, error) {
	files := map[string]string{}
	var names []string
	for i := 0; i < n; i += 100 {
		var text strings.Builder
		for j := i; j < i+100 && j < n; j++ {
			switch j % 4 {
			case 0:
				fmt.Fprintf(&text, "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings-%d\ndata:\n  a: \"1\"\n  text: |\n    one\n    two\n", j)
			case 1:
				fmt.Fprintf(&text, "---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web-%d\n  labels: {app: web-%d}\nspec:\n  replicas: 2\n  selector:\n    matchLabels: {app: web-%d}\n  template:\n    metadata:\n      labels: {app: web-%d}\n    spec:\n      containers:\n      - name: web\n        image: nginx:1.25\n        envFrom:\n        - configMapRef: {name: settings-%d}\n", j, j, j, j, j-1)
			case 2:
				fmt.Fprintf(&text, "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: web-%d\nspec:\n  selector: {app: web-%d}\n  ports: [{port: 80}]\n", j, j-1)
			default:
				fmt.Fprintf(&text, "---\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: web-%d\n", j)
			}
		}
		name := fmt.Sprintf("%d.yaml", i)
		names = append(names, name)
		files["base/"+name] = text.String()
	}
	files["base/kustomization.yaml"] = "resources: [" + strings.Join(names, ", ") + "]\n"
	files["overlays/large/kustomization.yaml"] = "namespace: large\nnamePrefix: a-\nresources: [../../base]\nimages: [{name: nginx, newTag: '2'}]\n"
	return r.tree(files)
}

// parallel renders different Applications at once, and compares each with what it is alone.
func (r *rig) parallel(hands, rounds int) error {
	alone := map[string]rendering{}
	for _, path := range paths {
		alone[path] = r.render(application{name: "shop", tree: r.repository(), path: path}.byPlugin(nil))
		if alone[path].err != nil {
			return alone[path].err
		}
	}
	faults := make(chan error, hands)
	var group sync.WaitGroup
	for hand := range hands {
		group.Add(1)
		go func() {
			defer group.Done()
			for round := range rounds {
				path := paths[(hand+round)%len(paths)]
				done := r.render(application{name: "shop", tree: r.repository(), path: path}.byPlugin(nil))
				if words := alone[path].differs(done); words != "" {
					faults <- fmt.Errorf("%s: %s", path, words)
					return
				}
			}
		}()
	}
	group.Wait()
	close(faults)
	if err := <-faults; err != nil {
		return err
	}
	left, err := os.ReadDir(r.servers[0].requests)
	if err != nil {
		return err
	}
	for _, entry := range left {
		if entry.Name() != "neighbour" {
			return fmt.Errorf("%s is left behind", entry.Name())
		}
	}
	return nil
}
