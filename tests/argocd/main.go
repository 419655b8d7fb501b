// Command cmprig proves the config-management plugin against Argo CD itself: the server that Argo CD ships beside a plugin,
// its client, and the code with which its repo-server renders an Application, by its built-in kustomize or by a plugin.
//
// Nothing of Argo CD is replaced or simulated here. What a cluster adds (caches, the controller, the user interface) is not run.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	cmpserver "github.com/argoproj/argo-cd/v3/cmd/argocd-cmp-server/commands"
	log "github.com/sirupsen/logrus"
)

const usage = `usage: cmprig COMMAND [FLAG]...

  serve      Argo CD's server for a plugin, with its own flags
  suite      every case; fails when one does
  latency    requests paired with plugins that run kustomize and /bin/true
  table      which field of the built-in support is tested how often, as tab-separated values

` + "`cmprig COMMAND --help` lists the flags."

func main() {
	// In a container it is called as Argo CD calls its own.
	if filepath.Base(os.Args[0]) == "argocd-cmp-server" {
		os.Args = append([]string{os.Args[0], "serve"}, os.Args[1:]...)
	}
	if len(os.Args) < 2 {
		fail(fmt.Errorf("%s", usage))
	}
	words := os.Args[2:]
	switch os.Args[1] {
	case "serve":
		server := cmpserver.NewCommand()
		server.SetArgs(words)
		if err := server.Execute(); err != nil {
			fail(err)
		}
	case "suite":
		withRig(words, suite)
	case "latency":
		withRig(words, latency)
	case "table":
		withRig(words, func(r *rig) error { return table(r, os.Stdout) })
	default:
		fail(fmt.Errorf("%s", usage))
	}
}

func withRig(words []string, run func(*rig) error) {
	r := &rig{}
	flags := flag.NewFlagSet("cmprig", flag.ExitOnError)
	flags.StringVar(&r.root, "root", ".", "the repository of rustomize")
	flags.StringVar(&r.rustomize, "rustomize", "", "the program under test")
	flags.StringVar(&r.kustomize, "kustomize", "", "the reference")
	flags.StringVar(&r.sockets, "sockets", "", "where a server for the plugin listens already")
	flags.StringVar(&r.only, "only", "", "cases whose name holds this text")
	flags.Uint64Var(&r.seed, "seed", 1, "of the random combinations")
	flags.IntVar(&r.combinations, "combinations", 60, "how many random combinations")
	flags.IntVar(&r.combination, "combination", -1, "one random combination alone, by number")
	flags.IntVar(&r.runs, "runs", 100, "measured requests")
	flags.BoolVar(&r.isBlessing, "bless", false, "write down what failing renders say")
	flags.BoolVar(&r.isVerbose, "verbose", false, "show the log of Argo CD, and each case")
	_ = flags.Parse(words)
	if !r.isVerbose {
		log.SetLevel(log.PanicLevel)
	}
	err := r.prepare()
	if err == nil {
		err = run(r)
	}
	r.close()
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "cmprig:", err)
	os.Exit(1)
}

// absolute makes the paths of flags independent of where programs are started.
func absolute(paths ...*string) error {
	for _, path := range paths {
		if *path == "" {
			continue
		}
		full, err := filepath.Abs(*path)
		if err != nil {
			return err
		}
		*path = full
	}
	return nil
}
