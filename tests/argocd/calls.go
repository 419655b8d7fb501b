package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	plugin "github.com/argoproj/argo-cd/v3/cmpserver/apiclient"
	"github.com/argoproj/argo-cd/v3/reposerver/apiclient"
	"github.com/argoproj/argo-cd/v3/util/cmp"
	"google.golang.org/protobuf/types/known/emptypb"
)

// calls is about the other three calls of a plugin: what it is, what it finds, and which parameters there are; and about the probe.
func calls(r *rig, c *report) error {
	usual := filepath.Join(r.work, "usual")
	c.run("calls: nothing is discovered by the usual plugin", func() error {
		return with(usual, func(ctx context.Context, client plugin.ConfigManagementPluginServiceClient) error {
			answer, err := client.CheckPluginConfiguration(ctx, &emptypb.Empty{})
			if err != nil {
				return err
			}
			if answer.IsDiscoveryConfigured || answer.ProvideGitCreds {
				return fmt.Errorf("%v", answer)
			}
			return nil
		})
	})

	c.run("calls: parameters of an overlay", func() error {
		announced, err := announcements(usual, r.repository(), "overlays/labelled")
		if err != nil {
			return err
		}
		for name, expected := range map[string]string{
			"namespace": "old", "name-prefix": "old-", "name-suffix": "-old", "replicas": "web=3",
			"images": "nginx:1.26",
		} {
			if found := shown(announced[name]); !strings.Contains(found, expected) {
				return fmt.Errorf("%s is announced with `%s`, not `%s`", name, found, expected)
			}
		}
		for _, field := range fields {
			if name := between(field.parameter, "`", "`"); announced[name] == nil {
				return fmt.Errorf("%s is not announced", name)
			}
		}
		return nil
	})
	c.run("calls: overlays are found", func() error {
		announced, err := announcements(usual, r.repository(), ".")
		if err != nil {
			return err
		}
		if found := asJSON(announced["overlay"]); !strings.Contains(found, "overlays/plain") || !strings.Contains(found, "overlays/numbers") {
			return errors.New(found)
		}
		return nil
	})
	// The page of an Application is to be shown whatever the repository is like.
	for name, files := range map[string]map[string]string{
		"nothing":                {"a/README.md": "nothing\n"},
		"a broken kustomization": {"a/kustomization.yaml": "resources: [\n"},
		"a broken resource":      {"a/kustomization.yaml": "resources: [r.yaml]\n", "a/r.yaml": ": : :\n"},
		"a base that is missing": {"a/kustomization.yaml": "resources: [../b]\n"},
		"a base that is too far": {"a/kustomization.yaml": "resources: [../../../neighbour]\n"},
		"a base that is remote":  {"a/kustomization.yaml": "resources: ['https://git.example/a?ref=1']\n"},
		"plain manifests":        {"a/r.yaml": service},
	} {
		c.run("calls: parameters are announced for "+name, func() error {
			tree, err := r.tree(files)
			if err != nil {
				return err
			}
			announced, err := announcements(usual, tree, "a")
			if err != nil {
				return err
			}
			if len(announced) < len(fields)-4 {
				return fmt.Errorf("%d are announced", len(announced))
			}
			return nil
		})
	}
	if err := discovers(r, c); err != nil {
		return err
	}
	return health(r, c, usual)
}

// with talks to a plugin as Argo CD does.
func with(sockets string, work func(context.Context, plugin.ConfigManagementPluginServiceClient) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	closer, client, err := plugin.NewConfigManagementPluginClientSet(filepath.Join(sockets, pluginName+".sock")).NewConfigManagementPluginClient()
	if err != nil {
		return err
	}
	defer closer.Close()
	return work(ctx, client)
}

// announcements asks for parameters with the few variables that Argo CD has at that time.
func announcements(sockets, tree, path string) (map[string]*apiclient.ParameterAnnouncement, error) {
	announced := map[string]*apiclient.ParameterAnnouncement{}
	return announced, with(sockets, func(ctx context.Context, client plugin.ConfigManagementPluginServiceClient) error {
		stream, err := client.GetParametersAnnouncement(ctx)
		if err != nil {
			return err
		}
		env := []string{"ARGOCD_APP_NAME=shop", "ARGOCD_APP_SOURCE_REPO_URL=https://git.example/fleet.git",
			"ARGOCD_APP_SOURCE_PATH=" + path, "ARGOCD_APP_SOURCE_TARGET_REVISION=main", "ARGOCD_APP_PARAMETERS=null"}
		if err := cmp.SendRepoStream(ctx, filepath.Join(tree, path), tree, stream, env, nil); err != nil {
			return err
		}
		answer, err := stream.CloseAndRecv()
		if err != nil {
			return err
		}
		for _, one := range answer.ParameterAnnouncements {
			if announced[one.Name] != nil {
				return fmt.Errorf("%s is announced twice", one.Name)
			}
			if one.CollectionType == "" && (len(one.Array) > 0 || len(one.Map) > 0) || one.Title == "" {
				return fmt.Errorf("the interface cannot show %v", one)
			}
			announced[one.Name] = one
		}
		return nil
	})
}

// shown spells the value of an announcement.
func shown(one *apiclient.ParameterAnnouncement) string {
	if one == nil {
		return ""
	}
	words := append([]string{one.String_}, one.Array...)
	for key, value := range one.Map {
		words = append(words, key+"="+value)
	}
	slices.Sort(words)
	return strings.TrimSpace(strings.Join(words, " "))
}

// discovers is about the second configuration, which takes Applications that name no plugin.
func discovers(r *rig, c *report) error {
	configuration, err := os.ReadFile(filepath.Join(r.root, "plugin", "discovery", "plugin.yaml"))
	if err != nil {
		return err
	}
	sockets := filepath.Join(r.work, "discovering")
	if _, err := r.serve(sockets, string(configuration)); err != nil {
		return err
	}
	return r.instead(sockets, func() error {
		for _, path := range paths {
			c.run("calls: discovered, "+path, func() error {
				a := application{name: "shop", tree: r.repository(), path: path}
				found := r.render(a)
				if found.source != "Plugin" {
					return fmt.Errorf("taken for %s: %w", found.source, found.err)
				}
				if words := r.render(a.byBuiltIn(nil)).differs(found); words != "" {
					return errors.New(words)
				}
				// Named, it works as well.
				if words := found.differs(r.render(a.byPlugin(nil))); words != "" {
					return errors.New(words)
				}
				return nil
			})
		}
		for name, files := range map[string]map[string]string{
			"plain manifests":                   {"a/r.yaml": service},
			"a kustomization file further down": {"a/r.yaml": service, "a/b/kustomization.yaml": "resources: []\n"},
			"a directory of that name":          {"a/r.yaml": service, "a/kustomization.yaml/r.yaml": service},
		} {
			c.run("calls: not discovered, "+name, func() error {
				tree, err := r.tree(files)
				if err != nil {
					return err
				}
				if found := r.render(application{name: "a", tree: tree, path: "a"}); found.source != "Directory" {
					return fmt.Errorf("taken for `%s`: %w", found.source, found.err)
				}
				return nil
			})
		}
		return nil
	})
}

// health runs the probe as the sidecar does.
func health(r *rig, c *report, usual string) error {
	probe := func(sockets string) (string, error) {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		socket := filepath.Join(sockets, pluginName+".sock")
		command := exec.CommandContext(ctx, r.rustomize, "argocd", "health", "--socket", socket)
		said, err := command.CombinedOutput()
		return string(said), err
	}
	c.run("calls: the probe of a server that works", func() error {
		said, err := probe(usual)
		if err != nil {
			return fmt.Errorf("%w: %s", err, said)
		}
		return nil
	})
	c.run("calls: the probe without a server", func() error {
		if said, err := probe(filepath.Join(r.work, "nothing")); err == nil {
			return fmt.Errorf("it is content: %s", said)
		}
		return nil
	})
	c.run("calls: the probe of a server that hangs", func() error {
		sockets := filepath.Join(r.work, "hanging")
		configuration, err := os.ReadFile(filepath.Join(r.root, "plugin", "plugin.yaml"))
		if err != nil {
			return err
		}
		server, err := r.serve(sockets, string(configuration))
		if err != nil {
			return err
		}
		if err := server.command.Process.Signal(stopSignal); err != nil {
			return err
		}
		if said, err := probe(sockets); err == nil {
			return fmt.Errorf("it is content: %s", said)
		}
		return nil
	})
	return nil
}
