package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
)

// Bounds for whatever a repository or an Application holds: of processor time, on the slowest machine that runs this.
const (
	hostileSeconds = 60
	hostileMiB     = 1024
)

// hostile is about input that is made to take all time and memory there is. Each is to be refused (or rendered) within bounds, and the
// server is to work afterwards.
func hostile(r *rig, c *report) error {
	deep := strings.Repeat("[", 200_000)
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for i, name := range strings.Split("bcdefghij", "") {
		before := string("abcdefghij"[i])
		bomb += name + ": &" + name + " [" + strings.TrimSuffix(strings.Repeat("*"+before+",", 10), ",") + "]\n"
	}
	inKustomization := func(text string) map[string]string { return map[string]string{"a/kustomization.yaml": text} }
	inResource := func(text string) map[string]string {
		return map[string]string{"a/kustomization.yaml": "resources: [r.yaml]\n", "a/r.yaml": text}
	}
	loop := map[string]string{}
	chain := map[string]string{}
	for i := range 3000 {
		chain[fmt.Sprintf("%d/kustomization.yaml", i)] = fmt.Sprintf("resources: [../%d]\n", i+1)
	}
	chain["a/kustomization.yaml"], chain["3000/kustomization.yaml"] = "resources: [../0]\n", "resources: []\n"
	loop["a/kustomization.yaml"], loop["b/kustomization.yaml"] = "resources: [../b]\n", "resources: [../a]\n"
	// Each layer uses the one below twice.
	doubling := map[string]string{"a/kustomization.yaml": "resources: [../d30]\n"}
	for i := 1; i <= 30; i++ {
		below := fmt.Sprintf("../d%d", i-1)
		doubling[fmt.Sprintf("d%d/kustomization.yaml", i)] = "resources: [../l" + fmt.Sprint(i) + ", ../r" + fmt.Sprint(i) + "]\n"
		doubling[fmt.Sprintf("l%d/kustomization.yaml", i)] = "namePrefix: l\nresources: [" + below + "]\n"
		doubling[fmt.Sprintf("r%d/kustomization.yaml", i)] = "namePrefix: r\nresources: [" + below + "]\n"
	}
	doubling["d0/kustomization.yaml"], doubling["d0/r.yaml"] = "resources: [r.yaml]\n", service
	configMap := "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"

	for name, files := range map[string]map[string]string{
		"aliases in a kustomization file": inKustomization(bomb),
		"aliases in a resource":           inResource(configMap + "data:\n  " + strings.ReplaceAll(strings.TrimSpace(bomb), "\n", "\n  ") + "\n"),
		"depth in a kustomization file":   inKustomization("resources: " + deep),
		"depth in a resource":             inResource(configMap + "data: " + deep),
		"depth by indentation":            inResource(configMap + staircase(3000)),
		"a file of 60 MB":                 inResource(configMap + "data:\n  a: " + strings.Repeat("x", 60<<20) + "\n"),
		"a file of 28 MB of lines":        inResource(configMap + "data:\n" + strings.Repeat("  a: b\n", 4<<20)),
		"a million documents":             inResource(strings.Repeat("---\n", 1<<20)),
		"no text":                         inResource("\x00\x01\xff\xfe" + strings.Repeat("\xc3\x28", 1000)),
		"names that go up":                {"a/kustomization.yaml": "resources: [" + strings.Repeat("../", 5000) + "etc/passwd]\n"},
		"a loop of bases":                 loop,
		"a chain of 3,000 bases":          chain,
		"two to the power of thirty":      doubling,
		"an endless pattern": {"a/r.yaml": service, "a/kustomization.yaml": "resources: [r.yaml]\npatches:\n- target: {name: '" +
			strings.Repeat("(a*)*", 300) + "b'}\n  patch: '[{\"op\": \"test\", \"path\": \"/kind\", \"value\": \"x\"}]'\n"},
		"an index beyond the end": {"a/r.yaml": service, "a/kustomization.yaml": "resources: [r.yaml]\npatches:\n- target: {kind: Service}\n" +
			"  patch: '[{\"op\": \"add\", \"path\": \"/spec/ports/99999999999999999999\", \"value\": 1}]'\n"},
	} {
		c.run("hostile "+name, func() error {
			tree, err := r.tree(files)
			if err != nil {
				return err
			}
			defer os.RemoveAll(tree)
			return r.bounded(tree, "a", "")
		})
	}

	nested := strings.Repeat(`{"a":`, 15_000) + "1" + strings.Repeat("}", 15_000)
	for name, json := range map[string]string{
		"parameters that are no JSON": "[{",
		"parameters that are no list": `{"name": "images"}`,
		"parameters of deep JSON":     nested,
		"a parameter of deep YAML":    asJSON([]any{map[string]string{"name": "kustomize", "string": deep[:100_000]}}),
		"a parameter with aliases":    asJSON([]any{map[string]string{"name": "kustomize", "string": bomb}}),
		"a patch with aliases":        asJSON([]any{map[string]any{"name": "patches", "array": []string{bomb}}}),
		"a patch of deep YAML":        asJSON([]any{map[string]any{"name": "patches", "array": []string{"patch: '" + deep[:100_000] + "'"}}}),
		"a variable in a variable":    asJSON([]any{map[string]any{"name": "images", "array": []string{"nginx:" + strings.Repeat("${", 40_000)}}}),
		"a thousand images":           asJSON([]any{map[string]any{"name": "images", "array": many(1000, "i%d=n%d:t")}}),
		"lines in a name":             `[{"name": "a\n\u001b[31mb", "string": "c"}]`,
	} {
		c.run("hostile "+name, func() error { return r.bounded(r.repository(), "overlays/plain", json) })
	}

	c.run("hostile names of files", func() error {
		tree, err := r.tree(map[string]string{
			"a\nb/\x1b[31mkustomization/kustomization.yaml": "resources: ['x\ny.yaml']\n",
			"a\nb/\x1b[31mkustomization/x\ny.yaml":          service})
		if err != nil {
			return err
		}
		_, err = r.sameByBoth(application{name: "a", tree: tree, path: "a\nb/\x1b[31mkustomization"})
		return err
	})
	c.run("hostile and the server works afterwards", func() error {
		_, err := r.sameByBoth(application{name: "shop", tree: r.repository(), path: "overlays/plain"})
		return err
	})
	return nil
}

func staircase(steps int) string {
	var text strings.Builder
	for i := range steps {
		text.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return text.String()
}

func many(n int, format string) []string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(format, i, i))
	}
	return all
}

// bounded runs the plugin as the server would, and measures it; then by the server, where the words are to be ours.
func (r *rig) bounded(tree, path, json string) error {
	used, err := r.direct(tree, path, json)
	if err != nil {
		return err
	}
	if used.seconds > hostileSeconds || used.mebibytes > hostileMiB {
		return fmt.Errorf("%.1f s, %.0f MiB, and then: %.300s", used.seconds, used.mebibytes, used.said)
	}
	if used.status != 0 && used.status != 1 {
		return fmt.Errorf("it ends with status %d: %.300s", used.status, used.said)
	}
	if len(used.said) > 100_000 {
		return fmt.Errorf("it says %d bytes", len(used.said))
	}
	if strings.ContainsRune(used.said, '\x1b') {
		return fmt.Errorf("it passes escapes on: %q", used.said)
	}
	var given v1alpha1.ApplicationSourcePluginParameters
	if json != "" {
		// What the interface of Argo CD would not let through needs no server.
		return nil
	}
	done := r.render(application{name: "a", tree: tree, path: path}.byPlugin(given))
	if (done.err != nil) != (used.status != 0) {
		return fmt.Errorf("by the server it is something else: %w", done.err)
	}
	return nil
}

// usage is what one process took.
type spent struct {
	seconds, mebibytes float64
	status             int
	said               string
	printed            int
}

// direct runs the plugin without a server, in the environment that the server would give it.
func (r *rig) direct(tree, path, json string) (spent, error) {
	command := exec.Command(r.rustomize, "argocd", "generate")
	command.Dir = filepath.Join(tree, path)
	command.Env = append(os.Environ(), "ARGOCD_APP_NAME=a", "ARGOCD_APP_SOURCE_PATH="+path, "KUBE_VERSION=1.33.0", "KUBE_API_VERSIONS=")
	if json != "" {
		command.Env = append(command.Env, "ARGOCD_APP_PARAMETERS="+json)
	}
	var said, printed strings.Builder
	command.Stderr, command.Stdout = &said, &printed
	if err := command.Start(); err != nil {
		return spent{}, err
	}
	ended := make(chan struct{})
	var most float64
	var watching sync.WaitGroup
	watching.Add(1)
	go func() {
		defer watching.Done()
		// What the system tells of a child that ended has what the rig itself took in it.
		for begin := time.Now(); ; {
			select {
			case <-ended:
				return
			case <-time.After(time.Millisecond):
			}
			most = max(most, peak(command.Process.Pid))
			if time.Since(begin) > 10*hostileSeconds*time.Second {
				_ = command.Process.Kill()
			}
		}
	}()
	_ = command.Wait()
	close(ended)
	watching.Wait()
	used := spent{mebibytes: most, status: command.ProcessState.ExitCode(), said: said.String(), printed: printed.Len()}
	// The machine may have other things to do.
	used.seconds = (command.ProcessState.UserTime() + command.ProcessState.SystemTime()).Seconds()
	return used, nil
}

// peak returns the most memory that a process had so far, in MiB.
func peak(pid int) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	var kibibytes float64
	_, _ = fmt.Sscan(between(string(status), "VmHWM:", "kB"), &kibibytes)
	return kibibytes / 1024
}
