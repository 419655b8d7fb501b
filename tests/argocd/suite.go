package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// report counts cases and keeps what went wrong.
type report struct {
	rig            *rig
	mutex          sync.Mutex
	passed, failed int
}

// check records a case. A nil error is a pass.
func (c *report) check(name string, err error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if err != nil {
		c.failed++
		fmt.Printf("FAILED %s: %v\n", name, err)
		return
	}
	c.passed++
	if c.rig.isVerbose {
		fmt.Println("ok", name)
	}
}

// wants says whether a case was asked for.
func (c *report) wants(name string) bool { return strings.Contains(name, c.rig.only) }

// run runs a case if it was asked for.
func (c *report) run(name string, work func() error) {
	if c.wants(name) {
		c.check(name, work())
	}
}

// suite runs every group of cases.
func suite(r *rig) error {
	if r.rustomize == "" || r.kustomize == "" {
		return errors.New("--rustomize and --kustomize say which programs")
	}
	if err := r.usual(); err != nil {
		return err
	}
	c := &report{rig: r}
	groups := []struct {
		name string
		run  func(*rig, *report) error
	}{
		{"examples", examples},
		{"overrides", overrides},
		{"combinations", combinations},
		{"parameters", parametersOnly},
		{"failures", failures},
		{"outside", outside},
		{"hostile", hostile},
		{"calls", calls},
		{"load", load},
	}
	for _, group := range groups {
		begin, passed, failed := time.Now(), c.passed, c.failed
		if err := group.run(r, c); err != nil {
			c.check(group.name, err)
		}
		fmt.Printf("%-14s %5d passed, %d failed, %.1f s\n", group.name, c.passed-passed, c.failed-failed,
			time.Since(begin).Seconds())
	}
	fmt.Printf("harness cases: %d passed, %d failed\n", c.passed, c.failed)
	switch {
	case c.failed > 0:
		return fmt.Errorf("%d of %d cases failed", c.failed, c.passed+c.failed)
	case c.passed == 0:
		return errors.New("no case was selected")
	}
	return nil
}

// usual starts the plugin as it is shipped, named and with nothing to discover, and turns to it.
func (r *rig) usual() error {
	if r.sockets != "" {
		return turnTo(r.sockets)
	}
	configuration, err := os.ReadFile(filepath.Join(r.root, "plugin", "plugin.yaml"))
	if err != nil {
		return err
	}
	sockets := filepath.Join(r.work, "usual")
	if _, err := r.serve(sockets, string(configuration)); err != nil {
		return err
	}
	return turnTo(sockets)
}

// turnTo makes Argo CD look for plugins in a directory. It asks its environment each time.
func turnTo(sockets string) error { return os.Setenv("ARGOCD_PLUGINSOCKFILEPATH", sockets) }

// instead does something with other servers than the usual one.
func (r *rig) instead(sockets string, work func() error) error {
	before := os.Getenv("ARGOCD_PLUGINSOCKFILEPATH")
	if err := turnTo(sockets); err != nil {
		return err
	}
	defer func() { _ = turnTo(before) }()
	return work()
}

// sameByBoth renders an Application by the built-in support and by the plugin, and says what differs.
func (r *rig) sameByBoth(a application) (rendering, error) {
	theirs := r.render(a.byBuiltIn(nil))
	ours := r.render(a.byPlugin(nil))
	if words := theirs.differs(ours); words != "" {
		return ours, fmt.Errorf("the built-in support and the plugin: %s", words)
	}
	return ours, nil
}

// repository is the one that the cases of overrides are about.
func (r *rig) repository() string { return filepath.Join(r.root, "tests", "argocd", "repository") }
