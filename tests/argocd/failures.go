package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// failures compares what is shown for a render that fails with tests/argocd/failures: a directory per case, with the tree and the
// text. What stands before the text is Argo CD's.
func failures(r *rig, c *report) error {
	directory := filepath.Join(r.root, "tests", "argocd", "failures")
	cases, err := os.ReadDir(directory)
	if err != nil {
		return err
	}
	for _, entry := range cases {
		c.run("failures "+entry.Name(), func() error {
			expected, err := os.ReadFile(filepath.Join(directory, entry.Name(), "expected.txt"))
			if err != nil {
				return err
			}
			a := application{name: "web-staging", tree: filepath.Join(directory, entry.Name(), "tree"), path: "overlays/staging"}
			if err := fails(r, a.byPlugin(nil), ""); err != nil {
				return err
			}
			const before = "CMP processing failed for application \"web-staging\": error generating manifests in cmp: rpc error: " +
				"code = Unknown desc = error generating manifests: `rustomize argocd generate` failed exit status 1: "
			said := strings.TrimPrefix(r.render(a.byPlugin(nil)).err.Error(), before)
			if r.isBlessing {
				return os.WriteFile(filepath.Join(directory, entry.Name(), "expected.txt"), []byte(said+"\n"), 0o644)
			}
			if said+"\n" != string(expected) {
				return fmt.Errorf("it says\n%s", said)
			}
			if theirs := r.render(a.byBuiltIn(nil)); theirs.err == nil && len(theirs.manifests) > 0 {
				return fmt.Errorf("the built-in support renders %d objects", len(theirs.manifests))
			}
			return nil
		})
	}
	return nil
}
