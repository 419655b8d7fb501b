package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// rig holds programs, directories and servers for one run.
type rig struct {
	root, rustomize, kustomize string
	only, sockets              string
	seed                       uint64
	combinations, combination  int
	runs                       int
	isVerbose, isBlessing      bool

	work      string
	servers   []*server
	checkouts atomic.Int64
}

// prepare makes a directory in memory where there is one: Argo CD's own copying is what is slow on a disk.
func (r *rig) prepare() error {
	if err := absolute(&r.root, &r.rustomize, &r.kustomize, &r.sockets); err != nil {
		return err
	}
	parent := "/dev/shm"
	if probe, err := os.MkdirTemp(parent, "probe"); err == nil {
		_ = os.Remove(probe)
	} else {
		parent = ""
	}
	work, err := os.MkdirTemp(parent, "cmprig-")
	if err != nil {
		return err
	}
	r.work = work
	// Argo CD and the plugins find programs by name.
	if err := os.Mkdir(filepath.Join(work, "bin"), 0o755); err != nil {
		return err
	}
	for name, program := range map[string]string{"rustomize": r.rustomize, "kustomize": r.kustomize} {
		if program == "" {
			continue
		}
		if err := os.Symlink(program, filepath.Join(work, "bin", name)); err != nil {
			return err
		}
	}
	for name, value := range map[string]string{
		"PATH": filepath.Join(work, "bin") + string(os.PathListSeparator) + os.Getenv("PATH"),
		// Errors are compared as text.
		"NO_COLOR": "1",
		// Argo CD tells of each program that it runs.
		"ARGOCD_LOG_LEVEL": map[bool]string{false: "panic", true: "info"}[r.isVerbose],
	} {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
}

func (r *rig) close() {
	for _, server := range r.servers {
		server.stop()
	}
	if r.work != "" {
		_ = os.RemoveAll(r.work)
	}
}

// server is one of Argo CD's, for one plugin.
type server struct {
	command *exec.Cmd
	// Where the server keeps what it was sent, one directory per request.
	requests string
	// What the server and its plugin logged.
	log string
}

// serve starts a server and waits until it listens. The configuration is that of the project where there is one.
func (r *rig) serve(sockets, configuration string, environment ...string) (*server, error) {
	directory, err := os.MkdirTemp(r.work, "server-")
	if err != nil {
		return nil, err
	}
	config := filepath.Join(directory, "config")
	if err := write(filepath.Join(config, "plugin.yaml"), configuration); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(sockets, 0o755); err != nil {
		return nil, err
	}
	name := between(configuration, "\n  name: ", "\n")
	if name == "" {
		return nil, errors.New("a plugin without a name")
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(directory, "log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	command := exec.Command(self, "serve", "--config-dir-path", config, "--loglevel", "info")
	command.Env = append(os.Environ(), "ARGOCD_PLUGINSOCKFILEPATH="+sockets, "ARGOCD_CMP_WORKDIR="+directory)
	command.Env = append(command.Env, environment...)
	command.Stdout, command.Stderr = log, log
	// Should the rig be killed, its servers go with it.
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := command.Start(); err != nil {
		return nil, err
	}
	started := &server{command: command, requests: filepath.Join(directory, "_cmp_server"), log: log.Name()}
	r.servers = append(r.servers, started)
	socket := filepath.Join(sockets, name+".sock")
	for range 500 {
		if _, err := os.Stat(socket); err == nil {
			return started, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	said, _ := os.ReadFile(log.Name())
	return nil, fmt.Errorf("the server of %s does not listen: %s", name, said)
}

// stop kills: the server ignores a polite request.
func (s *server) stop() {
	_ = s.command.Process.Kill()
	_ = s.command.Wait()
}

// checkout copies a tree, as Argo CD would have cloned it: the built-in support writes into its own.
func (r *rig) checkout(tree string) (string, error) {
	copied := filepath.Join(r.work, "checkouts", fmt.Sprint(r.checkouts.Add(1)))
	return copied, copyTree(tree, copied)
}

func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(to, strings.TrimPrefix(path, from))
		switch {
		case entry.IsDir():
			return os.MkdirAll(target, 0o755)
		case entry.Type() == fs.ModeSymlink:
			points, err := os.Readlink(path)
			if err != nil {
				return err
			}
			return os.Symlink(points, target)
		default:
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return os.WriteFile(target, content, 0o644)
		}
	})
}

// write writes a file and the directories above it.
func write(path, content string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(content), 0o644)
}

// between returns what stands between two texts, or nothing.
func between(text, before, behind string) string {
	_, rest, _ := strings.Cut(text, before)
	found, _, _ := strings.Cut(rest, behind)
	return found
}
