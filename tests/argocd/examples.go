package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// needsHelm says whether a chart is rendered, which nobody may by parameters, and which wants the program helm.
func needsHelm(directory string) bool {
	text, err := os.ReadFile(filepath.Join(directory, "kustomization.yaml"))
	return err == nil && strings.Contains("\n"+string(text), "\nhelmCharts:")
}

// overlays lists the overlays of the example systems: the system, and the directory in it.
func (r *rig) overlays() ([][2]string, error) {
	found, err := filepath.Glob(filepath.Join(r.root, "examples", "*", "overlays", "*"))
	if err != nil {
		return nil, err
	}
	var all [][2]string
	for _, overlay := range found {
		system := filepath.Dir(filepath.Dir(overlay))
		all = append(all, [2]string{system, strings.TrimPrefix(overlay, system+"/")})
	}
	if len(all) == 0 {
		return nil, errors.New("no example systems")
	}
	return all, nil
}

// examples renders each overlay of each system, the repository being the system, or all of them.
func examples(r *rig, c *report) error {
	all, err := r.overlays()
	if err != nil {
		return err
	}
	for _, overlay := range all {
		system, path := overlay[0], overlay[1]
		name := filepath.Base(system) + "/" + filepath.Base(path)
		c.run("examples "+name, func() error {
			a := application{name: strings.ReplaceAll(name, "/", "-"), tree: system, path: path}
			ours, err := r.sameByBoth(a)
			if err != nil {
				return err
			}
			// A chart is refused by both unless an administrator allows it.
			if isRefused := ours.err != nil; isRefused != needsHelm(filepath.Join(system, path)) {
				return fmt.Errorf("%d objects: %v", len(ours.manifests), ours.err)
			}
			a.tree, a.path = filepath.Join(r.root, "examples"), name[:strings.Index(name, "/")]+"/"+path
			above := r.render(a.byPlugin(nil))
			if words := ours.differs(above); words != "" {
				return fmt.Errorf("from a repository of all systems: %s", words)
			}
			return nil
		})
	}
	return nil
}
